//! The figures of one phase.

use super::{Outcome, Surroundings, milliseconds, percentile, times_to_a_number};
use crate::demo::{
    incident::Played,
    phase::{Attack, Phase},
    settings::{CAPACITY, FREE_LANE, PRICE_FLOOR},
    verdict::ByVerdict,
    visit::Booking,
};
use serde::Serialize;
use std::{collections::HashSet, time::Duration};

/// One phase. Its series have a value for each second, the last of which may not be a whole one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PhaseReport {
    /// Which one.
    pub(crate) name: Phase,
    /// Which host the filter ran in.
    pub(crate) host: &'static str,
    /// How long it took, in seconds, until the last of its patients had left.
    pub(crate) seconds: f64,
    /// Addresses that the attack came from.
    pub(crate) addresses: u64,
    /// Requests that the attack sent.
    pub(crate) flood_sent: u64,
    /// What the attack saw.
    pub(crate) flood_by_verdict: ByVerdict,
    /// Requests of the attack in the origin's access log.
    pub(crate) flood_at_origin: u64,
    /// How many requests the free lane lets through in the attack's time; without one, in the phase's.
    pub(crate) free_lane_allowance: u64,
    /// How many requests of the attack may reach the origin.
    pub(crate) flood_allowance: u64,
    /// Clearances that the attack worked for.
    pub(crate) clearances_minted: u64,
    /// Patients who arrived.
    pub(crate) patients: u64,
    /// Patients who read a number.
    pub(crate) patients_served: u64,
    /// Payments that the provider reported.
    pub(crate) payments: u64,
    /// Those that the origin took.
    pub(crate) payments_served: u64,
    /// Requests of patients that nobody answered, or with an error.
    pub(crate) people_failed: u64,
    /// Numbers that patients of this phase hold and the database does not know.
    pub(crate) numbers_missing: u64,
    /// Numbers of patients of this phase that somebody has already.
    pub(crate) numbers_double: u64,
    /// Milliseconds from the first request to the number, of the patient in the middle.
    pub(crate) patient_ms_p50: Option<u64>,
    /// The same, of the patient who is slower than 99 of a hundred.
    pub(crate) patient_ms_p99: Option<u64>,
    /// The most memory that the filter's host was seen to hold, in bytes.
    pub(crate) filter_rss_bytes: u64,
    /// Challenges that patients met.
    pub(crate) challenges_to_people: u64,
    /// The most requests that reached the origin in one of the seconds.
    pub(crate) origin_rps_max: u64,
    /// Requests a second that the origin is configured to carry; beyond that, `origin_capacity_burst` at once.
    pub(crate) origin_capacity_rps: u32,
    /// Requests that may come at once after a quiet time.
    pub(crate) origin_capacity_burst: u32,
    /// Whether patients were let in in the order of their tickets, but for what the intervals explain at which they ask. True
    /// when nobody waited.
    pub(crate) served_in_order: bool,
    /// How many milliseconds earlier at most somebody was let in than somebody before them: pages ask at intervals.
    pub(crate) longest_overtaking_ms: u64,
    /// Patients who got a ticket of the waiting line.
    pub(crate) waited_in_line: u64,
    /// Milliseconds from getting a ticket to being let in, of the patient whom it took longest; 0 when nobody waited.
    pub(crate) longest_wait_ms: u64,
    /// The median work of the challenges of each second, in expected hashes; the last known where there were none.
    pub(crate) work_asked: Vec<u64>,
    /// Requests that reached the origin in each second, of patients and attacks.
    pub(crate) origin_rps: Vec<u64>,
    /// Requests that the attack sent in each second.
    pub(crate) flood_rps: Vec<u64>,
}

