//! What came of it: the figures, what is wrong with them, and the one sentence that matters.

use super::{
    census::Faults,
    incident::{Aftermath, Tallies},
    verdict::{ByVerdict, Verdict},
};
use indicatif::HumanCount;
use serde::Serialize;
use std::{collections::BTreeMap, fmt, time::Duration};

/// The result of a demonstration. Its JSON form is read by machines: fields may be added, not renamed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Which host the filter ran in.
    pub(crate) host: &'static str,
    /// How long the flood took, in seconds.
    pub(crate) seconds: f64,
    /// Requests that the flood sent.
    pub(crate) flood_sent: u64,
    /// What the flood saw.
    pub(crate) flood_by_verdict: ByVerdict,
    /// Requests of the flood in the origin's access log.
    pub(crate) flood_at_origin: u64,
    /// How many the free lane lets through in that time.
    pub(crate) free_lane_allowance: u64,
    /// Patients who arrived.
    pub(crate) patients: u64,
    /// Patients who read a number.
    pub(crate) patients_served: u64,
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
    /// The flood in its phases.
    pub(crate) phases: Vec<PhaseReport>,
    /// Why patients gave up, and how many for that reason.
    pub(crate) patients_gave_up: BTreeMap<String, u64>,
}

/// One phase of the flood.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PhaseReport {
    /// Its name.
    pub(crate) name: &'static str,
    /// How long it took, in seconds.
    pub(crate) seconds: f64,
    /// Addresses that the flood came from.
    pub(crate) addresses: u64,
    /// Requests that the flood sent.
    pub(crate) flood_sent: u64,
    /// What the flood saw.
    pub(crate) flood_by_verdict: ByVerdict,
}

/// What was found out around the incident, from outside of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Findings {
    /// Which host the filter ran in.
    pub(crate) host: &'static str,
    /// Requests of the flood in the origin's access log.
    pub(crate) flood_at_origin: u64,
    /// How many the free lane lets through in the flood's time.
    pub(crate) free_lane_allowance: u64,
    /// Numbers in the database.
    pub(crate) numbers_issued: u64,
    /// What is wrong with them.
    pub(crate) faults: Faults,
    /// The most memory that the filter's host was seen to hold, in bytes.
    pub(crate) filter_rss_bytes: u64,
}

/// A reason why the flood was not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// There was no flood to hold, or nobody to serve.
    NothingPlayed,
    /// Patients without a number.
    PatientsUnserved {
        /// How many.
        unserved: u64,
        /// Of how many.
        of: u64,
    },
    /// Numbers that the database lacks.
    NumbersMissing(u64),
    /// Numbers given out twice.
    NumbersDouble(u64),
    /// More of the flood reached the origin than the free lane allows.
    FloodAtOrigin {
        /// How much did.
        reached: u64,
        /// How much may.
        allowed: u64,
    },
}

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NothingPlayed => write!(formatter, "no flood was sent or no patient came"),
            Self::PatientsUnserved { unserved, of } => {
                write!(formatter, "{unserved} of {of} patients got no number")
            }
            Self::NumbersMissing(missing) => {
                write!(formatter, "{missing} numbers are missing in the database")
            }
            Self::NumbersDouble(double) => write!(formatter, "{double} numbers were given out twice"),
            Self::FloodAtOrigin { reached, allowed } => write!(
                formatter,
                "{} requests of the flood reached the origin, and the free lane allows {}",
                HumanCount(reached),
                HumanCount(allowed)
            ),
        }
    }
}

impl Report {
    /// Puts together what was counted, what the patients brought home and what was found around them.
    pub(crate) fn new(findings: &Findings, tallies: &Tallies, aftermath: &Aftermath) -> Self {
        let phases: Vec<_> = tallies
            .phases
            .iter()
            .zip(&aftermath.phase_times)
            .map(|(phase, time)| PhaseReport {
                name: phase.origins.name(),
                seconds: time.as_secs_f64(),
                addresses: phase.flood.addresses(),
                flood_sent: phase.flood.sent(),
                flood_by_verdict: phase.flood.by_verdict(),
            })
            .collect();
        let mut flood_by_verdict: ByVerdict = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
        for (verdict, count) in phases.iter().flat_map(|phase| &phase.flood_by_verdict) {
            *flood_by_verdict.entry(*verdict).or_default() += count;
        }
        let mut times: Vec<_> = aftermath
            .patients
            .iter()
            .filter_map(|outcome| Some(outcome.as_ref().ok()?.1))
            .collect();
        times.sort_unstable();
        let mut patients_gave_up = BTreeMap::new();
        for why in aftermath
            .patients
            .iter()
            .filter_map(|outcome| outcome.as_ref().err())
        {
            *patients_gave_up.entry(why.to_string()).or_default() += 1;
        }
        Self {
            host: findings.host,
            seconds: aftermath.flood_time.as_secs_f64(),
            flood_sent: phases.iter().map(|phase| phase.flood_sent).sum(),
            flood_by_verdict,
            flood_at_origin: findings.flood_at_origin,
            free_lane_allowance: findings.free_lane_allowance,
            patients: aftermath.patients.len() as u64,
            patients_served: times.len() as u64,
            numbers_issued: findings.numbers_issued,
            numbers_missing: findings.faults.missing,
            numbers_double: findings.faults.double,
            patient_ms_p50: percentile(&times, 50).map(milliseconds),
            patient_ms_p99: percentile(&times, 99).map(milliseconds),
            filter_rss_bytes: findings.filter_rss_bytes,
            phases,
            patients_gave_up,
        }
    }

