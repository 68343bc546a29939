//! Header fields as bytes, in order, with repetitions.

use std::fmt;

/// Header fields of a request, a response or a trailer section.
///
/// Names are found in whatever case they are written; values are raw bytes. Neither has to be UTF-8.
/// Pseudo headers (`:method`, `:path`, ...) are ordinary entries.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(Vec<u8>, Vec<u8>)>);

impl Headers {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
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
        self.0.push((name.as_ref().to_vec(), value.as_ref().to_vec()));
    }

    /// Replaces all fields of that name by one at the end.
    pub fn set(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let name = name.as_ref();
        self.remove(name);
        self.append(name, value);
    }

    /// Adds a field; one whose name begins with a colon stands behind others of that kind, in front of all else.
    pub(crate) fn insert(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let (name, value) = (name.as_ref().to_vec(), value.as_ref().to_vec());
        let is_pseudo = |name: &[u8]| name.starts_with(b":");
        let place = match is_pseudo(&name) {
            true => self.iter().take_while(|(name, _)| is_pseudo(name)).count(),
            false => self.len(),
        };
        self.0.insert(place, (name, value));
    }

    /// Gives the first field of that name another value, in its place.
    pub(crate) fn change(&mut self, name: &[u8], value: impl AsRef<[u8]>) {
        let mut fields = self.0.iter_mut();
        if let Some((_, old)) = fields.find(|(key, _)| key.eq_ignore_ascii_case(name)) {
            *old = value.as_ref().to_vec();
        }
    }

    /// Adds the fields of another one at the end.
    pub(crate) fn extend(&mut self, more: &Self) {
        self.0.extend_from_slice(&more.0);
    }

    /// Removes all fields of that name.
    pub fn remove(&mut self, name: impl AsRef<[u8]>) {
        let name = name.as_ref();
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// Writes every name in lower case, as HTTP/2 and Envoy have them.
    pub fn lower_case_names(&mut self) {
        for (name, _) in &mut self.0 {
            name.make_ascii_lowercase();
        }
    }

    /// Keeps the fields whose name and value satisfy `keep`.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], &[u8]) -> bool) {
        self.0.retain(|(name, value)| keep(name, value));
    }

    /// Removes all fields of that name and returns the first value.
    pub fn take(&mut self, name: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        let name = name.as_ref();
        let value = self.get(name).map(<[u8]>::to_vec);
        self.remove(name);
        value
    }

    /// Number of fields, repetitions counted.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sum of the lengths of all names and values, in bytes (Envoy's `byteSize`).
    #[must_use]
    pub fn byte_size(&self) -> usize {
        self.iter().map(|(name, value)| name.len() + value.len()).sum()
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_slice(), value.as_slice()))
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut headers = Self::new();
        for (name, value) in fields {
            headers.append(name, value);
        }
        headers
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
