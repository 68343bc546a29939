//! What the log tells of a command's outcome.

use super::pairs;
use std::fmt;

/// What stands behind a command in the log.
#[derive(Debug)]
pub(crate) struct Answer(String);

impl Answer {
    /// A status, and nothing to tell beside it.
    pub(crate) fn status(status: u32) -> Self {
        Self(format!(" -> {status}"))
    }

    /// A status, and on success something beside it.
    pub(crate) fn with(status: u32, told: impl fmt::Display) -> Self {
        if status == 0 {
            Self(format!(" -> 0 {told}"))
        } else {
            Self::status(status)
        }
    }

    /// A status, and on success bytes.
    pub(crate) fn bytes((status, bytes): (u32, Vec<u8>)) -> Self {
        Self::with(status, quoted(&bytes))
    }

    /// A status, and on success a list of pairs.
    pub(crate) fn pairs((status, bytes): (u32, Vec<u8>)) -> Self {
        let Some(pairs) = pairs::decode(&bytes) else {
            return Self::with(status, format_args!("malformed {}", quoted(&bytes)));
        };
        let told: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", quoted(name), quoted(value)))
            .collect();
        if told.is_empty() {
            Self::status(status)
        } else {
            Self::with(status, told.join(" "))
        }
    }

    /// What does not go through the host and has no status.
    pub(crate) fn word(word: &str) -> Self {
        Self(format!(" -> {word}"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bytes as the log shows them.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}
