//! What the hospital has settled about bookings.

use jiff::{ToSpan, civil::DateTime};

use crate::{clock::Clock, config::Config, money::Dong, ticket::Place};

/// How many patients are seen, how fast, and for how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How many patients each department sees in a session.
    pub capacity: u32,
    /// How long a patient's examination takes, in minutes.
    pub minutes_per_patient: u32,
    /// What an examination costs; zero when there is nothing to pay.
    pub fee: Dong,
}

/// An option of the command line cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTerms {
    /// The fee is larger than a payment's QR code can say.
    #[error("--fee {0} is too much: at most {max} dong", max = Dong::MAX.get())]
    Fee(u64),
}

impl Terms {
    /// What the command line says.
    ///
    /// # Errors
    /// When the fee is out of range.
    pub fn of(config: &Config) -> Result<Self, InvalidTerms> {
        Ok(Self {
            capacity: config.capacity,
            minutes_per_patient: config.minutes_per_patient,
            fee: Dong::new(config.fee).ok_or(InvalidTerms::Fee(config.fee))?,
        })
    }

    /// About when the holder of a place will be called, at the hospital: each of those ahead takes their minutes, from
    /// the session's opening or, once it is open, from now.
    #[must_use]
    pub fn expected_at(&self, place: &Place, clock: &Clock) -> DateTime {
        let queue = place.ticket.queue;
        let opening = queue.day.to_datetime(queue.session.opens());
        let from = opening.max(clock.local_now());
        let minutes = i64::from(place.ahead).saturating_mul(i64::from(self.minutes_per_patient));
        from.saturating_add(minutes.minutes())
    }
}