    /// Everything that keeps the flood from having been held. Empty when it was.
    pub(crate) fn breaches(&self) -> Vec<Breach> {
        let unserved = self.patients - self.patients_served;
        [
            (self.flood_sent == 0 || self.patients == 0).then_some(Breach::NothingPlayed),
            (unserved > 0).then_some(Breach::PatientsUnserved {
                unserved,
                of: self.patients,
            }),
            (self.numbers_missing > 0).then_some(Breach::NumbersMissing(self.numbers_missing)),
            (self.numbers_double > 0).then_some(Breach::NumbersDouble(self.numbers_double)),
            (self.flood_at_origin > self.free_lane_allowance).then_some(Breach::FloodAtOrigin {
                reached: self.flood_at_origin,
                allowed: self.free_lane_allowance,
            }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The one sentence that matters.
    pub(crate) fn headline(&self) -> String {
        let breaches = self.breaches();
        if breaches.is_empty() {
            return format!(
                "HELD: of {} requests of the flood {} reached the origin (the free lane allows {}), and all {} \
                 patients have a number.",
                HumanCount(self.flood_sent),
                HumanCount(self.flood_at_origin),
                HumanCount(self.free_lane_allowance),
                self.patients
            );
        }
        let breaches: Vec<_> = breaches.iter().map(ToString::to_string).collect();
        format!("NOT HELD: {}.", breaches.join("; "))
    }
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
mod tests {
    use super::*;
    use crate::demo::{
        browser::Lost,
        patient::{Booking, GaveUp, Served},
    };

    const HELD: Findings = Findings {
        host: "wasmtime",
        flood_at_origin: 940,
        free_lane_allowance: 940,
        numbers_issued: 2,
        faults: Faults {
            missing: 0,
            double: 0,
        },
        filter_rss_bytes: 50_000_000,
    };

    fn served(number: u32, ms: u64) -> Result<Served, GaveUp> {
        let booking = Booking {
            department: "cardiology".into(),
            day: "2026-11-22".into(),
            number,
        };
        Ok((booking, Duration::from_millis(ms)))
    }

    fn report(findings: &Findings, patients: Vec<Result<Served, GaveUp>>) -> Report {
        let tallies = Tallies::default();
        for phase in &tallies.phases {
            for _ in 0..1_000 {
                phase.flood.count_sent();
                phase.flood.count_verdict(Verdict::Challenge);
            }
        }
        let aftermath = Aftermath {
            phase_times: vec![Duration::from_secs(1); 2],
            flood_time: Duration::from_secs(2),
            patients,
        };
        Report::new(findings, &tallies, &aftermath)
    }

    #[test]
    fn a_held_flood_has_no_breach_and_says_so_first() {
        let report = report(&HELD, vec![served(1, 900), served(2, 1_100)]);
        assert_eq!(report.breaches(), []);
        assert!(
            report
                .headline()
                .starts_with("HELD: of 2,000 requests of the flood 940 reached")
        );
        assert_eq!(
            (report.patient_ms_p50, report.patient_ms_p99),
            (Some(900), Some(1_100))
        );
    }

    #[test]
    fn each_fault_alone_is_a_breach() {
        let good = || vec![served(1, 900), served(2, 900)];
        let lost = || Err(GaveUp::Lost(Lost::Path("x".into())));
        for (findings, patients, breach) in [
            (HELD, vec![], Breach::NothingPlayed),
            (
                HELD,
                vec![served(1, 900), lost()],
                Breach::PatientsUnserved { unserved: 1, of: 2 },
            ),
            (
                Findings {
                    faults: Faults {
                        missing: 2,
                        double: 0,
                    },
                    ..HELD
                },
                good(),
                Breach::NumbersMissing(2),
            ),
            (
                Findings {
                    faults: Faults {
                        missing: 0,
                        double: 1,
                    },
                    ..HELD
                },
                good(),
                Breach::NumbersDouble(1),
            ),
            (
                Findings {
                    flood_at_origin: 941,
                    ..HELD
                },
                good(),
                Breach::FloodAtOrigin {
                    reached: 941,
                    allowed: 940,
                },
            ),
        ] {
            let report = report(&findings, patients);
            assert_eq!(report.breaches(), [breach]);
            assert!(
                report.headline().starts_with("NOT HELD: "),
                "{}",
                report.headline()
            );
        }
    }

    #[test]
    fn the_json_has_the_fields_that_others_read() {
        let json = serde_json::to_value(report(&HELD, vec![served(1, 900)])).unwrap();
        for field in [
            "host",
            "flood_sent",
            "flood_at_origin",
            "free_lane_allowance",
            "patients",
            "patients_served",
            "numbers_missing",
            "numbers_double",
            "patient_ms_p50",
            "patient_ms_p99",
            "filter_rss_bytes",
        ] {
            assert!(json.get(field).is_some_and(|value| !value.is_null()), "{field}");
        }
        assert_eq!(
            json["flood_by_verdict"],
            serde_json::json!({"forwarded": 0, "challenge": 2_000, "over_quota": 0, "refused": 0, "failed": 0})
        );
        assert_eq!(json["phases"][0]["name"], "one_address");
        assert_eq!(json["phases"][1]["name"], "many_addresses");
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
