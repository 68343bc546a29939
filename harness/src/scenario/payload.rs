//! Bytes of bodies and header values, in whatever way they are easiest to write.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::Size;
use super::text::{Saved, Text};
use super::written::{OneOrMany, Written, written_type};

/// Bytes: a text, or one of `hex`, `base64`, `json`, `file` and `size`.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Text(Text),
    Bytes(Vec<u8>),
    /// Relative to the scenario file.
    File(PathBuf),
}

/// Bytes that are no plain text. Exactly one of these.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullPayload {
    /// Bytes as pairs of hexadecimal digits; spaces do not matter.
    hex: Option<String>,
    /// Bytes in Base64 with padding.
    base64: Option<String>,
    /// A value that is sent as JSON, without spaces.
    json: Option<serde_json::Value>,
    /// The content of a file, named relative to the scenario file.
    file: Option<PathBuf>,
    /// So many bytes, each an `x`.
    size: Option<Size>,
}

/// Most bytes that `size` makes.
const MAX_SIZE: u64 = 1 << 30;

impl Written for Payload {
    type Full = FullPayload;
    const EXPECTED: &'static str = "a text, or a map with one of hex, base64, json, file and size";

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map(Self::Text)
    }

    fn from_full(full: FullPayload) -> Result<Self, String> {
        match full {
            FullPayload {
                hex: Some(hex),
                base64: None,
                json: None,
                file: None,
                size: None,
            } => from_hex(&hex).map(Self::Bytes),
            FullPayload {
                hex: None,
                base64: Some(text),
                json: None,
                file: None,
                size: None,
            } => BASE64_STANDARD
                .decode(text.trim())
                .map(Self::Bytes)
                .map_err(|error| format!("\"{text}\" is no Base64: {error}")),
            FullPayload {
                hex: None,
                base64: None,
                json: Some(json),
                file: None,
                size: None,
            } => json.to_string().parse().map(Self::Text),
            FullPayload {
                hex: None,
                base64: None,
                json: None,
                file: Some(file),
                size: None,
            } => Ok(Self::File(file)),
            FullPayload {
                hex: None,
                base64: None,
                json: None,
                file: None,
                size: Some(Size(size)),
            } => {
                if size > MAX_SIZE {
                    return Err("a size must be at most 1GiB here".to_owned());
                }
                Ok(Self::Bytes(vec![b'x'; usize::try_from(size).unwrap_or_default()]))
            }
            _ => Err(format!(
                "exactly one key belongs here: expected {}",
                Self::EXPECTED
            )),
        }
    }
}

written_type!(Payload, FullPayload, { "type": ["string", "number", "boolean"] });

impl Payload {
    /// The bytes. `folder` is where files are looked for.
    pub(crate) fn bytes(&self, folder: &Path, saved: &Saved) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.fill(saved).into_owned().into_bytes()),
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(file) => {
                let path = folder.join(file);
                std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
            }
        }
    }

    /// The names that it wants to be saved.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let text = match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) | Self::File(_) => None,
        };
        text.into_iter().flat_map(Text::names)
    }
}

/// A body: bytes, or a list of the pieces in which they arrive.
pub(crate) type Body = OneOrMany<Payload>;

/// The pieces of a body.
pub(crate) fn pieces(body: &Body, folder: &Path, saved: &Saved) -> Result<Vec<Vec<u8>>, String> {
    body.0.iter().map(|piece| piece.bytes(folder, saved)).collect()
}

/// Bytes of pairs of hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("\"{text}\" is not hexadecimal: it must be pairs of 0-9 and a-f, such as 0aff");
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| {
            c.to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
                .ok_or_else(wrong)
        })
        .collect::<Result<_, _>>()?;
    let (pairs, left) = digits.as_chunks::<2>();
    if left.is_empty() {
        Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
    } else {
        Err(wrong())
    }
}

/// Bytes as pairs of hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_come_in_pairs() {
        assert_eq!(from_hex("0a FF"), Ok(vec![10, 255]));
        assert!(from_hex("0a f").is_err());
        assert!(from_hex("0g").is_err());
    }
}
