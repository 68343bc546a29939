//! The figures of one phase.

use super::{Findings, milliseconds, percentile, times_to_a_number};
use crate::demo::{
    incident::Played,
    line::{self, Wait},
    patient::Booking,
    phase::{Attack, Phase},
    series,
    settings::{CAPACITY, CLEARANCE_QUOTA, FREE_LANE, PRICE_FLOOR},
    tally::PhaseTally,
    verdict::ByVerdict,
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
    /// Whether patients were let in in the order of their tickets, as [`line::served_in_order`] defines it. True when
    /// nobody waited.
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
        findings: &Findings,
        tally: &PhaseTally,
        played: &'p Played,
        held: &mut HashSet<&'p Booking>,
    ) -> Self {
        let phase = played.phase;
        let seconds = series::seconds_in(played.time);
        let origin_rps = findings.access_log.requests_by_second(played.began, seconds);
        let bookings = played.visits.iter().filter_map(|visit| visit.booking());
        let faults = findings.census.faults_of_held(bookings, held);
        let times = times_to_a_number(played.visits.iter());
        let waits: Vec<_> = played
            .visits
            .iter()
            .flat_map(|visit| visit.waits.iter())
            .collect();
        let challenges = played.visits.iter().map(|visit| u64::from(visit.challenges));
        let free_lane_time = match phase.attack() {
            Attack::None => played.time,
            Attack::OneAddress | Attack::ManyAddresses | Attack::SolvingBotnet => played.attack_time,
        };
        Self {
            name: phase,
            host: findings.host,
            seconds: played.time.as_secs_f64(),
            addresses: tally.flood.addresses(),
            flood_sent: tally.flood.sent(),
            flood_by_verdict: tally.flood.by_verdict(),
            flood_at_origin: findings.access_log.requests_of(phase.flood_user_agent()),
            free_lane_allowance: FREE_LANE.allowance(free_lane_time),
            flood_allowance: flood_allowance(phase.attack(), played.attack_time, tally.flood.minted()),
            clearances_minted: tally.flood.minted(),
            patients: played.visits.len() as u64,
            patients_served: times.len() as u64,
            numbers_missing: faults.missing,
            numbers_double: faults.double,
            patient_ms_p50: percentile(&times, 50).map(milliseconds),
            patient_ms_p99: percentile(&times, 99).map(milliseconds),
            filter_rss_bytes: tally.memory(),
            challenges_to_people: challenges.sum(),
            origin_rps_max: origin_rps.iter().copied().max().unwrap_or_default(),
            origin_capacity_rps: CAPACITY.requests,
            origin_capacity_burst: CAPACITY.burst,
            served_in_order: line::served_in_order(waits.iter().copied()),
            longest_overtaking_ms: milliseconds(line::longest_overtaking(waits.iter().copied())),
            waited_in_line: played
                .visits
                .iter()
                .filter(|visit| visit.waits.iter().next().is_some())
                .count() as u64,
            longest_wait_ms: waits
                .iter()
                .filter_map(|wait| Wait::length(wait))
                .max()
                .map_or(0, milliseconds),
            work_asked: tally.work.medians(seconds, PRICE_FLOOR),
            flood_rps: tally.flood.sent_by_second(seconds),
            origin_rps,
        }
    }

    /// The most requests that may reach the origin within one second.
    pub(super) const fn origin_allowance(&self) -> u64 {
        self.origin_capacity_rps as u64 + self.origin_capacity_burst as u64
    }
}

/// How many requests of an attack may reach the origin in this time.
///
/// Without a clearance, what the free lane lets through. With clearances, the quota of each on top of that, and all
/// together what the origin can carry.
fn flood_allowance(attack: Attack, time: Duration, clearances: u64) -> u64 {
    let free_lane = FREE_LANE.allowance(time);
    match attack {
        Attack::None => 0,
        Attack::OneAddress | Attack::ManyAddresses => free_lane,
        Attack::SolvingBotnet => {
            let quotas = clearances.saturating_mul(CLEARANCE_QUOTA.allowance(time));
            free_lane.saturating_add(quotas).min(CAPACITY.allowance(time))
        }
    }
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
        let earlier = served(1);
        story.of(Phase::Surge).visits = vec![earlier, served(99)];
        let report = story.report();
        let faults = |phase| {
            let phase = of(&report, phase);
            (phase.numbers_missing, phase.numbers_double)
        };
        assert_eq!(faults(Phase::Quiet), (0, 0));
        assert_eq!(faults(Phase::Surge), (1, 1));
    }

    #[test]
    fn a_botnets_share_is_bounded_by_quotas_and_by_capacity() {
        let allowance =
            |clearances| flood_allowance(Attack::SolvingBotnet, Duration::from_secs(10), clearances);
        assert_eq!(allowance(0), 240);
        assert_eq!(allowance(2), 240 + 2 * 80);
        assert_eq!(allowance(1_000), 440);
    }
}
