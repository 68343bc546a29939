//! Keys by which a repeated booking is recognised.

use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};

use crate::booking::Draft;

/// Names one booking. Only a hash is kept, because a client may put into its key what the hospital has no
/// business knowing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey([u8; 32]);

/// The `Idempotency-Key` cannot serve as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an Idempotency-Key is {} to {} visible ASCII characters, for example a random UUID", LENGTH.start(), LENGTH.end())]
pub struct InvalidKey;

/// Characters of a client's key: long enough that two clients do not meet by chance.
const LENGTH: RangeInclusive<usize> = 16..=128;

impl IdempotencyKey {
    /// The key that a client of the API chose.
    ///
    /// # Errors
    /// When it is too short, too long, or holds anything but visible ASCII.
    pub fn from_header(value: &[u8]) -> Result<Self, InvalidKey> {
        let valid = LENGTH.contains(&value.len()) && value.iter().all(u8::is_ascii_graphic);
        valid.then(|| Self::hash(&[b"api", value])).ok_or(InvalidKey)
    }

    /// The key of a form: the token that its page was given, together with what was filled in, so that going back
    /// and choosing something else is a booking of its own. `None` when the form carries no such token.
    #[must_use]
    pub fn from_form(token: &str, draft: &Draft) -> Option<Self> {
        LENGTH.contains(&token.len()).then(|| {
            let fields = [
                token,
                &draft.department,
                &draft.day,
                &draft.session,
                &draft.phone,
                &draft.birth_year,
            ];
            let mut parts = vec![b"form".as_slice()];
            parts.extend(fields.map(str::as_bytes));
            Self::hash(&parts)
        })
    }

    /// The bytes that the database keeps.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn hash(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // With its length before each part, no two lists of parts read the same.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}
