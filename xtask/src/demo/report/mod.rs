//! What came of it: the figures, what is wrong with them, and the one sentence that matters.

mod breach;
mod chart;
mod phase;
mod table;

use super::{
    access_log::AccessLog,
    census::Census,
    incident::Played,
    phase::Attack,
    verdict::{ByVerdict, Verdict},
    visit::{Booking, Visit},
};
use breach::Breach;
use indicatif::HumanCount;
use phase::PhaseReport;
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

/// The result of a demonstration. Its JSON form is read by machines: fields may be added, not renamed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Which host the filter ran in.
    pub(crate) host: &'static str,
    /// Worker threads of that host.
    pub(crate) workers: u32,
    /// How long the phases took together, in seconds, without the pauses between them.
    pub(crate) seconds: f64,
    /// Requests that the attacks sent.
    pub(crate) flood_sent: u64,
    /// What the attacks saw.
    pub(crate) flood_by_verdict: ByVerdict,
    /// Requests of the attacks in the origin's access log.
    pub(crate) flood_at_origin: u64,
    /// How many the free lane lets through while there are attacks.
    pub(crate) free_lane_allowance: u64,
    /// How many may reach the origin in all: through the free lane, and with clearances that were worked for.
    pub(crate) flood_allowance: u64,
    /// Patients who arrived.
    pub(crate) patients: u64,
    /// Patients who read a number.
    pub(crate) patients_served: u64,
    /// Payments that the provider reported.
    pub(crate) payments: u64,
    /// Those that the origin took.
    pub(crate) payments_served: u64,
    /// Payments in the database that are counted for a ticket.
    pub(crate) payments_recorded: u64,
    /// Numbers in the database.
    pub(crate) numbers_issued: u64,
    /// Numbers that ought to be in the database and are not.
    pub(crate) numbers_missing: u64,
    /// Numbers that were given out twice.
    pub(crate) numbers_double: u64,
    /// Milliseconds from the first request to the number, of the patient in the middle.
    pub(crate) patient_ms_p50: Option<u64>,
    /// The same, of the patient who is slower than 99 of a hundred.
    pub(crate) patient_ms_p99: Option<u64>,
    /// The most memory that the filter's host was seen to hold, in bytes.
    pub(crate) filter_rss_bytes: u64,
    /// The phases, in their order.
    pub(crate) phases: Vec<PhaseReport>,
    /// Why patients gave up, and how many for that reason.
    pub(crate) patients_gave_up: BTreeMap<String, u64>,
}

/// What was found out around the incident, from outside of it.
#[derive(Debug)]
pub(crate) struct Surroundings {
    /// Which host the filter ran in.
    pub(crate) host: &'static str,
    /// Worker threads of that host.
    pub(crate) workers: u32,
    /// The numbers in the origin's database.
    pub(crate) census: Census,
    /// What reached the origin.
    pub(crate) access_log: AccessLog,
}

/// What came of a visit.
struct Outcome {
    /// What the patient took home, or why nothing.
    booking: Result<Booking, String>,
    time: Duration,
}

impl Outcome {
    fn of(visit: &Visit) -> Self {
        Self {
            booking: visit.booking(),
            time: visit.time(),
        }
    }
}

impl Report {
    /// Puts together what was counted, what the patients brought home and what was found around them.
    pub(crate) fn new(surroundings: &Surroundings, played: &[Played]) -> Self {
        let outcomes: Vec<Vec<_>> = played
            .iter()
            .map(|played| played.rehearsed.visits.iter().map(Outcome::of).collect())
            .collect();
        let mut held = HashSet::new();
        let phases: Vec<_> = played
            .iter()
            .zip(&outcomes)
            .map(|(played, outcomes)| PhaseReport::new(surroundings, played, outcomes, &mut held))
            .collect();
        let outcomes: Vec<_> = outcomes.iter().flatten().collect();
        let times = times_to_a_number(outcomes.iter().copied());
        let bookings = outcomes
            .iter()
            .filter_map(|outcome| outcome.booking.as_ref().ok());
        let faults = surroundings.census.faults(bookings);
        let sum = |figure: fn(&PhaseReport) -> u64| phases.iter().map(figure).sum();
        Self {
            host: surroundings.host,
            workers: surroundings.workers,
            seconds: phases.iter().map(|phase| phase.seconds).sum(),
            flood_sent: sum(|phase| phase.flood_sent),
            flood_by_verdict: all_verdicts(&phases),
            flood_at_origin: sum(|phase| phase.flood_at_origin),
            free_lane_allowance: phases
                .iter()
                .filter(|phase| phase.name.attack() != Attack::None)
                .map(|phase| phase.free_lane_allowance)
                .sum(),
            flood_allowance: sum(|phase| phase.flood_allowance),
            patients: sum(|phase| phase.patients),
            patients_served: sum(|phase| phase.patients_served),
            payments: sum(|phase| phase.payments),
            payments_served: sum(|phase| phase.payments_served),
            payments_recorded: surroundings.census.payments(),
            numbers_issued: surroundings.census.issued(),
            numbers_missing: faults.missing,
            numbers_double: faults.double,
            patient_ms_p50: percentile(&times, 50).map(milliseconds),
            patient_ms_p99: percentile(&times, 99).map(milliseconds),
            filter_rss_bytes: phases
                .iter()
                .map(|phase| phase.filter_rss_bytes)
                .max()
                .unwrap_or_default(),
            patients_gave_up: reasons(&outcomes),
            phases,
        }
    }

