//! Looking through bytes, eight at a time: without vectors, which not every host has, crates for this take four in
//! WebAssembly, whose addresses have 32 bits.

const LOW: u64 = u64::from_le_bytes([0x01; 8]);
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Where `byte` stands first.
pub(crate) fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    let pattern = u64::from_le_bytes([byte; 8]);
    for (index, word) in words.iter().enumerate() {
        let found = zero_bytes(u64::from_le_bytes(*word) ^ pattern);
        if found != 0 {
            let within = usize::try_from(found.trailing_zeros() / 8).ok()?;
            return Some(index.saturating_mul(8).saturating_add(within));
        }
    }
    let within = rest.iter().position(|other| *other == byte)?;
    Some(words.as_flattened().len().saturating_add(within))
}

/// The parts of `bytes` between bytes that are `separator`.
pub(crate) fn split(bytes: &[u8], separator: u8) -> Split<'_> {
    Split {
        rest: Some(bytes),
        separator,
    }
}

/// See [`split`].
#[derive(Clone, Debug)]
pub(crate) struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let bytes = self.rest?;
        let Some((part, rest)) = position(bytes, self.separator).and_then(|at| bytes.split_at_checked(at))
        else {
            return self.rest.take();
        };
        self.rest = rest.get(1..);
        Some(part)
    }
}

/// Whether `bytes` may hold any of `"`, `&`, `'`, `<` and `>`. It may be told of others, and is of `#`.
pub(crate) fn may_be_markup(bytes: &[u8]) -> bool {
    // Without the bits in which they differ, the first three are one byte and the last two another.
    any_word(bytes, |word| {
        let quotes = (word & !u64::from_le_bytes([0x05; 8])) ^ u64::from_le_bytes([b'"'; 8]);
        let angles = (word & !u64::from_le_bytes([0x02; 8])) ^ u64::from_le_bytes([b'<'; 8]);
        zero_bytes(quotes) | zero_bytes(angles)
    })
}

/// Whether all of `bytes` are graphic characters of ASCII, as [`u8::is_ascii_graphic`] has it.
pub(crate) fn are_graphic(bytes: &[u8]) -> bool {
    const FIRST: u64 = u64::from_le_bytes([b'!'; 8]);
    const DELETE: u64 = u64::from_le_bytes([0x7f; 8]);
    // A byte below the first borrows from its highest bit; where one does, so may the byte behind it, which does no harm.
    !any_word(bytes, |word| {
        (word & HIGH) | (word.wrapping_sub(FIRST) & !word & HIGH) | zero_bytes(word ^ DELETE)
    })
}

/// Whether `test` gives anything but zero for any eight bytes. Less than eight are filled up with letters.
fn any_word(bytes: &[u8], test: impl Fn(u64) -> u64) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [b'a'; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    words.iter().any(|word| test(u64::from_le_bytes(*word)) != 0) || test(u64::from_le_bytes(last)) != 0
}

/// The same as `==`, for a `name` that is known when this is compiled: compared in words rather than by a call.
#[inline(always)]
pub(crate) fn is(bytes: &[u8], name: &[u8]) -> bool {
    if bytes.len() != name.len() {
        return false;
    }
    if let (Some(head), Some(tail)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>())
        && bytes.len() <= 16
    {
        return name.first_chunk() == Some(head) && name.last_chunk() == Some(tail);
    }
    if let (Some(head), Some(tail)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>())
        && bytes.len() <= 8
    {
        return name.first_chunk() == Some(head) && name.last_chunk() == Some(tail);
    }
    bytes == name
}

/// The lowest bit set is the highest of the first byte that is zero; none where no byte is.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_is_found_wherever_it_stands(bytes in prop::collection::vec(0_u8..4, 0..40), byte in 0_u8..4) {
            prop_assert_eq!(position(&bytes, byte), bytes.iter().position(|other| *other == byte));
        }

        #[test]
        fn any_byte_is_told_from_all_others(bytes: Vec<u8>, byte: u8) {
            prop_assert_eq!(position(&bytes, byte), bytes.iter().position(|other| *other == byte));
        }

        #[test]
        fn markup_is_never_overlooked(text in "[a-z#!'\"&<>é]{0,20}") {
            let is_markup = text.contains(['"', '&', '\'', '<', '>']);
            prop_assert!(may_be_markup(text.as_bytes()) || !is_markup);
            prop_assert!(is_markup || text.contains('#') || !may_be_markup(text.as_bytes()));
        }

        #[test]
        fn a_byte_that_is_not_graphic_is_found(bytes in prop::collection::vec(prop_oneof![20 => b'!'..0x7f, 1 => any::<u8>()], 0..40)) {
            prop_assert_eq!(are_graphic(&bytes), bytes.iter().all(u8::is_ascii_graphic));
        }

        #[test]
        fn splitting_gives_the_parts(bytes in prop::collection::vec(b'a'..b'd', 0..40)) {
            let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'a').collect();
            prop_assert_eq!(split(&bytes, b'a').collect::<Vec<_>>(), parts);
        }

        #[test]
        fn what_is_the_same_is(one in "[ab]{0,20}", other in "[ab]{0,20}") {
            prop_assert!(is(one.as_bytes(), one.clone().as_bytes()));
            prop_assert_eq!(is(one.as_bytes(), other.as_bytes()), one == other);
        }
    }
}
