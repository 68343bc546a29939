//! Lists of pairs as they cross the boundary: a count, then the lengths of each name and value, then names and values
//! themselves, each with a zero byte behind it; numbers are 32-bit and little-endian.

/// Names and values.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// No pairs are a count of 0.
pub(crate) fn encode(pairs: &Pairs) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = number(pairs.len()).to_vec();
    for (name, value) in pairs {
        bytes.extend(number(name.len()));
        bytes.extend(number(value.len()));
    }
    for part in pairs.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(part);
        bytes.push(0);
    }
    bytes
}

/// No bytes are no pairs. `None` if the bytes contradict themselves.
pub(crate) fn decode(bytes: &[u8]) -> Option<Pairs> {
    if bytes.is_empty() {
        return Some(Pairs::new());
    }
    let (count, rest) = number(bytes)?;
    let (mut lengths, mut bytes) = rest.split_at_checked(count.checked_mul(8)?)?;
    let mut pairs = Pairs::new();
    while !lengths.is_empty() {
        let (name_length, rest) = number(lengths)?;
        let (value_length, rest) = number(rest)?;
        lengths = rest;
        let (name, rest) = terminated(bytes, name_length)?;
        let (value, rest) = terminated(rest, value_length)?;
        bytes = rest;
        pairs.push((name.to_vec(), value.to_vec()));
    }
    bytes.is_empty().then_some(pairs)
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn terminated(bytes: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    let (part, rest) = bytes.split_at_checked(length)?;
    let rest = rest.strip_prefix(&[0])?;
    Some((part, rest))
}
