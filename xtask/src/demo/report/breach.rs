//! What keeps an incident from having been held.

use super::{PhaseReport, Report};
use crate::demo::phase::{Attack, Phase};
use indicatif::HumanCount;
use std::fmt;

/// A reason why the incident was not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// There was no attack to hold, or nobody to serve, where there ought to be.
    NothingPlayed(Phase),
    /// Patients without a number.
    PatientsUnserved {
        /// When they came.
        phase: Phase,
        /// How many.
        unserved: u64,
        /// Of how many.
        of: u64,
    },
    /// Payments whose report was not taken.
    PaymentsUnserved {
        /// When they were reported.
        phase: Phase,
        /// How many.
        unserved: u64,
        /// Of how many.
        of: u64,
    },
    /// Payments that were taken and that the database does not count for a ticket.
    PaymentsLost(u64),
    /// More payments in the database than were taken.
    PaymentsDouble(u64),
    /// Requests of patients that failed, although the patients may have tried again.
    RequestsFailed {
        /// When.
        phase: Phase,
        /// How many.
        failed: u64,
    },
    /// Numbers that the database lacks.
    NumbersMissing(u64),
    /// Numbers given out twice.
    NumbersDouble(u64),
    /// More of an attack reached the origin than may.
    FloodAtOrigin {
        /// Which attack.
        phase: Phase,
        /// How much did.
        reached: u64,
        /// How much may.
        allowed: u64,
    },
    /// More reached the origin within a second than it can carry, whoever sent it.
    OriginBeyondCapacity {
        /// When.
        phase: Phase,
        /// Requests in the worst second.
        reached: u64,
        /// How many may.
        allowed: u64,
    },
    /// Patients met challenges when nothing was wrong.
    ChallengedWhenQuiet {
        /// When.
        phase: Phase,
        /// How many challenges.
        challenges: u64,
    },
    /// More patients than the origin can carry came at once, and nobody waited: then the surge proved nothing.
    NobodyWaited,
    /// The waiting line did not keep its order.
    NotInOrder,
    /// The solving botnet came by no clearance: then it proved nothing.
    NothingMinted,
}

/// All breaches of a report.
pub(super) fn all(report: &Report) -> Vec<Breach> {
    let mut breaches: Vec<_> = report.phases.iter().flat_map(of_phase).collect();
    if report.phases.len() < Phase::ALL.len() {
        let missing = Phase::ALL
            .into_iter()
            .filter(|phase| report.phases.iter().all(|played| played.name != *phase));
        breaches.extend(missing.map(Breach::NothingPlayed));
    }
    let (taken, recorded) = (report.payments_served, report.payments_recorded);
    if taken > recorded {
        breaches.push(Breach::PaymentsLost(taken - recorded));
    }
    // One that was recorded and whose answer was lost is not taken.
    if recorded > report.payments {
        breaches.push(Breach::PaymentsDouble(recorded - report.payments));
    }
    if report.numbers_missing > 0 {
        breaches.push(Breach::NumbersMissing(report.numbers_missing));
    }
    if report.numbers_double > 0 {
        breaches.push(Breach::NumbersDouble(report.numbers_double));
    }
    breaches
}

