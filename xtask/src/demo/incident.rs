//! The incident: its phases one after the other.

use super::{
    phase::Phase,
    rehearsal::{self, Rehearsed},
    scenario,
    stage::Stage,
};
use indicatif::HumanCount;
use jiff::Timestamp;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What is going to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incident {
    /// Seconds that the phases share.
    pub(crate) seconds: u16,
    /// Requests of an attack a second, at most.
    pub(crate) rate: u32,
}

/// What is left when a phase is over.
#[derive(Debug)]
pub(crate) struct Played {
    /// Which phase.
    pub(crate) phase: Phase,
    /// When it began, by the clock that the origin's access log has, too.
    pub(crate) began: Timestamp,
    /// When it was over.
    pub(crate) ended: Timestamp,
    /// What was seen.
    pub(super) rehearsed: Rehearsed,
}

impl Incident {
    /// How many patients arrive, in all phases.
    pub(crate) fn patients(self) -> u32 {
        let patients = Phase::ALL.map(|phase| u32::from(phase.patients(self.seconds)));
        patients.iter().sum()
    }

    /// How long it takes, apart from what the last patients of a phase need.
    pub(crate) fn duration(self) -> Duration {
        let durations = Phase::ALL.map(|phase| phase.settling() + phase.duration(self.seconds));
        durations.iter().sum()
    }

    /// Plays it all, or until `stop`.
    ///
    /// # Errors
    ///
    /// When a phase cannot be played.
    pub(crate) async fn play(self, stage: &Stage, stop: &CancellationToken) -> anyhow::Result<Vec<Played>> {
        let mut played = Vec::new();
        for phase in Phase::ALL {
            let settling = tokio::time::sleep(phase.settling());
            if stop.run_until_cancelled(settling).await.is_none() {
                break;
            }
            let patients = HumanCount(phase.patients(self.seconds).into());
            eprintln!("{}: {patients} patients", phase.title());
            let scenario = scenario::of(phase, self.seconds, self.rate);
            let began = Timestamp::now();
            let Some(rehearsed) = rehearsal::play(stage, &scenario, stop).await? else {
                break;
            };
            played.push(Played {
                phase,
                began,
                ended: Timestamp::now(),
                rehearsed,
            });
        }
        Ok(played)
    }
}
