//! All the patients of one phase.

use super::{
    loopback::Target,
    patient::{Patient, Visit},
    phase::Neighbours,
    tally::PhaseTally,
};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

/// Patients who arrive one after the other, evenly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    /// Where they go.
    pub(crate) target: Target,
    /// How many they are.
    pub(crate) patients: u16,
    /// How many have come before them: nobody comes twice.
    pub(crate) after: u16,
    /// Whom they share an address with.
    pub(crate) neighbours: Neighbours,
    /// The time over which they arrive.
    pub(crate) within: Duration,
}

impl Crowd {
    /// Lets everybody arrive and waits until the last has a number or has given up. Those whom `stop` overtakes are
    /// not in the result.
    pub(crate) async fn play(self, tally: &Arc<PhaseTally>, stop: &CancellationToken) -> Vec<Visit> {
        let started = Instant::now();
        let interval = self.within / u32::from(self.patients.max(1));
        let mut crowd = JoinSet::new();
        for nth in 0..self.patients {
            // Half an interval early, so that the last one arrives while the flood still runs.
            let arrival = started + interval * u32::from(nth) + interval / 2;
            let patient = Patient {
                nth: self.after.wrapping_add(nth),
                neighbours: self.neighbours,
            };
            let (tally, stop) = (Arc::clone(tally), stop.clone());
            crowd.spawn(async move {
                let visit = async {
                    tokio::time::sleep_until(arrival).await;
                    tally.crowd.count_arrival();
                    let visit = patient.visit(self.target, Arc::clone(&tally)).await;
                    tally.crowd.count_end(visit.outcome.is_ok());
                    visit
                };
                stop.run_until_cancelled(visit).await
            });
        }
        crowd.join_all().await.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{phase::Phase, stand_in::StandIn};

    fn tally() -> Arc<PhaseTally> {
        Arc::new(PhaseTally::new(Phase::Quiet))
    }

    #[tokio::test]
    async fn everybody_gets_a_number_of_their_own() {
        let server = StandIn::start().await;
        let tally = tally();
        let crowd = Crowd {
            target: server.target(),
            patients: 24,
            after: 0,
            neighbours: Neighbours::MostlyTheBot,
            within: Duration::from_millis(200),
        };
        let visits = crowd.play(&tally, &CancellationToken::new()).await;
        let mut bookings: Vec<_> = visits.into_iter().map(|visit| visit.outcome.unwrap().0).collect();
        assert_eq!(bookings.len(), 24);
        bookings.sort_by_key(|booking| (booking.department.clone(), booking.day.clone(), booking.number));
        bookings.dedup();
        assert_eq!(bookings.len(), 24);
        let counts = &tally.crowd;
        assert_eq!((counts.arrived(), counts.served(), counts.failed()), (24, 24, 0));
    }

    #[tokio::test]
    async fn nobody_arrives_after_the_stop() {
        let server = StandIn::start().await;
        let stop = CancellationToken::new();
        stop.cancel();
        let crowd = Crowd {
            target: server.target(),
            patients: 10,
            after: 0,
            neighbours: Neighbours::SomeOfACarrier,
            within: Duration::from_secs(3_600),
        };
        assert!(crowd.play(&tally(), &stop).await.is_empty());
        assert_eq!(server.sources(), 0);
    }

    #[tokio::test]
    async fn nobody_comes_twice() {
        let server = StandIn::start().await;
        for after in [0, 6] {
            let crowd = Crowd {
                target: server.target(),
                patients: 6,
                after,
                neighbours: Neighbours::SomeOfACarrier,
                within: Duration::ZERO,
            };
            crowd.play(&tally(), &CancellationToken::new()).await;
        }
        // Five of each six have an address of their own, and two share the carrier's.
        assert_eq!(server.sources(), 11);
    }
}