fn of_phase(report: &PhaseReport) -> impl Iterator<Item = Breach> {
    let phase = report.name;
    let attacked = phase.attack() != Attack::None;
    let unserved = report.patients - report.patients_served;
    let unpaid = report.payments - report.payments_served;
    [
        (report.patients == 0 || report.payments == 0 || attacked && report.flood_sent == 0)
            .then_some(Breach::NothingPlayed(phase)),
        (unserved > 0).then_some(Breach::PatientsUnserved {
            phase,
            unserved,
            of: report.patients,
        }),
        (unpaid > 0).then_some(Breach::PaymentsUnserved {
            phase,
            unserved: unpaid,
            of: report.payments,
        }),
        (report.people_failed > 0).then_some(Breach::RequestsFailed {
            phase,
            failed: report.people_failed,
        }),
        (report.flood_at_origin > report.flood_allowance).then_some(Breach::FloodAtOrigin {
            phase,
            reached: report.flood_at_origin,
            allowed: report.flood_allowance,
        }),
        (report.origin_rps_max > report.origin_allowance()).then_some(Breach::OriginBeyondCapacity {
            phase,
            reached: report.origin_rps_max,
            allowed: report.origin_allowance(),
        }),
        (phase.is_quiet() && report.challenges_to_people > 0).then_some(Breach::ChallengedWhenQuiet {
            phase,
            challenges: report.challenges_to_people,
        }),
        (phase == Phase::Surge && report.waited_in_line == 0).then_some(Breach::NobodyWaited),
        (phase == Phase::Surge && !report.served_in_order).then_some(Breach::NotInOrder),
        (phase == Phase::SolvingBotnet && report.clearances_minted == 0).then_some(Breach::NothingMinted),
    ]
    .into_iter()
    .flatten()
}

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NothingPlayed(phase) => {
                write!(formatter, "{}: nobody attacked, came or paid", phase.title())
            }
            Self::PatientsUnserved { phase, unserved, of } => write!(
                formatter,
                "{}: {unserved} of {of} patients got no number",
                phase.title()
            ),
            Self::PaymentsUnserved { phase, unserved, of } => write!(
                formatter,
                "{}: {unserved} of {of} payments were not taken",
                phase.title()
            ),
            Self::PaymentsLost(lost) => write!(formatter, "{lost} payments were taken and are not counted"),
            Self::PaymentsDouble(double) => write!(formatter, "{double} payments were counted twice"),
            Self::RequestsFailed { phase, failed } => write!(
                formatter,
                "{}: {failed} requests of patients were not answered, or with an error",
                phase.title()
            ),
            Self::NumbersMissing(missing) => {
                write!(formatter, "{missing} numbers are missing in the database")
            }
            Self::NumbersDouble(double) => write!(formatter, "{double} numbers were given out twice"),
            Self::FloodAtOrigin {
                phase,
                reached,
                allowed,
            } => write!(
                formatter,
                "{}: {} requests of the attack reached the origin, and {} may",
                phase.title(),
                HumanCount(reached),
                HumanCount(allowed)
            ),
            Self::OriginBeyondCapacity {
                phase,
                reached,
                allowed,
            } => write!(
                formatter,
                "{}: {reached} requests reached the origin within a second, and {allowed} may",
                phase.title()
            ),
            Self::ChallengedWhenQuiet { phase, challenges } => write!(
                formatter,
                "{}: patients met {challenges} challenges when nothing was wrong",
                phase.title()
            ),
            Self::NobodyWaited => write!(formatter, "surge: nobody had to wait in line, so it was none"),
            Self::NotInOrder => write!(formatter, "surge: the line was not served in order"),
            Self::NothingMinted => write!(
                formatter,
                "solving botnet: it came by no clearance, so it was none"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::test_support::*, *};

    /// Asserts that a change to the story of a held incident is this breach and no other.
    fn breaks(change: impl FnOnce(&mut Story), breach: Breach) {
        let mut story = Story::held();
        change(&mut story);
        let report = story.report();
        assert_eq!(report.breaches(), [breach]);
        let headline = report.headline();
        assert!(headline.starts_with("NOT HELD: "), "{headline}");
    }

    #[test]
    fn a_phase_without_patients_or_without_its_attack_proves_nothing() {
        breaks(
            |story| story.of(Phase::QuietAgain).visits.clear(),
            Breach::NothingPlayed(Phase::QuietAgain),
        );
        breaks(
            |story| story.of(Phase::ManyAddresses).findings.flood_requests = 0,
            Breach::NothingPlayed(Phase::ManyAddresses),
        );
        breaks(
            |story| {
                story.phases.truncate(5);
                story.payments_recorded = 5;
            },
            Breach::NothingPlayed(Phase::QuietAgain),
        );
    }

    #[test]
    fn a_patient_without_a_number_is_a_breach() {
        breaks(
            |story| story.of(Phase::OneAddress).visits.push(gave_up()),
            Breach::PatientsUnserved {
                phase: Phase::OneAddress,
                unserved: 1,
                of: 3,
            },
        );
    }

    #[test]
    fn a_payment_that_was_not_taken_or_not_counted_is_a_breach() {
        breaks(
            |story| {
                story.of(Phase::OneAddress).findings.payments_served = 0;
                story.payments_recorded = 5;
            },
            Breach::PaymentsUnserved {
                phase: Phase::OneAddress,
                unserved: 1,
                of: 1,
            },
        );
        breaks(|story| story.payments_recorded = 4, Breach::PaymentsLost(2));
        breaks(|story| story.payments_recorded = 7, Breach::PaymentsDouble(1));
        breaks(
            |story| {
                let quiet = &mut story.of(Phase::Quiet).findings;
                (quiet.payments, quiet.payments_served) = (0, 0);
                story.payments_recorded = 5;
            },
            Breach::NothingPlayed(Phase::Quiet),
        );
    }

    #[test]
    fn a_failed_request_is_a_breach_although_it_was_repeated() {
        breaks(
            |story| story.of(Phase::Surge).findings.origin_failed = 2,
            Breach::RequestsFailed {
                phase: Phase::Surge,
                failed: 2,
            },
        );
    }

    #[test]
    fn missing_and_double_numbers_are_breaches() {
        breaks(
            |story| story.of(Phase::Surge).visits.push(served(99)),
            Breach::NumbersMissing(1),
        );
        breaks(
            |story| story.of(Phase::Surge).visits.push(served(1)),
            Breach::NumbersDouble(1),
        );
    }

    #[test]
    fn more_of_a_flood_than_the_free_lane_allows_is_a_breach() {
        for phase in [Phase::OneAddress, Phase::ManyAddresses] {
            breaks(
                |story| story.of(phase).at_origin = spread(241),
                Breach::FloodAtOrigin {
                    phase,
                    reached: 241,
                    allowed: 240,
                },
            );
        }
    }

    #[test]
    fn more_of_the_botnet_than_its_clearances_allow_is_a_breach() {
        breaks(
            |story| {
                let botnet = story.of(Phase::SolvingBotnet);
                botnet.findings.flood_allowance = 400;
                botnet.at_origin = spread(401);
            },
            Breach::FloodAtOrigin {
                phase: Phase::SolvingBotnet,
                reached: 401,
                allowed: 400,
            },
        );
    }

    #[test]
    fn any_attack_in_a_phase_without_one_is_a_breach() {
        breaks(
            |story| story.of(Phase::Quiet).at_origin = spread(1),
            Breach::FloodAtOrigin {
                phase: Phase::Quiet,
                reached: 1,
                allowed: 0,
            },
        );
    }

    #[test]
    fn more_in_a_second_than_the_origin_can_carry_is_a_breach() {
        breaks(
            |story| story.of(Phase::Surge).patients_at_origin = vec![2_500; 81],
            Breach::OriginBeyondCapacity {
                phase: Phase::Surge,
                reached: 81,
                allowed: 80,
            },
        );
    }

    #[test]
    fn a_challenge_is_a_breach_when_it_is_quiet_and_only_then() {
        for phase in [Phase::Quiet, Phase::QuietAgain] {
            breaks(
                |story| story.of(phase).findings.challenges_to_people = 1,
                Breach::ChallengedWhenQuiet { phase, challenges: 1 },
            );
        }
        let mut story = Story::held();
        story.of(Phase::Surge).findings.challenges_to_people = 1;
        assert_eq!(story.report().breaches(), []);
    }

    #[test]
    fn a_surge_without_a_line_proves_nothing() {
        breaks(
            |story| story.of(Phase::Surge).findings.people_in_line = 0,
            Breach::NobodyWaited,
        );
    }

    #[test]
    fn a_line_out_of_order_is_a_breach() {
        breaks(
            |story| story.of(Phase::Surge).findings.people_passed_over = 1,
            Breach::NotInOrder,
        );
    }

    #[test]
    fn a_botnet_without_a_clearance_proves_nothing() {
        breaks(
            |story| story.of(Phase::SolvingBotnet).findings.flood_clearances = 0,
            Breach::NothingMinted,
        );
    }

    #[test]
    fn every_breach_is_told_with_its_phase_and_its_figures() {
        let breach = Breach::FloodAtOrigin {
            phase: Phase::OneAddress,
            reached: 2_000,
            allowed: 240,
        };
        assert_eq!(
            breach.to_string(),
            "one address: 2,000 requests of the attack reached the origin, and 240 may"
        );
    }
}
