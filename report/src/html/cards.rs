//! The four figures at the top of the page.

use crate::words::{Words, fill};
use crate::{Bound, Findings, Language};

/// A figure that is read at a glance.
pub(super) struct Card {
    pub(super) label: &'static str,
    pub(super) value: String,
    /// Of how many.
    pub(super) of: Option<String>,
    pub(super) note: Option<String>,
    /// Whether a promise about it was missed.
    pub(super) is_missed: bool,
}

/// Patients, payments, flood and what people met.
pub(super) fn cards(findings: &Findings, language: Language) -> Vec<Card> {
    let words = &Words::of(language).cards;
    let figures = &findings.run.figures;
    vec![
        Card {
            is_missed: is_missed(findings, &[Bound::PatientsServed]),
            ..part(
                words.patients,
                figures.patients_served,
                figures.patients,
                language,
            )
        },
        Card {
            is_missed: is_missed(findings, &[Bound::PaymentsServed]),
            ..part(
                words.payments,
                figures.payments_served,
                figures.payments,
                language,
            )
        },
        flood(findings, language),
        quiet(findings, language),
    ]
}

fn part(label: &'static str, served: u64, all: u64, language: Language) -> Card {
    let words = &Words::of(language).cards;
    let share = language.share(served, all);
    Card {
        label,
        value: language.number(served),
        of: share
            .is_some()
            .then(|| fill(words.of, &[("all", &language.number(all))])),
        note: Some(share.unwrap_or_else(|| words.nobody.to_owned())),
        is_missed: false,
    }
}

fn flood(findings: &Findings, language: Language) -> Card {
    let words = &Words::of(language).cards;
    let figures = &findings.run.figures;
    let allowed = language.number(figures.flood_allowance);
    Card {
        label: words.flood,
        value: language.number(figures.flood_at_origin),
        of: Some(fill(words.of_allowed, &[("allowed", &allowed)])),
        note: Some(fill(
            words.attacked,
            &[("flood", &language.number(figures.flood_requests))],
        )),
        is_missed: is_missed(findings, &[Bound::FloodAtOrigin]),
    }
}

fn quiet(findings: &Findings, language: Language) -> Card {
    let words = &Words::of(language).cards;
    let figures = &findings.run.figures;
    let delay = figures.delay_seconds;
    Card {
        label: words.quiet,
        value: language.number(figures.challenges_to_people_quiet),
        of: None,
        note: Some(fill(
            words.delay,
            &[
                ("p50", &language.seconds(delay.p50)),
                ("p95", &language.seconds(delay.p95)),
            ],
        )),
        is_missed: is_missed(findings, &[Bound::ChallengesToPeopleQuiet, Bound::DelayP95]),
    }
}

fn is_missed(findings: &Findings, bounds: &[Bound]) -> bool {
    let mut judged = findings.bounds.iter();
    judged.any(|judged| !judged.held && bounds.contains(&judged.bound))
}
