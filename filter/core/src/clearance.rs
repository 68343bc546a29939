//! A clearance: the signed answer that a client carries after it has paid.
//!
//! ```text
//! offset  bytes  field
//!      0      3  version, kind, key id (see `token`)
//!      3      1  lane: how it was earned
//!      4      8  issued at, seconds since the Unix epoch
//!     12      8  expires at, seconds since the Unix epoch
//!     20      8  work that was proven
//!     28     16  id
//!     44     16  MAC
//! ```
//!
//! Numbers are big-endian.
//!
//! **One solution, one identity.** The id is a MAC of the challenge's nonce, and both times count from when the
//! challenge was issued. Redeeming a solution again, on any node, yields the same clearance to the byte, hence the
//! same quota: replay gains nothing, and no store of spent nonces is needed.

use crate::{
    challenge::{CLOCK_SKEW_SECONDS, Verified},
    token::{Fields, Keyring, Kind, SigningKey, TokenError},
};

/// Bytes of a clearance token.
pub const LENGTH: usize = 60;

/// How a clearance was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Lane {
    /// By proof of work.
    Work = 0,
    /// By waiting, in [the lane](crate::waiting_lane) for browsers that run no script.
    Waiting = 1,
}

impl Lane {
    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Work),
            1 => Some(Self::Waiting),
            _ => None,
        }
    }
}

/// What a clearance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// How it was earned.
    pub lane: Lane,
    /// When the challenge behind it was issued, in seconds since the Unix epoch.
    pub issued_at: u64,
    /// From when on it is refused, in seconds since the Unix epoch.
    pub expires_at: u64,
    /// The work that was proven, in expected hashes.
    pub work: u64,
    /// Whom the quota belongs to.
    pub id: [u8; 16],
}

impl Clearance {
    /// The clearance that solving `verified` buys, good until `lifetime` seconds after the challenge was issued.
    #[must_use]
    pub fn earned_by(verified: &Verified<'_>, lifetime: u64) -> Self {
        Self::of(verified, Lane::Work, verified.challenge.work, lifetime)
    }

    /// The clearance that `verified` is exchanged for after the wait, likewise. No work is proven by it.
    #[must_use]
    pub fn waited_for(verified: &Verified<'_>, lifetime: u64) -> Self {
        Self::of(verified, Lane::Waiting, 0, lifetime)
    }

    fn of(verified: &Verified<'_>, lane: Lane, work: u64, lifetime: u64) -> Self {
        let challenge = &verified.challenge;
        Self {
            lane,
            issued_at: challenge.issued_at,
            expires_at: challenge.issued_at.saturating_add(lifetime),
            work,
            id: verified.key.clearance_id(&challenge.nonce),
        }
    }

    /// The token, signed with the key of its challenge ([`Verified::key`]), so that a solution leads to the same bytes before
    /// and after a rotation.
    #[must_use]
    pub fn seal(&self, key: &SigningKey) -> Vec<u8> {
        key.seal(Kind::Clearance, LENGTH, |token| {
            token.push(self.lane as u8);
            token.extend_from_slice(&self.issued_at.to_be_bytes());
            token.extend_from_slice(&self.expires_at.to_be_bytes());
            token.extend_from_slice(&self.work.to_be_bytes());
            token.extend_from_slice(&self.id);
        })
    }

    /// The clearance in `token`, if it is ours and in force at `now` (seconds since the Unix epoch).
    ///
    /// # Errors
    ///
    /// [`TokenError`] with the first thing that is wrong, found in order of cost.
    pub fn open(token: &[u8], keys: &Keyring, now: u64) -> Result<Self, TokenError> {
        if token.len() != LENGTH {
            return Err(TokenError::Malformed);
        }
        let (_, fields) = keys.open(Kind::Clearance, token)?;
        let mut fields = Fields(fields);
        let [lane] = fields.take::<1>()?;
        let clearance = Self {
            lane: Lane::from_byte(*lane).ok_or(TokenError::Malformed)?,
            issued_at: u64::from_be_bytes(*fields.take()?),
            expires_at: u64::from_be_bytes(*fields.take()?),
            work: u64::from_be_bytes(*fields.take()?),
            id: *fields.take()?,
        };
        fields.end()?;
        clearance.is_in_force(now)?;
        Ok(clearance)
    }

    /// # Errors
    ///
    /// [`TokenError`] when it is not in force at `now` (seconds since the Unix epoch).
    pub(crate) const fn is_in_force(&self, now: u64) -> Result<(), TokenError> {
        if self.issued_at > now.saturating_add(CLOCK_SKEW_SECONDS) {
            return Err(TokenError::NotYetValid);
        }
        if now >= self.expires_at {
            return Err(TokenError::Expired);
        }
        Ok(())
    }
}