    /// Everything that keeps the incident from having been held. Empty when it was.
    pub(crate) fn breaches(&self) -> Vec<Breach> {
        breach::all(self)
    }

    /// The one sentence that matters.
    pub(crate) fn headline(&self) -> String {
        let breaches = self.breaches();
        if breaches.is_empty() {
            return format!(
                "HELD: of {} requests of the attacks {} reached the origin ({} may), all {} patients have a number, of \
                 whom {} waited in line, and all {} payments are counted.",
                HumanCount(self.flood_sent),
                HumanCount(self.flood_at_origin),
                HumanCount(self.flood_allowance),
                self.patients,
                self.phases.iter().map(|phase| phase.waited_in_line).sum::<u64>(),
                self.payments,
            );
        }
        let breaches: Vec<_> = breaches.iter().map(ToString::to_string).collect();
        format!("NOT HELD: {}.", breaches.join("; "))
    }
}

fn all_verdicts(phases: &[PhaseReport]) -> ByVerdict {
    let mut all: ByVerdict = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
    for (verdict, count) in phases.iter().flat_map(|phase| &phase.flood_by_verdict) {
        *all.entry(*verdict).or_default() += count;
    }
    all
}

fn reasons(outcomes: &[&Outcome]) -> BTreeMap<String, u64> {
    let mut reasons = BTreeMap::new();
    for why in outcomes
        .iter()
        .filter_map(|outcome| outcome.booking.as_ref().err())
    {
        *reasons.entry(why.clone()).or_default() += 1;
    }
    reasons
}

/// From the first request to the number, of those who have one, the quickest first.
fn times_to_a_number<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Vec<Duration> {
    let mut times: Vec<_> = outcomes
        .filter(|outcome| outcome.booking.is_ok())
        .map(|outcome| outcome.time)
        .collect();
    times.sort_unstable();
    times
}

/// The smallest value that at least so many in a hundred do not exceed (nearest rank).
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod test_support;

#[cfg(test)]
mod tests {
    use super::{test_support::*, *};
    use crate::demo::phase::Phase;

    #[test]
    fn a_held_incident_has_no_breach_and_says_so_first() {
        let report = Story::held().report();
        assert_eq!(report.breaches(), []);
        let headline = report.headline();
        assert!(
            headline.starts_with("HELD: of 3,000 requests of the attacks 30 reached the origin"),
            "{headline}"
        );
        assert!(headline.contains("all 12 patients") && headline.contains("2 waited"));
    }

    #[test]
    fn the_top_level_has_the_fields_that_others_read() {
        let json = serde_json::to_value(Story::held().report()).unwrap();
        for field in [
            "host",
            "workers",
            "seconds",
            "flood_sent",
            "flood_at_origin",
            "free_lane_allowance",
            "patients",
            "patients_served",
            "payments",
            "payments_served",
            "payments_recorded",
            "numbers_issued",
            "numbers_missing",
            "numbers_double",
            "patient_ms_p50",
            "patient_ms_p99",
            "filter_rss_bytes",
            "patients_gave_up",
        ] {
            assert!(json.get(field).is_some_and(|value| !value.is_null()), "{field}");
        }
        assert_eq!(
            json["flood_by_verdict"],
            serde_json::json!({
                "forwarded": 0, "served": 0, "challenge": 3_000, "over_quota": 0, "in_line": 0, "refused": 0, "failed": 0
            })
        );
        let names: Vec<_> = json["phases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|phase| phase["name"].clone())
            .collect();
        assert_eq!(names, Phase::ALL.map(Phase::name));
    }

    #[test]
    fn the_whole_is_the_sum_of_its_phases() {
        let mut story = Story::held();
        story.of(Phase::Surge).visits.push(gave_up());
        let report = story.report();
        assert_eq!((report.patients, report.patients_served), (13, 12));
        assert_eq!(report.numbers_issued, 12);
        assert_eq!(report.flood_at_origin, 30);
        // Two floods and a botnet of ten seconds each, and the quiet phases allow nothing.
        assert_eq!(report.free_lane_allowance, 3 * 240);
        assert_eq!(report.flood_allowance, 240 + 240 + 440);
        assert_eq!(report.patients_gave_up.values().sum::<u64>(), 1);
        assert_eq!(report.seconds, 60.0);
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let times: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Some(Duration::from_millis(100)));
        assert_eq!(percentile(&times, 99), Some(Duration::from_millis(198)));
        assert_eq!(percentile(&times[..1], 50), Some(Duration::from_millis(1)));
        assert_eq!(percentile(&[], 50), None);
    }
}
