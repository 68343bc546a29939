//! How every token is framed: version, kind and key id in front, a message authentication code behind.
//!
//! ```text
//! 0        1       2         3                     n - 16
//! version  kind    key id    the kind's own bytes  MAC (16 bytes)
//! ```
//!
//! The MAC is HMAC-SHA256 (RFC 2104) truncated to 128 bits, over everything before it, with a key of the token's
//! kind: a challenge presented as a clearance fails although both were signed from one secret. In text, a token is
//! base64url without padding (RFC 4648 §5).

mod keys;

pub use keys::{KeyId, Keyring, SECRET_MIN_LENGTH, Secret, SecretError, SigningKey};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// The version of all token layouts in this module's family.
pub const VERSION: u8 = 1;

/// Bytes of a message authentication code.
pub const MAC_LENGTH: usize = 16;

/// Bytes that stand before the kind's own: version, kind and key id.
pub const HEADER_LENGTH: usize = 3;

/// What a token is for. Each kind has a MAC key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A signed question: [`crate::challenge`].
    Challenge = 1,
    /// The signed answer that a client carries: [`crate::clearance`].
    Clearance = 2,
    /// The number that a client has drawn in line: [`crate::line`].
    Ticket = 3,
}

/// Why a token was refused, in the order in which it is found out: cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is not base64url, or not as long as its kind, or a field of it has no meaning.
    Malformed,
    /// It is of another version or kind.
    OtherKind,
    /// It was signed with a key that is not in the keyring.
    UnknownKey,
    /// Its MAC is wrong: forged or altered.
    Forged,
    /// It was issued in the future, by more than clocks of a fleet may differ.
    NotYetValid,
    /// Its time has passed.
    Expired,
}

impl TokenError {
    /// As logs say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::OtherKind => "other_kind",
            Self::UnknownKey => "unknown_key",
            Self::Forged => "forged",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
        }
    }
}

/// The text form of a token.
#[must_use]
pub fn encode(token: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

/// The bytes behind the text form of a token. Strict: one token has exactly one text form.
///
/// # Errors
///
/// [`TokenError::Malformed`] for anything but base64url without padding, or text longer than `max_length` bytes would be.
pub fn decode(text: &[u8], max_length: usize) -> Result<Vec<u8>, TokenError> {
    // Before decoding, so that a hostile header is not copied only to be thrown away.
    if text.len() > max_length.saturating_mul(4).div_ceil(3) {
        return Err(TokenError::Malformed);
    }
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| TokenError::Malformed)
}

/// The key that a token names, with nothing verified.
pub(crate) fn key_id(token: &[u8]) -> Option<KeyId> {
    let [_, _, key_id] = token.first_chunk::<HEADER_LENGTH>()?;
    Some(*key_id)
}

/// A token taken apart, with nothing verified yet.
pub(crate) struct Frame<'a> {
    pub(crate) key_id: KeyId,
    /// What the MAC covers: everything before it.
    pub(crate) signed: &'a [u8],
    /// The kind's own bytes.
    pub(crate) fields: &'a [u8],
    pub(crate) mac: &'a [u8; MAC_LENGTH],
}

impl<'a> Frame<'a> {
    /// Takes `token` apart if it says that it is of this version and of `kind`.
    pub(crate) fn of(kind: Kind, token: &'a [u8]) -> Result<Self, TokenError> {
        let (signed, mac) = token
            .split_last_chunk::<MAC_LENGTH>()
            .ok_or(TokenError::Malformed)?;
        let ([version, its_kind, key_id], fields) = signed
            .split_first_chunk::<HEADER_LENGTH>()
            .ok_or(TokenError::Malformed)?;
        if *version != VERSION || *its_kind != kind as u8 {
            return Err(TokenError::OtherKind);
        }
        Ok(Self {
            key_id: *key_id,
            signed,
            fields,
            mac,
        })
    }
}

/// Reads the fixed fields of a token from front to back.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// The next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], TokenError> {
        let (field, rest) = self.0.split_first_chunk::<N>().ok_or(TokenError::Malformed)?;
        self.0 = rest;
        Ok(field)
    }

    /// Refuses what stands behind the last field.
    pub(crate) fn end(self) -> Result<(), TokenError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(TokenError::Malformed)
        }
    }
}
