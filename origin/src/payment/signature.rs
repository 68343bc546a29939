//! Signatures of call-backs (Standard Webhooks, <https://www.standardwebhooks.com>): who has sent this body, and that it
//! was now.

use axum::http::{HeaderMap, HeaderName};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac, digest::CtOutput};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::secret::{Secret, Secrets};

/// The sender's name of the message: the same each time it is sent again.
pub(super) const ID: HeaderName = HeaderName::from_static("webhook-id");
/// When this attempt was sent, in seconds since 1970-01-01 in UTC.
pub(super) const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
/// Signatures, with spaces between: one for each secret that the sender uses.
pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// How old a call-back may be, and how far ahead its sender's clock: what comes later may be a copy that somebody kept.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a signature by HMAC-SHA256 begins with.
const VERSION: &str = "v1,";

/// A body was not signed by somebody who knows a secret, or not now. It does not say which, so that nobody learns what
/// is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call-back is not signed by the payment provider, or was signed too long ago")]
pub struct Unverified;

/// Checks that a body comes from somebody who knows one of the secrets, and was sent at most [`TOLERANCE`] before or
/// after `now`.
///
/// # Errors
/// When it does not, or was not, or one of the headers is missing, comes twice or cannot be read.
pub fn verify(secrets: &Secrets, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Unverified> {
    let id = only(headers, &ID)?;
    let timestamp = only(headers, &TIMESTAMP)?;
    if read_timestamp(timestamp)?.duration_since(now).abs() > TOLERANCE {
        return Err(Unverified);
    }
    let expected: Vec<_> = secrets
        .iter()
        .map(|secret| sign(secret, id, timestamp, body))
        .collect();
    let given = std::str::from_utf8(only(headers, &SIGNATURE)?).map_err(|_| Unverified)?;
    let is_signed = given
        .split(' ')
        .filter_map(|signature| BASE64_STANDARD.decode(signature.strip_prefix(VERSION)?).ok())
        .filter_map(|code| <[u8; 32]>::try_from(code).ok())
        // `CtOutput` compares in constant time.
        .map(|code| CtOutput::<Hmac<Sha256>>::new(code.into()))
        .any(|code| expected.contains(&code));
    if is_signed { Ok(()) } else { Err(Unverified) }
}

fn sign(secret: &Secret, id: &[u8], timestamp: &[u8], body: &[u8]) -> CtOutput<Hmac<Sha256>> {
    let mut mac = secret.mac();
    for part in [id, b".", timestamp, b".", body] {
        mac.update(part);
    }
    mac.finalize()
}

/// The value of a header that is there once, and not empty.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h [u8], Unverified> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value.as_bytes()),
        _ => Err(Unverified),
    }
}

fn read_timestamp(digits: &[u8]) -> Result<Timestamp, Unverified> {
    // `parse` would take a sign.
    let seconds = std::str::from_utf8(digits)
        .ok()
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok());
    seconds
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or(Unverified)
}
