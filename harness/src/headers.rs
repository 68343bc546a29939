//! Header fields as bytes, in order, with repetitions.

use std::fmt;

/// Header fields of a request, a response or a trailer section.
///
/// Names are found in whatever case they are written; values are raw bytes. Neither has to be UTF-8.
/// Pseudo headers (`:method`, `:path`, ...) are ordinary entries.
///
/// All names and values lie in one piece of memory, so that a copy is two allocations however many fields there are.
#[derive(Clone, Default)]
pub struct Headers {
    /// Name and value of each field, in the order in which they were added. What was removed stays until it is the better
    /// part.
    bytes: Vec<u8>,
    fields: Vec<Field>,
}

/// Where a field lies: its value comes right behind its name.
#[derive(Clone, Copy)]
struct Field {
    start: usize,
    name_len: usize,
    value_len: usize,
}

impl Field {
    const fn len(self) -> usize {
        self.name_len + self.value_len
    }

    fn name(self, bytes: &[u8]) -> &[u8] {
        bytes
            .get(self.start..self.start + self.name_len)
            .unwrap_or_default()
    }

    fn value(self, bytes: &[u8]) -> &[u8] {
        let start = self.start + self.name_len;
        bytes.get(start..start + self.value_len).unwrap_or_default()
    }
}

impl Headers {
    /// Removed bytes that are never worth moving the others for.
    const WORTHLESS: usize = 4096;

    /// Room for what a guest adds to a message: hardly one adds nothing.
    const SPARE_FIELDS: usize = 4;
    const SPARE_BYTES: usize = 128;

