//! The keys that tokens are signed with, and everything else that is derived from a secret.

use super::{Frame, Kind, MAC_LENGTH, TokenError, VERSION};
use core::fmt;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

type HmacSha256 = Hmac<Sha256>;

/// The least number of bytes in a secret: as many as a SHA-256 MAC is strong.
pub const SECRET_MIN_LENGTH: usize = 32;

/// Names a key inside tokens, so that several can be valid at once while they are rotated.
pub type KeyId = u8;

/// The bytes that all keys are derived from. Never printed, and wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// A secret that is too short to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretError {
    /// How many bytes it has, of the at least [`SECRET_MIN_LENGTH`] that it needs.
    pub length: usize,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the secret has {} bytes; it needs at least {SECRET_MIN_LENGTH}",
            self.length
        )
    }
}

impl Secret {
    /// A secret of these bytes.
    ///
    /// # Errors
    ///
    /// [`SecretError`] when there are fewer than [`SECRET_MIN_LENGTH`] of them.
    pub fn new(bytes: Vec<u8>) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() < SECRET_MIN_LENGTH {
            return Err(SecretError { length: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// A key for one purpose: HMAC-SHA256 of the label under the secret. Different labels give unrelated keys.
    fn derive(&self, label: &str) -> [u8; 32] {
        keyed(&self.0)
            .chain_update(label.as_bytes())
            .finalize()
            .into_bytes()
            .into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// HMAC accepts keys of every length, so the error arm cannot be taken; were it, MACs under a zero-length key would
/// not match those of any real key and all tokens would be refused.
fn keyed(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).unwrap_or_else(|_| HmacSha256::new(&Default::default()))
}

/// The first half of a MAC.
fn truncated(mac: [u8; 32]) -> [u8; MAC_LENGTH] {
    mac.first_chunk().copied().unwrap_or_default()
}

/// One secret's keys, with their HMAC key schedules already computed: signing or verifying costs no more than the
/// token's own blocks.
#[derive(Clone)]
pub struct SigningKey {
    id: KeyId,
    challenge: HmacSha256,
    clearance: HmacSha256,
    ticket: HmacSha256,
    clearance_id: HmacSha256,
    ledger: [u8; 16],
}

impl SigningKey {
    /// The keys that follow from `secret`, known in tokens as `id`.
    #[must_use]
    pub fn new(id: KeyId, secret: &Secret) -> Self {
        Self {
            id,
            challenge: keyed(&secret.derive("levee v1 challenge")),
            clearance: keyed(&secret.derive("levee v1 clearance")),
            ticket: keyed(&secret.derive("levee v1 ticket")),
            clearance_id: keyed(&secret.derive("levee v1 clearance id")),
            ledger: truncated(secret.derive("levee v1 ledger")),
        }
    }

    /// The id that tokens name this key by.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// A complete token of `kind`, of `length` bytes, around the fields that `write_fields` appends.
    #[must_use]
    pub fn seal(&self, kind: Kind, length: usize, write_fields: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut token = Vec::with_capacity(length);
        token.extend_from_slice(&[VERSION, kind as u8, self.id]);
        write_fields(&mut token);
        let mac = self
            .of_kind(kind)
            .clone()
            .chain_update(&token)
            .finalize()
            .into_bytes();
        token.extend_from_slice(&truncated(mac.into()));
        token
    }

    /// The 128-bit id of the clearance that a challenge with this nonce leads to: always the same one, however often
    /// and wherever its solution is redeemed.
    #[must_use]
    pub fn clearance_id(&self, nonce: &[u8; 16]) -> [u8; 16] {
        truncated(
            self.clearance_id
                .clone()
                .chain_update(nonce)
                .finalize()
                .into_bytes()
                .into(),
        )
    }

    fn of_kind(&self, kind: Kind) -> &HmacSha256 {
        match kind {
            Kind::Challenge => &self.challenge,
            Kind::Clearance => &self.clearance,
            Kind::Ticket => &self.ticket,
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The keys in force: the first one signs, all of them verify. Rotation puts a new one in front and drops the old one
/// when the last token that it signed has expired.
#[derive(Clone, Debug)]
pub struct Keyring {
    signing: SigningKey,
    older: Vec<SigningKey>,
}

impl Keyring {
    /// A keyring that signs with `signing` and also accepts what `older` keys signed. Ids must differ; of two keys
    /// with one id the earlier one counts.
    #[must_use]
    pub const fn new(signing: SigningKey, older: Vec<SigningKey>) -> Self {
        Self { signing, older }
    }

    /// The key that signs.
    #[must_use]
    pub const fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The key of the keyed hash under which ledgers store identities, so that nobody outside can choose two that
    /// collide. It changes when the signing key does.
    #[must_use]
    pub const fn ledger_key(&self) -> &[u8; 16] {
        &self.signing.ledger
    }

    /// The key that signed `token`, and the fields of the token, once its version, kind, key and MAC have been
    /// found right. The comparison of MACs takes the same time wherever they differ.
    ///
    /// # Errors
    ///
    /// [`TokenError`] with the first thing that is wrong.
    pub fn open<'a>(&self, kind: Kind, token: &'a [u8]) -> Result<(&SigningKey, &'a [u8]), TokenError> {
        let frame = Frame::of(kind, token)?;
        let key = core::iter::once(&self.signing)
            .chain(&self.older)
            .find(|key| key.id == frame.key_id)
            .ok_or(TokenError::UnknownKey)?;
        let expected = key.of_kind(kind).clone().chain_update(frame.signed);
        expected
            .verify_truncated_left(frame.mac)
            .map_err(|_| TokenError::Forged)?;
        Ok((key, frame.fields))
    }
}
