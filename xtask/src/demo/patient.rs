//! A patient who wants a queue number.

use super::{
    browser::{Browser, Lost},
    flood::BOT,
    line::Waits,
    loopback::{Loopback, Target},
    page,
    phase::Neighbours,
    tally::PhaseTally,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Every sixth patient differs from the others in where they are.
const ONE_IN: u16 = 6;

/// The address that a carrier gives to several patients; no bot has it.
pub(crate) const CARRIER: Loopback = Loopback::new(10, 10, 10);

/// How long a patient tries before giving up. In the surge the line alone may take more than half a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// Somebody who needs to see a doctor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patient {
    /// The patient's place in the order of arrival, from 0. Decides address, language, department and day.
    pub(crate) nth: u16,
    /// Whom patients share an address with at this time.
    pub(crate) neighbours: Neighbours,
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

/// How it went for one patient.
#[derive(Debug)]
pub(crate) struct Visit {
    /// What came of it.
    pub(crate) outcome: Result<Served, GaveUp>,
    /// How many challenges the patient met.
    pub(crate) challenges: u32,
    /// What the patient went through in the waiting line.
    pub(crate) waits: Waits,
}

impl Visit {
    /// What the patient took home, if anything.
    pub(crate) fn booking(&self) -> Option<&Booking> {
        Some(&self.outcome.as_ref().ok()?.0)
    }
}

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
    fn address(self) -> Loopback {
        let [y, z] = self.nth.to_be_bytes();
        let is_the_sixth = self.nth % ONE_IN == ONE_IN - 1;
        match self.neighbours {
            Neighbours::MostlyTheBot if !is_the_sixth => BOT,
            Neighbours::SomeOfACarrier if is_the_sixth => CARRIER,
            Neighbours::MostlyTheBot | Neighbours::SomeOfACarrier => Loopback::new(128, y, z),
        }
    }

    fn accept_language(self) -> &'static str {
        if self.nth.is_multiple_of(4) {
            "en-GB,en;q=0.9"
        } else {
            "vi-VN,vi;q=0.9,en;q=0.5"
        }
    }

    /// Goes to the site for a number. The work that the patient is asked for is counted in `tally`.
    pub(crate) async fn visit(self, target: Target, tally: Arc<PhaseTally>) -> Visit {
        let mut browser = Browser::new(self.address(), target, self.accept_language(), tally);
        let started = Instant::now();
        let outcome = tokio::time::timeout(PATIENCE, self.book(&mut browser))
            .await
            .unwrap_or(Err(GaveUp::OutOfPatience))
            .map(|booking| (booking, started.elapsed()));
        Visit {
            outcome,
            challenges: browser.challenges(),
            waits: browser.waits().clone(),
        }
    }

    async fn book(self, browser: &mut Browser) -> Result<Booking, GaveUp> {
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
    use crate::demo::{phase::Phase, stand_in::StandIn};
    use std::collections::HashSet;

    async fn visit(server: &StandIn) -> Visit {
        let patient = Patient {
            nth: 7,
            neighbours: Neighbours::MostlyTheBot,
        };
        let tally = Arc::new(PhaseTally::new(Phase::Quiet));
        patient.visit(server.target(), tally).await
    }

    #[tokio::test]
    async fn a_patient_gets_a_number_and_remembers_what_stood_in_the_way() {
        for (server, challenges, waits) in [
            (StandIn::start().await, 0, 0),
            (StandIn::start_challenging().await, 1, 0),
            (StandIn::start_with_a_line(1).await, 0, 1),
        ] {
            let visit = visit(&server).await;
            let (booking, _) = visit.outcome.unwrap();
            assert_eq!(booking.number, 1);
            assert!(server.bookings().contains(&booking), "{booking:?}");
            assert_eq!(
                (visit.challenges, visit.waits.iter().count()),
                (challenges, waits)
            );
        }
    }

    #[tokio::test]
    async fn whoever_gives_up_remembers_the_challenges_too() {
        let visit = visit(&StandIn::start_refusing_solutions().await).await;
        assert!(matches!(visit.outcome, Err(GaveUp::Lost(_))), "{visit:?}");
        assert!(visit.challenges > 0);
    }

    fn addresses(neighbours: Neighbours) -> Vec<Loopback> {
        (0..240)
            .map(|nth| Patient { nth, neighbours }.address())
            .collect()
    }

    #[test]
    fn during_a_flood_200_of_240_patients_share_the_bots_address() {
        let addresses = addresses(Neighbours::MostlyTheBot);
        assert_eq!(addresses.iter().filter(|address| **address == BOT).count(), 200);
        assert_eq!(addresses.iter().collect::<HashSet<_>>().len(), 41);
    }

    #[test]
    fn without_a_flood_200_of_240_patients_have_an_address_of_their_own() {
        let addresses = addresses(Neighbours::SomeOfACarrier);
        assert_eq!(
            addresses.iter().filter(|address| **address == CARRIER).count(),
            40
        );
        assert_eq!(addresses.iter().collect::<HashSet<_>>().len(), 201);
    }
}
