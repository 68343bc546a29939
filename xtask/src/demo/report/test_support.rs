//! An incident that is told instead of played, for the tests of the report.

use super::{PhaseReport, Report, Surroundings};
use crate::demo::{
    access_log::AccessLog,
    census::Census,
    findings::{Attack as Flood, Findings, Series},
    incident::Played,
    phase::{Attack, Phase},
    rehearsal::Rehearsed,
    verdict::Verdict,
    visit::{Booking, Visit},
};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// What happens in each phase.
pub(super) struct Story {
    pub(super) phases: Vec<PhaseStory>,
    /// Payments in the database.
    pub(super) payments_recorded: u64,
}

/// What happens in one phase, which takes ten seconds.
pub(super) struct PhaseStory {
    phase: Phase,
    pub(super) findings: Findings,
    pub(super) visits: Vec<Visit>,
    /// When requests of the attack reach the origin, in milliseconds after the phase's beginning.
    pub(super) at_origin: Vec<i64>,
    /// The same of patients.
    pub(super) patients_at_origin: Vec<i64>,
}

impl Story {
    /// One in which all went well: two patients and a payment in each phase, and a line in the surge.
    pub(super) fn held() -> Self {
        let phases = Phase::ALL.into_iter().zip(0_u32..).map(|(phase, nth)| {
            let attacked = phase.attack() != Attack::None;
            PhaseStory {
                phase,
                findings: findings(phase),
                visits: vec![served(2 * nth + 1), served(2 * nth + 2)],
                at_origin: if attacked { vec![0; 10] } else { Vec::new() },
                patients_at_origin: Vec::new(),
            }
        });
        Self {
            phases: phases.collect(),
            payments_recorded: Phase::ALL.len() as u64,
        }
    }

    pub(super) fn of(&mut self, phase: Phase) -> &mut PhaseStory {
        self.phases.iter_mut().find(|story| story.phase == phase).unwrap()
    }

    /// What the report says of it. The database has the numbers 1 to 12 of one queue.
    pub(super) fn report(self) -> Report {
        let began = Timestamp::UNIX_EPOCH;
        let (mut played, mut requests) = (Vec::new(), Vec::new());
        for (story, nth) in self.phases.into_iter().zip(0_i64..) {
            let start = nth * 20_000;
            let attack = story
                .at_origin
                .iter()
                .map(|ms| (story.phase.flood_user_agent(), *ms));
            let patients = story.patients_at_origin.iter().map(|ms| ("patient", *ms));
            requests.extend(attack.chain(patients).map(|(who, ms)| (who, start + ms)));
            played.push(Played {
                phase: story.phase,
                began: began + SignedDuration::from_millis(start),
                ended: began + SignedDuration::from_millis(start + 10_000),
                rehearsed: Rehearsed {
                    findings: Findings {
                        patients: story.visits.len() as u64,
                        ..story.findings
                    },
                    visits: story.visits,
                    memory: 50_000_000,
                },
            });
        }
        let surroundings = Surroundings {
            host: "wasmtime",
            workers: 2,
            census: (1..=12)
                .map(booking)
                .collect::<Census>()
                .with_payments(self.payments_recorded),
            access_log: AccessLog::of(began, requests),
        };
        Report::new(&surroundings, &played)
    }
}

/// What is found of a phase in which all went well.
fn findings(phase: Phase) -> Findings {
    let quiet = Findings {
        wall_seconds: 10.0,
        payments: 1,
        payments_served: 1,
        ..Findings::default()
    };
    match phase.attack() {
        Attack::None if phase == Phase::Surge => Findings {
            people_in_line: 2,
            longest_wait_seconds: 5.0,
            ..quiet
        },
        Attack::None => quiet,
        attack => Findings {
            flood_requests: 1_000,
            flood_by_verdict: [(Verdict::Challenge, 1_000)].into(),
            free_lane_allowance: 240,
            flood_allowance: if attack == Attack::SolvingBotnet { 440 } else { 240 },
            flood_clearances: if attack == Attack::SolvingBotnet { 100 } else { 0 },
            attacks: vec![Flood { addresses: 64 }],
            series: Series {
                flood: vec![1_000],
                work_asked: Vec::new(),
            },
            ..quiet
        },
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
        session: "morning".into(),
        number,
    }
}

/// A patient who got this number after so many hundredths of a second.
pub(super) fn served(number: u32) -> Visit {
    Visit::with_number(number, Duration::from_millis(u64::from(number) * 10))
}

/// A patient without a number.
pub(super) fn gave_up() -> Visit {
    Visit::without_number("/: answered with 500")
}

/// So many requests, spread evenly over the phase.
pub(super) fn spread(requests: i64) -> Vec<i64> {
    (0..requests).map(|nth| nth * 10_000 / requests).collect()
}