    /// No fields, and room for so many, with so many bytes in all.
    pub(crate) fn with_room(fields: usize, bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            fields: Vec::with_capacity(fields),
        }
    }

    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// These fields, and then all of `self`.
    pub(crate) fn behind(&self, first: &[(&[u8], &[u8])]) -> Self {
        let added: usize = first.iter().map(|(name, value)| name.len() + value.len()).sum();
        let mut all = Self::with_room(
            first.len() + self.fields.len() + Self::SPARE_FIELDS,
            added + self.bytes.len() + Self::SPARE_BYTES,
        );
        all.extend(first.iter().copied());
        all.bytes.extend_from_slice(&self.bytes);
        all.fields.extend(self.fields.iter().map(|field| Field {
            start: added + field.start,
            ..*field
        }));
        all
    }

    /// The first value of a field, as `proxy_get_header_map_value` answers.
    #[must_use]
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        let name = name.as_ref();
        self.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Every value of a field, in order.
    pub fn get_all<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Adds a field at the end, beside those of the same name.
    pub fn append(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let field = self.write(name.as_ref(), value.as_ref());
        self.fields.push(field);
    }

    fn write(&mut self, name: &[u8], value: &[u8]) -> Field {
        let field = Field {
            start: self.bytes.len(),
            name_len: name.len(),
            value_len: value.len(),
        };
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(value);
        field
    }

    /// Gives back what removed fields have left behind, once it is the better part.
    fn tidy(&mut self) {
        let removed = self.bytes.len() - self.byte_size();
        if removed > Self::WORTHLESS && removed > self.bytes.len() / 2 {
            *self = self.iter().collect();
        }
    }

    /// Replaces all fields of that name by one at the end.
    pub fn set(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let name = name.as_ref();
        self.remove(name);
        self.append(name, value);
    }

    /// Adds a field; one whose name begins with a colon stands behind others of that kind, in front of all else.
    pub(crate) fn insert(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let name = name.as_ref();
        let is_pseudo = |name: &[u8]| name.starts_with(b":");
        let place = match is_pseudo(name) {
            true => self.iter().take_while(|(name, _)| is_pseudo(name)).count(),
            false => self.len(),
        };
        let field = self.write(name, value.as_ref());
        self.fields.insert(place, field);
    }

    /// Gives the first field of that name another value, in its place.
    pub(crate) fn change(&mut self, name: &[u8], value: impl AsRef<[u8]>) {
        let place = self.iter().position(|(key, _)| key.eq_ignore_ascii_case(name));
        let Some(place) = place else { return };
        let written = self.iter().nth(place).map(|(key, _)| key.to_vec());
        let changed = self.write(&written.unwrap_or_default(), value.as_ref());
        if let Some(field) = self.fields.get_mut(place) {
            *field = changed;
        }
        self.tidy();
    }

    /// Removes all fields of that name.
    pub fn remove(&mut self, name: impl AsRef<[u8]>) {
        let name = name.as_ref();
        self.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }

    /// Writes every name in lower case, as HTTP/2 and Envoy have them.
    pub fn lower_case_names(&mut self) {
        for field in &self.fields {
            let name = self.bytes.get_mut(field.start..field.start + field.name_len);
            name.unwrap_or_default().make_ascii_lowercase();
        }
    }

    /// Keeps the fields whose name and value satisfy `keep`.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], &[u8]) -> bool) {
        let (bytes, before) = (&self.bytes, self.fields.len());
        self.fields
            .retain(|field| keep(field.name(bytes), field.value(bytes)));
        if self.fields.len() < before {
            self.tidy();
        }
    }

    /// Removes all fields of that name and returns the first value.
    pub fn take(&mut self, name: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        let [value] = self.take_each(&[name]);
        value
    }

    /// The same for several names in one go.
    pub(crate) fn take_each<const N: usize>(
        &mut self,
        names: &[impl AsRef<[u8]>; N],
    ) -> [Option<Vec<u8>>; N] {
        let mut values = [const { None }; N];
        self.retain(|key, value| {
            let found = names
                .iter()
                .zip(&mut values)
                .find(|(name, _)| key.eq_ignore_ascii_case(name.as_ref()));
            match found {
                Some((_, taken)) => {
                    taken.get_or_insert_with(|| value.to_vec());
                    false
                }
                None => true,
            }
        });
        values
    }

    /// Whether a name may stand in it more than once; more than 64 fields are not looked through.
    pub(crate) fn may_repeat_names(&self) -> bool {
        let same = |one: &Field, other: &Field| {
            one.name_len == other.name_len && one.name(&self.bytes) == other.name(&self.bytes)
        };
        let mut before = self.fields.iter().enumerate();
        self.len() > 64
            || before.any(|(nth, field)| self.fields.iter().take(nth).any(|earlier| same(earlier, field)))
    }

    /// Number of fields, repetitions counted.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Sum of the lengths of all names and values, in bytes (Envoy's `byteSize`).
    #[must_use]
    pub fn byte_size(&self) -> usize {
        self.fields.iter().map(|field| field.len()).sum()
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields
            .iter()
            .map(|field| (field.name(&self.bytes), field.value(&self.bytes)))
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut headers = Self::new();
        headers.extend(fields);
        headers
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> Extend<(N, V)> for Headers {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, fields: I) {
        for (name, value) in fields {
            self.append(name, value);
        }
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.iter()
                    .map(|(name, value)| (name.escape_ascii().to_string(), value.escape_ascii().to_string())),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_replaced_and_removed_in_any_case() {
        let mut headers: Headers = [("A", "1"), ("b", "2"), ("a", "3")].into_iter().collect();
        assert_eq!(headers.get("a"), Some(&b"1"[..]));
        assert_eq!(headers.get_all(b"a").collect::<Vec<_>>(), [b"1", b"3"]);
        headers.set("B", "4");
        assert_eq!(headers.take("A"), Some(b"1".to_vec()));
        assert_eq!(headers, [("B", "4")].into_iter().collect());
        assert_eq!(headers.byte_size(), 2);
    }

    #[test]
    fn two_are_equal_when_their_fields_are_whatever_was_removed_before() {
        let mut headers: Headers = [("x", "removed"), ("a", "b")].into_iter().collect();
        headers.remove("x");
        assert_eq!(headers, [("a", "b")].into_iter().collect());
        assert_ne!(headers, [("ab", "")].into_iter().collect());
    }

    #[test]
    fn a_field_that_is_replaced_again_and_again_takes_no_more_memory() {
        let mut headers: Headers = [("kept", "value")].into_iter().collect();
        for round in 0..100_000 {
            headers.set("x", format!("value {round}"));
        }
        assert_eq!(headers.get("kept"), Some(&b"value"[..]));
        assert_eq!(headers.get("x"), Some(&b"value 99999"[..]));
        assert!(
            headers.bytes.len() < 3 * Headers::WORTHLESS,
            "{}",
            headers.bytes.len()
        );
    }
}