impl PhaseReport {
    /// The figures of a phase. `held` has the bookings of the patients of earlier phases; those of this one are added.
    pub(super) fn new<'p>(
        surroundings: &Surroundings,
        played: &Played,
        outcomes: &'p [Outcome],
        held: &mut HashSet<&'p Booking>,
    ) -> Self {
        let (phase, findings) = (played.phase, &played.rehearsed.findings);
        let origin_rps = surroundings
            .access_log
            .requests_by_second(played.began..played.ended, findings.seconds());
        let bookings = outcomes
            .iter()
            .filter_map(|outcome| outcome.booking.as_ref().ok());
        let faults = surroundings.census.faults_of_held(bookings, held);
        let times = times_to_a_number(outcomes.iter());
        Self {
            name: phase,
            host: surroundings.host,
            seconds: findings.wall_seconds,
            addresses: findings.attacks.iter().map(|attack| attack.addresses).sum(),
            flood_sent: findings.flood_requests,
            flood_by_verdict: findings.flood_by_verdict.clone(),
            flood_at_origin: surroundings.access_log.requests_of(phase.flood_user_agent()),
            free_lane_allowance: match phase.attack() {
                Attack::None => FREE_LANE.allowance(seconds(findings.wall_seconds)),
                Attack::OneAddress | Attack::ManyAddresses | Attack::SolvingBotnet => {
                    findings.free_lane_allowance
                }
            },
            flood_allowance: findings.flood_allowance,
            clearances_minted: findings.flood_clearances,
            patients: findings.patients,
            patients_served: times.len() as u64,
            payments: findings.payments,
            payments_served: findings.payments_served,
            people_failed: findings.origin_failed,
            numbers_missing: faults.missing,
            numbers_double: faults.double,
            patient_ms_p50: percentile(&times, 50).map(milliseconds),
            patient_ms_p99: percentile(&times, 99).map(milliseconds),
            filter_rss_bytes: played.rehearsed.memory,
            challenges_to_people: findings.challenges_to_people,
            origin_rps_max: origin_rps.iter().copied().max().unwrap_or_default(),
            origin_capacity_rps: CAPACITY.requests,
            origin_capacity_burst: CAPACITY.burst,
            served_in_order: findings.people_passed_over == 0,
            longest_overtaking_ms: milliseconds(seconds(findings.longest_overtaking_seconds)),
            waited_in_line: findings.people_in_line,
            longest_wait_ms: milliseconds(seconds(findings.longest_wait_seconds)),
            work_asked: findings.work_by_second(PRICE_FLOOR),
            flood_rps: findings.flood_by_second(),
            origin_rps,
        }
    }

    /// The most requests that may reach the origin within one second.
    pub(super) const fn origin_allowance(&self) -> u64 {
        self.origin_capacity_rps as u64 + self.origin_capacity_burst as u64
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::test_support::*, *};

    #[test]
    fn every_phase_has_the_fields_that_others_read() {
        let json = serde_json::to_value(Story::held().report()).unwrap();
        for phase in json["phases"].as_array().unwrap() {
            for field in [
                "name",
                "seconds",
                "addresses",
                "flood_sent",
                "flood_by_verdict",
                "flood_at_origin",
                "free_lane_allowance",
                "flood_allowance",
                "clearances_minted",
                "patients",
                "patients_served",
                "payments",
                "payments_served",
                "numbers_missing",
                "numbers_double",
                "patient_ms_p50",
                "patient_ms_p99",
                "filter_rss_bytes",
                "challenges_to_people",
                "origin_rps_max",
                "origin_capacity_rps",
                "host",
                "served_in_order",
                "longest_overtaking_ms",
                "waited_in_line",
                "longest_wait_ms",
                "work_asked",
                "origin_rps",
                "flood_rps",
            ] {
                let value = phase.get(field);
                assert!(value.is_some_and(|value| !value.is_null()), "{field} of {phase}");
            }
            for series in ["work_asked", "origin_rps", "flood_rps"] {
                let series = phase[series].as_array().unwrap();
                assert_eq!(series.len(), 10, "a number for each second");
                assert!(series.iter().all(serde_json::Value::is_u64));
            }
        }
    }

    #[test]
    fn a_phase_counts_what_happened_in_it() {
        let report = Story::held().report();
        let flood = of(&report, Phase::ManyAddresses);
        assert_eq!((flood.flood_sent, flood.flood_at_origin), (1_000, 10));
        assert_eq!(flood.origin_rps[..3], [10, 0, 0]);
        assert_eq!(flood.origin_rps_max, 10);
        assert_eq!(flood.work_asked[..2], [PRICE_FLOOR, PRICE_FLOOR]);
        assert_eq!(flood.flood_rps[0], 1_000);
        let surge = of(&report, Phase::Surge);
        assert_eq!((surge.waited_in_line, surge.longest_wait_ms), (2, 5_000));
        assert_eq!((surge.flood_at_origin, surge.flood_allowance), (0, 0));
        assert!(surge.served_in_order);
    }

    #[test]
    fn a_number_that_two_phases_hold_is_told_of_the_later() {
        let mut story = Story::held();
        story.of(Phase::Surge).visits = vec![served(1), served(99)];
        let report = story.report();
        let faults = |phase| {
            let phase = of(&report, phase);
            (phase.numbers_missing, phase.numbers_double)
        };
        assert_eq!(faults(Phase::Quiet), (0, 0));
        assert_eq!(faults(Phase::Surge), (1, 1));
    }
}
