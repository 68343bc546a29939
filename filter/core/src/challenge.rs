//! A challenge: a signed question.
//!
//! ```text
//! offset  bytes  field
//!      0      3  version, kind, key id (see `token`)
//!      3      1  algorithm of the puzzle
//!      4      8  issued at, seconds since the Unix epoch
//!     12      8  work: expected hashes for the whole puzzle
//!     20      2  count of sub-puzzles
//!     22      4  scope: the rule that asked
//!     26      8  hash of the client's prefix
//!     34     16  nonce
//!     50     16  MAC
//! ```
//!
//! Numbers are big-endian. All parameters stand inside the MAC; nothing about the difficulty is ever read from the
//! client. The puzzle's seed is the SHA-256 of the whole token, so a solution fits one challenge only.

use crate::{
    puzzle::{Algorithm, Puzzle},
    token::{Fields, Frame, Keyring, Kind, SigningKey, TokenError},
};
use sha2::{Digest as _, Sha256};

/// Bytes of a challenge token.
pub const LENGTH: usize = 66;

/// How far ahead the clock of the node that issued a token may be, in seconds.
pub const CLOCK_SKEW_SECONDS: u64 = 30;

/// What a challenge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// When it was issued, in seconds since the Unix epoch. All expiry counts from here.
    pub issued_at: u64,
    /// The number of hashes that solving it takes on average.
    pub work: u64,
    /// The number of sub-puzzles, at least one.
    pub count: u16,
    /// The rule that asked, as `Rule::scope` gives it.
    pub scope: u32,
    /// A keyed hash of the prefix of the client that was asked.
    pub prefix: u64,
    /// What makes this challenge unlike any other.
    pub nonce: [u8; 16],
}

/// A challenge whose MAC and age were found right.
#[derive(Debug)]
pub struct Verified<'k> {
    /// What it says.
    pub challenge: Challenge,
    /// The key that signed it, which is also the one its clearance's id derives from: a solution that is redeemed
    /// before and after a rotation still is one identity.
    pub key: &'k SigningKey,
    token: [u8; LENGTH],
}

impl Verified<'_> {
    /// Its puzzle. Hashed when it is asked for: who waits instead, or tries too often, does not need it.
    #[must_use]
    pub fn puzzle(&self) -> Option<Puzzle> {
        self.challenge.puzzle(&self.token)
    }
}

impl Challenge {
    /// The signed token.
    #[must_use]
    pub fn seal(&self, key: &SigningKey) -> Vec<u8> {
        key.seal(Kind::Challenge, LENGTH, |token| {
            token.push(Algorithm::Sha256OneBlock as u8);
            token.extend_from_slice(&self.issued_at.to_be_bytes());
            token.extend_from_slice(&self.work.to_be_bytes());
            token.extend_from_slice(&self.count.to_be_bytes());
            token.extend_from_slice(&self.scope.to_be_bytes());
            token.extend_from_slice(&self.prefix.to_be_bytes());
            token.extend_from_slice(&self.nonce);
        })
    }

    /// The challenge in `token`, if it is ours and not older than `lifetime` seconds at `now` (seconds since the
    /// Unix epoch).
    ///
    /// # Errors
    ///
    /// [`TokenError`] with the first thing that is wrong, found in order of cost.
    pub fn open<'k>(
        token: &[u8],
        keys: &'k Keyring,
        now: u64,
        lifetime: u64,
    ) -> Result<Verified<'k>, TokenError> {
        let token: &[u8; LENGTH] = token.try_into().map_err(|_| TokenError::Malformed)?;
        let (key, fields) = keys.open(Kind::Challenge, token)?;
        let challenge = Self::parse(fields)?;
        if challenge.issued_at > now.saturating_add(CLOCK_SKEW_SECONDS) {
            return Err(TokenError::NotYetValid);
        }
        if now >= challenge.issued_at.saturating_add(lifetime) {
            return Err(TokenError::Expired);
        }
        if challenge.count == 0 {
            return Err(TokenError::Malformed);
        }
        Ok(Verified {
            challenge,
            key,
            token: *token,
        })
    }

    /// The puzzle that a challenge token asks a client to solve. The client cannot check the MAC, and need not.
    ///
    /// # Errors
    ///
    /// [`TokenError::OtherKind`] when `token` is no challenge of this version, [`TokenError::Malformed`] when it is not
    /// laid out as one of a known algorithm.
    pub fn puzzle_for_client(token: &[u8]) -> Result<Puzzle, TokenError> {
        let frame = Frame::of(Kind::Challenge, token)?;
        Self::parse(frame.fields)?
            .puzzle(token)
            .ok_or(TokenError::Malformed)
    }

    fn parse(fields: &[u8]) -> Result<Self, TokenError> {
        let mut fields = Fields(fields);
        let [algorithm] = fields.take::<1>()?;
        Algorithm::from_byte(*algorithm).ok_or(TokenError::Malformed)?;
        let challenge = Self {
            issued_at: u64::from_be_bytes(*fields.take()?),
            work: u64::from_be_bytes(*fields.take()?),
            count: u16::from_be_bytes(*fields.take()?),
            scope: u32::from_be_bytes(*fields.take()?),
            prefix: u64::from_be_bytes(*fields.take()?),
            nonce: *fields.take()?,
        };
        fields.end()?;
        Ok(challenge)
    }

    fn puzzle(&self, token: &[u8]) -> Option<Puzzle> {
        Puzzle::new(Sha256::digest(token).into(), self.work, self.count)
    }
}
