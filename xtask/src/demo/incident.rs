//! The incident: the flood in its phases, and the patients who come meanwhile.

use super::{
    crowd::Crowd,
    flood::{Flood, Origins},
    loopback::Target,
    patient::{GaveUp, Served},
    tally::{CrowdTally, FloodTally},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Connections that the flood keeps open, each with one request on its way.
const SENDERS: u16 = 64;

/// Patients who arrive during an incident of [`FULL_LENGTH_SECONDS`]; 200 of them share the bot's address.
const PATIENTS: u32 = 240;

/// The length that [`PATIENTS`] belongs to.
const FULL_LENGTH_SECONDS: u32 = 45;

/// What is going to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incident {
    /// Where everybody goes.
    pub(crate) target: Target,
    /// Seconds of flood, shared evenly by the phases.
    pub(crate) seconds: u16,
    /// Requests of the flood a second, at most.
    pub(crate) rate: u32,
}

/// One phase, while it runs and afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    /// Where its flood comes from.
    pub(crate) origins: Origins,
    /// What its flood met.
    pub(crate) flood: Arc<FloodTally>,
}

/// Everything that is counted while the incident runs.
#[derive(Clone, Debug)]
pub(crate) struct Tallies {
    /// The phases, in their order.
    pub(crate) phases: [Phase; 2],
    /// The patients.
    pub(crate) crowd: Arc<CrowdTally>,
}

impl Default for Tallies {
    fn default() -> Self {
        let phase = |origins| Phase {
            origins,
            flood: Arc::default(),
        };
        Self {
            phases: [phase(Origins::OneAddress), phase(Origins::ManyAddresses)],
            crowd: Arc::default(),
        }
    }
}

/// What is left when it is over.
#[derive(Debug)]
pub(crate) struct Aftermath {
    /// How long each phase took.
    pub(crate) phase_times: Vec<Duration>,
    /// How long the flood took in all, from before its first request until after its last answer.
    pub(crate) flood_time: Duration,
    /// What became of the patients who arrived.
    pub(crate) patients: Vec<Result<Served, GaveUp>>,
}

impl Incident {
    /// How many patients arrive.
    pub(crate) fn patients(&self) -> u16 {
        let patients = PATIENTS * u32::from(self.seconds) / FULL_LENGTH_SECONDS;
        u16::try_from(patients).unwrap_or(u16::MAX)
    }

    /// How long one phase lasts.
    fn phase(&self) -> Duration {
        self.flood_duration() / 2
    }

    fn flood_duration(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// Plays it all, or until `stop`.
    pub(crate) async fn play(&self, tallies: &Tallies, stop: &CancellationToken) -> Aftermath {
        let crowd = Crowd {
            target: self.target,
            patients: self.patients(),
            within: self.flood_duration(),
        };
        let flood = async {
            let started = Instant::now();
            let mut phase_times = Vec::new();
            for phase in &tallies.phases {
                let flood = Flood {
                    target: self.target,
                    rate: self.rate,
                    senders: SENDERS,
                    origins: phase.origins,
                    duration: self.phase(),
                };
                phase_times.push(flood.play(&phase.flood, stop).await);
            }
            (phase_times, started.elapsed())
        };
        let ((phase_times, flood_time), patients) = tokio::join!(flood, crowd.play(&tallies.crowd, stop));
        Aftermath {
            phase_times,
            flood_time,
            patients,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{flood::BOT, stand_in::StandIn};

    #[tokio::test]
    async fn flood_and_patients_meet_a_server_that_challenges() {
        let server = StandIn::start_challenging().await;
        let incident = Incident {
            target: server.target(),
            seconds: 2,
            rate: 400,
        };
        let tallies = Tallies::default();
        let aftermath = incident.play(&tallies, &CancellationToken::new()).await;
        assert_eq!(aftermath.patients.len(), usize::from(incident.patients()));
        assert!(
            aftermath.patients.iter().all(Result::is_ok),
            "{:?}",
            aftermath.patients
        );
        assert_eq!(aftermath.phase_times.len(), 2);
        assert!(aftermath.flood_time >= aftermath.phase_times.iter().sum::<Duration>());
        for phase in &tallies.phases {
            let challenged = phase.flood.by_verdict()[&super::super::verdict::Verdict::Challenge];
            assert_eq!(challenged, phase.flood.sent(), "{phase:?}");
            assert!(challenged > 0);
        }
        assert!(
            server.connections_from(BOT) > 64,
            "patients share the bot's address"
        );
    }
}
