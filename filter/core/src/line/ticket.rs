//! A ticket: the signed number that a client has drawn in line.
//!
//! ```text
//! offset  bytes  field
//!      0      3  version, kind, key id (see `token`)
//!      3      8  number
//!     11      8  issued at, seconds since the Unix epoch
//!     19     16  id of the clearance that drew it
//!     35     16  MAC
//! ```
//!
//! Numbers are big-endian. The place is in the ticket, not in a store: whoever comes back with it has kept it, and
//! nothing has to be remembered of who does not. It is of use only together with its clearance.

use crate::{
    challenge::CLOCK_SKEW_SECONDS,
    token::{Fields, Keyring, Kind, SigningKey, TokenError},
};

/// Bytes of a ticket.
pub const LENGTH: usize = 51;

/// What a ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The number, counted from 1 since the line began.
    pub number: u64,
    /// When it was drawn, in seconds since the Unix epoch.
    pub issued_at: u64,
    /// The id of the clearance that drew it.
    pub clearance: [u8; 16],
}

impl Ticket {
    /// The signed token.
    #[must_use]
    pub fn seal(&self, key: &SigningKey) -> Vec<u8> {
        key.seal(Kind::Ticket, LENGTH, |token| {
            token.extend_from_slice(&self.number.to_be_bytes());
            token.extend_from_slice(&self.issued_at.to_be_bytes());
            token.extend_from_slice(&self.clearance);
        })
    }

    /// The ticket in `token`, if it is ours. How long it is good for is the clearance's affair.
    ///
    /// # Errors
    ///
    /// [`TokenError`] with the first thing that is wrong, found in order of cost.
    pub fn open(token: &[u8], keys: &Keyring, now: u64) -> Result<Self, TokenError> {
        if token.len() != LENGTH {
            return Err(TokenError::Malformed);
        }
        let (_, fields) = keys.open(Kind::Ticket, token)?;
        let mut fields = Fields(fields);
        let ticket = Self {
            number: u64::from_be_bytes(*fields.take()?),
            issued_at: u64::from_be_bytes(*fields.take()?),
            clearance: *fields.take()?,
        };
        fields.end()?;
        if ticket.issued_at > now.saturating_add(CLOCK_SKEW_SECONDS) {
            return Err(TokenError::NotYetValid);
        }
        Ok(ticket)
    }

    /// What tells this ticket from all others, for the ledger.
    pub(crate) fn identity(&self) -> [u8; 24] {
        let mut bytes = [0; 24];
        let parts = self.clearance.into_iter().chain(self.number.to_be_bytes());
        for (to, from) in bytes.iter_mut().zip(parts) {
            *to = from;
        }
        bytes
    }
}
