//! The serialised form of header maps and other lists of pairs.
//!
//! `u32le count`, then for each pair `u32le name_len, u32le value_len`, then for each pair `name 0x00 value 0x00`.

use crate::headers::Headers;

/// Most bytes that a serialised list from a guest may have (proxy-wasm-cpp-host, `limits.h`).
const MAX_BYTES: usize = 1024 * 1024;
/// Most pairs that a serialised list from a guest may have (proxy-wasm-cpp-host, `limits.h`).
const MAX_PAIRS: usize = 1024;

/// Serialises; no pairs give no bytes.
pub(crate) fn encode(headers: &Headers) -> Vec<u8> {
    if headers.is_empty() {
        return Vec::new();
    }
    let mut bytes = Vec::with_capacity(4 + headers.len() * 10 + headers.byte_size());
    bytes.extend(length(headers.len()));
    for (name, value) in headers.iter() {
        bytes.extend(length(name.len()));
        bytes.extend(length(value.len()));
    }
    for part in headers.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(part);
        bytes.push(0);
    }
    bytes
}

/// Parses what a guest has sent; `None` when it is malformed or beyond the limits.
pub(crate) fn decode(bytes: &[u8]) -> Option<Headers> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let (count, rest) = take_u32(bytes)?;
    if count > MAX_PAIRS {
        return None;
    }
    let (sizes, mut rest) = rest.split_at_checked(count.checked_mul(8)?)?;
    // Behind a local reply's own headers come those that a proxy adds.
    let mut headers = Headers::with_room(count + 4, rest.len() + 64);
    for pair in sizes.chunks_exact(8) {
        let (name_len, pair) = take_u32(pair)?;
        let (value_len, _) = take_u32(pair)?;
        let (name, value);
        (name, rest) = take_terminated(rest, name_len)?;
        (value, rest) = take_terminated(rest, value_len)?;
        headers.append(name, value);
    }
    rest.is_empty().then_some(headers)
}

fn take_u32(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

fn take_terminated(bytes: &[u8], len: usize) -> Option<(&[u8], &[u8])> {
    let (part, rest) = bytes.split_at_checked(len)?;
    let (nul, rest) = rest.split_first()?;
    (*nul == 0).then_some((part, rest))
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        let headers: Headers = [(&b"x-a"[..], &b"1"[..]), (b"\xff", b"\x00\xfe"), (b"x-a", b"")]
            .into_iter()
            .collect();
        assert_eq!(decode(&encode(&headers)), Some(headers));
    }

    #[test]
    fn the_layout_is_sizes_first_then_terminated_bytes() {
        let headers: Headers = [("ab", "c")].into_iter().collect();
        assert_eq!(encode(&headers), b"\x01\0\0\0\x02\0\0\0\x01\0\0\0ab\0c\0");
    }

    #[test]
    fn malformed_lists_are_none() {
        let good = encode(&[("ab", "c")].into_iter().collect());
        for cut in 0..good.len() {
            assert!(decode(&good[..cut]).is_none(), "cut at {cut}");
        }
        assert!(
            decode(&[good.as_slice(), b"x"].concat()).is_none(),
            "trailing byte"
        );
        assert!(decode(b"\xff\xff\xff\xff").is_none(), "a count beyond all bounds");
    }

    #[test]
    fn a_list_of_1024_pairs_is_the_longest() {
        let pairs = |n: usize| encode(&std::iter::repeat_n(("a", "b"), n).collect());
        assert_eq!(decode(&pairs(1024)).map(|pairs| pairs.len()), Some(1024));
        assert_eq!(decode(&pairs(1025)), None);
    }
}
