//! An incident that is told instead of played, for the tests of the report.

use super::{Findings, PhaseReport, Report};
use crate::demo::{
    access_log::AccessLog,
    browser::Lost,
    census::Census,
    incident::Played,
    line::{Asked, Told, Waits},
    patient::{Booking, GaveUp, Visit},
    phase::{Attack, Phase},
    tally::Tallies,
    verdict::Verdict,
};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// How long every phase takes, and its attack.
const PHASE: Duration = Duration::from_secs(10);

/// What happens in each phase.
pub(super) struct Story {
    pub(super) phases: Vec<PhaseStory>,
}

/// What happens in one phase.
pub(super) struct PhaseStory {
    phase: Phase,
    pub(super) sent: u64,
    pub(super) minted: u64,
    pub(super) visits: Vec<Visit>,
    /// When requests of the attack reach the origin, in milliseconds after the phase's beginning.
    pub(super) at_origin: Vec<i64>,
    /// The same of patients.
    pub(super) patients_at_origin: Vec<i64>,
}

impl Story {
    /// One in which all went well: two patients in each phase, who wait in line in the surge.
    pub(super) fn held() -> Self {
        let phases = Phase::ALL.into_iter().zip(0_u32..).map(|(phase, nth)| {
            let attacked = phase.attack() != Attack::None;
            let mut visits = vec![served(2 * nth + 1), served(2 * nth + 2)];
            if phase == Phase::Surge {
                visits[0].waits = waited(1, 4);
                visits[1].waits = waited(2, 5);
            }
            PhaseStory {
                phase,
                sent: if attacked { 1_000 } else { 0 },
                minted: if phase == Phase::SolvingBotnet { 100 } else { 0 },
                visits,
                at_origin: if attacked { vec![0; 10] } else { Vec::new() },
                patients_at_origin: Vec::new(),
            }
        });
        Self {
            phases: phases.collect(),
        }
    }

    pub(super) fn of(&mut self, phase: Phase) -> &mut PhaseStory {
        self.phases.iter_mut().find(|story| story.phase == phase).unwrap()
    }

    /// What the report says of it. The database has the numbers 1 to 12 of one queue.
    pub(super) fn report(self) -> Report {
        let began = Timestamp::UNIX_EPOCH;
        let tallies = Tallies::default();
        let (mut played, mut requests) = (Vec::new(), Vec::new());
        for (story, (tally, nth)) in self.phases.into_iter().zip(tallies.0.iter().zip(0_i64..)) {
            for _ in 0..story.sent {
                tally.flood.count_sent();
                tally.flood.count_verdict(Verdict::Challenge);
            }
            for _ in 0..story.minted {
                tally.flood.count_minted();
            }
            tally.see_memory(50_000_000);
            let start = nth * 20_000;
            let attack = story
                .at_origin
                .iter()
                .map(|ms| (story.phase.flood_user_agent(), *ms));
            let patients = story.patients_at_origin.iter().map(|ms| ("patient", *ms));
            requests.extend(attack.chain(patients).map(|(who, ms)| (who, start + ms)));
            let attacked = story.phase.attack() != Attack::None;
            played.push(Played {
                phase: story.phase,
                began: began + SignedDuration::from_millis(start),
                time: PHASE,
                attack_time: if attacked { PHASE } else { Duration::ZERO },
                visits: story.visits,
            });
        }
        let findings = Findings {
            host: "wasmtime",
            workers: 2,
            census: (1..=12).map(booking).collect::<Census>(),
            access_log: AccessLog::of(began, requests),
        };
        Report::new(&findings, &tallies, &played)
    }
}

/// The figures of one phase.
pub(super) fn of(report: &Report, phase: Phase) -> &PhaseReport {
    report.phases.iter().find(|report| report.name == phase).unwrap()
}

fn booking(number: u32) -> Booking {
    Booking {
        department: "cardiology".into(),
        day: "2026-11-22".into(),
        number,
    }
}

/// A patient who got this number after so many hundredths of a second.
pub(super) fn served(number: u32) -> Visit {
    Visit {
        outcome: Ok((booking(number), Duration::from_millis(u64::from(number) * 10))),
        challenges: 0,
        waits: Waits::default(),
    }
}

/// A patient without a number, who met so many challenges.
pub(super) fn gave_up(challenges: u32) -> Visit {
    Visit {
        outcome: Err(GaveUp::Lost(Lost::Path("x".into()))),
        challenges,
        waits: Waits::default(),
    }
}

/// Somebody who got this ticket now and was let in after so many seconds, having been told to ask again every second.
pub(super) fn waited(number: u64, seconds: u64) -> Waits {
    // All of a test's lines begin at one moment, so that they can be compared.
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let at = |seconds| {
        let sent = *BEGAN.get_or_init(Instant::now) + Duration::from_secs(seconds);
        Asked { sent, answered: sent }
    };
    let told = Told {
        place: number,
        ask_again: Duration::from_secs(1),
        ticket: None,
    };
    let mut waits = Waits::default();
    waits.told(number, &told, at(0));
    waits.let_in(at(seconds));
    waits
}

/// So many requests, spread evenly over the phase.
pub(super) fn spread(requests: i64) -> Vec<i64> {
    (0..requests).map(|nth| nth * 10_000 / requests).collect()
}
