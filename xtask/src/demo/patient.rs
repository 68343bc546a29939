//! A patient who wants a queue number.

use super::{
    browser::{Browser, Lost},
    flood::BOT,
    loopback::{Loopback, Target},
    page,
};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// Every sixth patient has an address of their own; the others share the bot's.
const ONE_IN_HAS_OWN_ADDRESS: u16 = 6;

/// How long a patient tries before giving up.
const PATIENCE: Duration = Duration::from_secs(40);

/// Somebody who needs to see a doctor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patient {
    /// The patient's place in the order of arrival, from 0. Decides address, language, department and day.
    pub(crate) nth: u16,
}

/// What a patient takes home.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Booking {
    /// Whose queue.
    pub(crate) department: String,
    /// The day, as the form gave it.
    pub(crate) day: String,
    /// The place in that queue.
    pub(crate) number: u32,
}

/// A booking, and how long it took from the first request until the number was read.
pub(crate) type Served = (Booking, Duration);

/// Why a patient has no number.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GaveUp {
    /// A page could not be reached.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The page has nothing to book with.
    #[error("the booking page has no form with a department and a day")]
    NoForm,
    /// The ticket does not say a number.
    #[error("the ticket's page says no number")]
    NoNumber,
    /// It took too long.
    #[error("no number within {} s", PATIENCE.as_secs())]
    OutOfPatience,
}

impl Patient {
    /// Whether the patient is behind the address that the bot floods from.
    pub(crate) const fn shares_the_bots_address(self) -> bool {
        self.nth % ONE_IN_HAS_OWN_ADDRESS != ONE_IN_HAS_OWN_ADDRESS - 1
    }

    fn address(self) -> Loopback {
        let [y, z] = self.nth.to_be_bytes();
        if self.shares_the_bots_address() {
            BOT
        } else {
            Loopback::new(128, y, z)
        }
    }

    fn accept_language(self) -> &'static str {
        if self.nth.is_multiple_of(4) {
            "en-GB,en;q=0.9"
        } else {
            "vi-VN,vi;q=0.9,en;q=0.5"
        }
    }

    /// Goes to the site and comes back with a number.
    ///
    /// # Errors
    ///
    /// [`GaveUp`] says what stood in the way.
    pub(crate) async fn get_number(self, target: Target) -> Result<Served, GaveUp> {
        let started = Instant::now();
        let booking = tokio::time::timeout(PATIENCE, self.book(target))
            .await
            .unwrap_or(Err(GaveUp::OutOfPatience))?;
        Ok((booking, started.elapsed()))
    }

    async fn book(self, target: Target) -> Result<Booking, GaveUp> {
        let mut browser = Browser::new(self.address(), target, self.accept_language());
        let start = browser.visit("/").await?;
        let form = page::form(&start.text()).ok_or(GaveUp::NoForm)?;
        let filled = form.fill(usize::from(self.nth));
        let mut fields: HashMap<_, _> = form_urlencoded::parse(filled.as_bytes()).into_owned().collect();
        let (Some(department), Some(day)) = (fields.remove("department"), fields.remove("day")) else {
            return Err(GaveUp::NoForm);
        };
        let ticket = browser.submit(&form.action, &filled).await?;
        let number = page::ticket_number(&ticket.text()).ok_or(GaveUp::NoNumber)?;
        Ok(Booking {
            department,
            day,
            number,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::stand_in::StandIn;

    #[tokio::test]
    async fn a_patient_gets_a_number_with_and_without_a_challenge() {
        for server in [StandIn::start().await, StandIn::start_challenging().await] {
            let (booking, _) = Patient { nth: 7 }.get_number(server.target()).await.unwrap();
            assert_eq!(booking.number, 1);
            assert!(server.bookings().contains(&booking), "{booking:?}");
        }
    }

    #[test]
    fn two_hundred_of_240_patients_share_the_bots_address() {
        let sharing = (0..240)
            .filter(|nth| Patient { nth: *nth }.address() == BOT)
            .count();
        assert_eq!(sharing, 200);
        let own: std::collections::HashSet<_> = (0..240).map(|nth| Patient { nth }.address()).collect();
        assert_eq!(own.len(), 41);
    }
}
