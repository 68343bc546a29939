//! The secrets that the payment provider signs its call-backs with.

use std::{
    fmt, io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

/// What a secret begins with (Standard Webhooks, "Signature scheme").
const PREFIX: &str = "whsec_";

/// Bytes of a secret (Standard Webhooks, "Signature scheme").
const LENGTH: RangeInclusive<usize> = 24..=64;

/// Secrets that are in use at a time: the one, and the next while they are exchanged.
const LIMIT: usize = 2;

/// Base64 with or without its padding: secrets are copied by hand.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A secret shared with the payment provider.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl Secret {
    /// Reads one: `whsec_` and the base64 of 24 to 64 bytes. `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key = BASE64.decode(text.strip_prefix(PREFIX)?).ok()?;
        if !LENGTH.contains(&key.len()) {
            return None;
        }
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    /// The code that authenticates what is put into it.
    pub(super) fn mac(&self) -> Hmac<Sha256> {
        self.0.clone()
    }
}

/// Shows nothing.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// The secrets that are in use: one, or two while they are exchanged.
#[derive(Clone, Debug)]
pub struct Secrets(Vec<Secret>);

/// The file of the secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("cannot read --payment-key-file {path}: {source}; name a file that this user may read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A line is no secret.
    #[error(
        "line {line} of --payment-key-file {path} is no secret: write {PREFIX} and the base64 of {} to {} bytes, as the \
         provider shows it",
        LENGTH.start(),
        LENGTH.end()
    )]
    NoSecret {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// There are none, or more than two.
    #[error(
        "--payment-key-file {path} has {found} secrets: write one a line, at most {LIMIT}, the second only while the \
         provider changes from one to the other"
    )]
    Count {
        /// The file.
        path: PathBuf,
        /// How many there are.
        found: usize,
    },
}

impl Secrets {
    /// Reads a file of one secret a line; empty lines do not count.
    ///
    /// # Errors
    /// When it cannot be read or holds anything else. The error does not show what stands in it.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let text = std::fs::read_to_string(path).map_err(|source| KeyFileError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let mut secrets = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if !text.is_empty() {
                secrets.push(Secret::parse(text).ok_or_else(|| KeyFileError::NoSecret {
                    path: path.to_owned(),
                    line,
                })?);
            }
        }
        if (1..=LIMIT).contains(&secrets.len()) {
            Ok(Self(secrets))
        } else {
            Err(KeyFileError::Count {
                path: path.to_owned(),
                found: secrets.len(),
            })
        }
    }

    /// The secrets themselves.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }
}

impl From<Secret> for Secrets {
    fn from(secret: Secret) -> Self {
        Self(vec![secret])
    }
}
