//! What a filter talks about: texts among its constants and in its configuration.
//!
//! A constant text is found by whoever refers to it with an address and a length: two constants in a row in the code, or in
//! a table among the data. Texts that lie side by side are so told apart.

use std::collections::BTreeSet;

/// Longest text that is taken for a word.
const MAX_LEN: usize = 64;
/// Most words of a module; those of its libraries are among them.
const MAX_WORDS: usize = 4000;

const CODE_SECTION: u8 = 10;
const DATA_SECTION: u8 = 11;
const I32_CONST: u8 = 0x41;
const END: u8 = 0x0b;

/// Texts of a module that could be names or values of headers.
pub(super) fn of_module(module: &[u8]) -> BTreeSet<Vec<u8>> {
    let data = Data::of(module);
    let mut words = BTreeSet::new();
    let code = sections(module).filter(|(id, _)| *id == CODE_SECTION);
    for (_, code) in code {
        for (at, _) in code.iter().enumerate().filter(|(_, byte)| **byte == I32_CONST) {
            if let Some((address, len)) = two_constants(code.get(at..).unwrap_or_default()) {
                words.extend(data.word(address, len));
            }
        }
    }
    for (_, bytes) in &data.0 {
        let (numbers, _) = bytes.as_chunks::<4>();
        let numbers: Vec<u32> = numbers.iter().map(|number| u32::from_le_bytes(*number)).collect();
        for pair in numbers.windows(2) {
            if let [address, len] = pair {
                words.extend(data.word(*address, *len));
            }
        }
        words.extend(texts(bytes));
        if words.len() > MAX_WORDS {
            break;
        }
    }
    words.into_iter().take(MAX_WORDS).collect()
}

/// Texts of a configuration, whatever its format: what stands between its punctuation.
pub(super) fn of_configuration(configuration: &[u8]) -> BTreeSet<Vec<u8>> {
    let is_punctuation = |byte: &u8| byte.is_ascii_whitespace() || b"\"',:{}[]()=<>".contains(byte);
    configuration
        .split(is_punctuation)
        .filter(|word| is_word(word))
        .map(<[u8]>::to_vec)
        .collect()
}

/// Whether it could be the name of a header.
pub(super) fn is_name(word: &[u8]) -> bool {
    let begins = word.first().is_some_and(u8::is_ascii_alphabetic);
    begins
        && word
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte))
}

fn is_word(word: &[u8]) -> bool {
    (2..=MAX_LEN).contains(&word.len()) && word.iter().all(u8::is_ascii_graphic)
}

/// Texts that end where they can be seen to end.
fn texts(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    bytes
        .split(|byte| !byte.is_ascii_graphic())
        .filter(|word| word.len() > 3 && is_word(word))
        .map(<[u8]>::to_vec)
}

/// The data that a module begins with, by address.
struct Data<'a>(Vec<(usize, &'a [u8])>);

impl<'a> Data<'a> {
    fn of(module: &'a [u8]) -> Self {
        let section = sections(module).find(|(id, _)| *id == DATA_SECTION);
        Self(section.map(|(_, bytes)| segments(bytes)).unwrap_or_default())
    }

    fn word(&self, address: u32, len: u32) -> Option<Vec<u8>> {
        let (address, len) = (address as usize, len as usize);
        let word = self.0.iter().find_map(|(start, bytes)| {
            let from = address.checked_sub(*start)?;
            bytes.get(from..from.checked_add(len)?)
        })?;
        is_word(word).then(|| word.to_vec())
    }
}

/// The segments of a data section, as far as their addresses are constant.
fn segments(section: &[u8]) -> Vec<(usize, &[u8])> {
    let mut found = Vec::new();
    let Some((count, mut rest)) = unsigned(section) else {
        return found;
    };
    for _ in 0..count {
        let Some((kind, after)) = unsigned(rest) else {
            break;
        };
        // 0: memory 0 at an address; 1: passive; 2: a memory by number, at an address.
        let after = if kind == 2 {
            unsigned(after).map(|(_, after)| after)
        } else {
            Some(after)
        };
        let address = match (kind, after) {
            (1, after) => after.map(|after| (0, after)),
            (_, Some([I32_CONST, after @ ..])) => signed(after).and_then(|(address, after)| match after {
                [END, after @ ..] => Some((address, after)),
                _ => None,
            }),
            _ => None,
        };
        let Some((address, after)) = address else { break };
        let Some((len, after)) = unsigned(after) else {
            break;
        };
        let Some((bytes, after)) = after.split_at_checked(len as usize) else {
            break;
        };
        found.push((address as usize, bytes));
        rest = after;
    }
    found
}

fn two_constants(code: &[u8]) -> Option<(u32, u32)> {
    let (address, rest) = signed(code.get(1..)?)?;
    let (len, _) = match rest {
        [I32_CONST, rest @ ..] => signed(rest)?,
        _ => return None,
    };
    Some((address, len))
}

/// Number and content of each section.
fn sections(module: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = module.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (id, after) = rest.split_first()?;
        let (len, after) = unsigned(after)?;
        let (content, after) = after.split_at_checked(len as usize)?;
        rest = after;
        Some((*id, content))
    })
}

/// A number in LEB128, and what is behind it.
fn unsigned(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0_u32;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= u32::from(byte & 0x7f).checked_shl(u32::try_from(index).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(index + 1..)?));
        }
    }
    None
}

/// The same for a signed one; addresses and lengths are taken for unsigned ones again.
fn signed(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = unsigned(bytes)?;
    let used = bytes.len() - rest.len();
    let bits = u32::try_from(used).ok()? * 7;
    let negative = bytes.get(used - 1)? & 0x40 != 0;
    Some((
        if negative && bits < 32 {
            number | u32::MAX << bits
        } else {
            number
        },
        rest,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_side_by_side_are_told_apart_by_who_refers_to_them() {
        let module = wat::parse_str(
            r#"(module
                (import "env" "f" (func $f (param i32 i32)))
                (memory 1)
                (data (i32.const 1048576) "x-clientuser-agentcookie")
                (data (i32.const 2000000) "\08\00\10\00\0a\00\00\00")
                (func (call $f (i32.const 1048576) (i32.const 8))))"#,
        )
        .expect("valid");
        let words = of_module(&module);
        assert!(
            words.contains(&b"x-client"[..]) && words.contains(&b"user-agent"[..]),
            "{words:?}"
        );
    }

    #[test]
    fn a_configuration_gives_its_keys_and_values() {
        let words = of_configuration(br#"{"header": {"name": "x-app", "limit": 12}}"#);
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        assert_eq!(words, [&b"12"[..], b"header", b"limit", b"name", b"x-app"]);
    }

    #[test]
    fn what_is_no_module_has_no_words() {
        for bytes in [&b""[..], b"\0asm\x01\0\0\0\x0b\xff\xff\xff\xff\x0f", &[0xff; 100]] {
            assert!(of_module(bytes).is_empty());
        }
    }
}
