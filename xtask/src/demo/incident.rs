//! The incident: its phases one after the other, each with what attacks and who comes meanwhile.

use super::{
    botnet::{self, Botnet},
    crowd::Crowd,
    flood::{Flood, Origins},
    loopback::Target,
    patient::Visit,
    phase::{Attack, Phase},
    tally::{PhaseTally, Tallies},
};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Connections that the flood keeps open, each with one request on its way.
const SENDERS: u16 = 64;

/// Requests of the solving botnet a second, at most: four times what the origin can carry.
const BOTNET_RATE: u32 = 240;

/// What is going to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incident {
    /// Where everybody goes.
    pub(crate) target: Target,
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
    /// How long it took until the last patient had left and the last answer to the attack had come.
    pub(crate) time: Duration,
    /// How long the attack took, from before its first request until after its last answer; zero without one.
    pub(crate) attack_time: Duration,
    /// How it went for the patients who arrived.
    pub(crate) visits: Vec<Visit>,
}

impl Incident {
    /// How many patients arrive, in all phases.
    pub(crate) fn patients(&self) -> u32 {
        let patients = Phase::ALL.map(|phase| u32::from(phase.patients(self.seconds)));
        patients.iter().sum()
    }

    /// How long it takes, apart from what the last patients of a phase need.
    pub(crate) fn duration(&self) -> Duration {
        let durations = Phase::ALL.map(|phase| phase.settling() + phase.duration(self.seconds));
        durations.iter().sum()
    }

    /// Plays it all, or until `stop`.
    pub(crate) async fn play(&self, tallies: &Tallies, stop: &CancellationToken) -> Vec<Played> {
        let mut played = Vec::new();
        let mut patients: u16 = 0;
        for tally in &tallies.0 {
            let settling = tokio::time::sleep(tally.phase.settling());
            if stop.run_until_cancelled(settling).await.is_none() {
                break;
            }
            played.push(self.play_phase(tally, patients, stop).await);
            patients = patients.wrapping_add(tally.phase.patients(self.seconds));
        }
        played
    }

    async fn play_phase(&self, tally: &Arc<PhaseTally>, after: u16, stop: &CancellationToken) -> Played {
        let phase = tally.phase;
        let crowd = Crowd {
            target: self.target,
            patients: phase.patients(self.seconds),
            after,
            neighbours: phase.neighbours(),
            within: phase.duration(self.seconds),
        };
        let (began, started) = (Timestamp::now(), Instant::now());
        tally.begin();
        let (attack_time, visits) = tokio::join!(self.attack(tally, stop), crowd.play(tally, stop));
        Played {
            phase,
            began,
            time: started.elapsed(),
            attack_time,
            visits,
        }
    }

    /// Plays what attacks in a phase. Returns how long it took.
    async fn attack(&self, tally: &Arc<PhaseTally>, stop: &CancellationToken) -> Duration {
        let duration = tally.phase.duration(self.seconds);
        let origins = match tally.phase.attack() {
            Attack::None => return Duration::ZERO,
            Attack::OneAddress => Origins::OneAddress,
            Attack::ManyAddresses => Origins::ManyAddresses,
            Attack::SolvingBotnet => {
                let botnet = Botnet {
                    target: self.target,
                    rate: self.rate.min(BOTNET_RATE),
                    hashes_per_second: botnet::HASHES_PER_SECOND,
                    duration,
                };
                return botnet.play(tally, stop).await;
            }
        };
        let flood = Flood {
            target: self.target,
            rate: self.rate,
            senders: SENDERS,
            origins,
            duration,
        };
        flood.play(tally, stop).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{flood::BOT, stand_in::StandIn, verdict::Verdict};

    /// A phase of an incident of four seconds, against a server that challenges everybody.
    async fn play(phase: Phase) -> (StandIn, Arc<PhaseTally>, Played) {
        let server = StandIn::start_challenging().await;
        let incident = Incident {
            target: server.target(),
            seconds: 4,
            rate: 400,
        };
        let tally = Arc::new(PhaseTally::new(phase));
        let played = incident.play_phase(&tally, 0, &CancellationToken::new()).await;
        (server, tally, played)
    }

    #[tokio::test]
    async fn patients_of_every_phase_are_served_by_a_server_that_challenges() {
        for phase in Phase::ALL {
            let (_server, tally, played) = play(phase).await;
            assert_eq!(played.visits.len(), usize::from(phase.patients(4)));
            for visit in &played.visits {
                assert!(visit.outcome.is_ok(), "{phase:?}: {visit:?}");
                assert_eq!(visit.challenges, 1);
            }
            assert_eq!(tally.flood.sent() > 0, phase.attack() != Attack::None);
            assert!(played.time >= played.attack_time);
        }
    }

    #[tokio::test]
    async fn floods_meet_the_challenge_and_the_botnet_gets_past_it() {
        for phase in [Phase::OneAddress, Phase::ManyAddresses] {
            let (server, tally, _) = play(phase).await;
            assert_eq!(tally.flood.by_verdict()[&Verdict::Challenge], tally.flood.sent());
            assert!(server.connections_from(BOT) > 0);
        }
        let (_server, tally, _) = play(Phase::SolvingBotnet).await;
        assert!(tally.flood.minted() > 0);
        assert!(tally.flood.by_verdict()[&Verdict::Forwarded] > 0);
    }

    #[tokio::test]
    async fn patients_share_the_bots_address_during_a_flood() {
        let (server, ..) = play(Phase::OneAddress).await;
        assert!(server.connections_from(BOT) > usize::from(SENDERS));
    }

    #[tokio::test]
    async fn nothing_is_played_after_the_stop() {
        let server = StandIn::start().await;
        let incident = Incident {
            target: server.target(),
            seconds: 600,
            rate: 400,
        };
        let stop = CancellationToken::new();
        stop.cancel();
        incident.play(&Tallies::default(), &stop).await;
        assert_eq!(server.sources(), 0);
    }
}
