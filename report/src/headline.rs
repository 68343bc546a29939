//! The sentence that says it all.

use crate::words::{Words, fill};
use crate::{Findings, Language, Text};

/// What happened, in a sentence that is understood without knowing anything else, and which promises were missed.
#[must_use]
pub fn headline(findings: &Findings) -> Text {
    Text::each(|language| {
        let said = [
            Some(outcome(findings, language).to_owned()),
            Some(account(findings, language)),
            missed(findings, language),
        ];
        said.into_iter().flatten().collect::<Vec<_>>().join(" ")
    })
}

/// How it begins: whether it was held.
pub(crate) fn outcome(findings: &Findings, language: Language) -> &'static str {
    let words = &Words::of(language).headline;
    if findings.bounds.is_empty() {
        words.unjudged
    } else if findings.held() {
        words.held
    } else {
        words.not_held
    }
}

/// How it goes on: what happened.
pub(crate) fn account(findings: &Findings, language: Language) -> String {
    [
        patients(findings, language),
        payments(findings, language),
        flood(findings, language),
    ]
    .concat()
}

fn patients(findings: &Findings, language: Language) -> String {
    let words = &Words::of(language).headline;
    let figures = &findings.run.figures;
    let text = match (figures.patients, figures.patients_served) {
        (0, _) => words.no_patients,
        (all, served) if all > 1 && served == all => words.all_patients,
        _ => words.some_patients,
    };
    fill(
        text,
        &[
            ("patients", &language.number(figures.patients)),
            ("served", &language.number(figures.patients_served)),
        ],
    )
}

fn payments(findings: &Findings, language: Language) -> String {
    let figures = &findings.run.figures;
    if figures.payments == 0 {
        return String::new();
    }
    fill(
        Words::of(language).headline.payments,
        &[
            ("payments", &language.number(figures.payments)),
            ("served", &language.number(figures.payments_served)),
        ],
    )
}

fn flood(findings: &Findings, language: Language) -> String {
    let words = &Words::of(language).headline;
    let figures = &findings.run.figures;
    let text = if figures.flood_requests == 0 {
        words.no_flood
    } else if figures.flood_at_origin > figures.flood_allowance {
        words.excess
    } else {
        words.flood
    };
    fill(
        text,
        &[
            ("flood", &language.number(figures.flood_requests)),
            ("reached", &language.number(figures.flood_at_origin)),
            ("allowed", &language.number(figures.flood_allowance)),
        ],
    )
}

/// How it ends: which promises were missed, if any.
pub(crate) fn missed(findings: &Findings, language: Language) -> Option<String> {
    let words = Words::of(language);
    let missed: Vec<String> = findings
        .bounds
        .iter()
        .filter(|judged| !judged.held)
        .map(|judged| lower_first((words.bound)(judged.bound)))
        .collect();
    // Some names have a comma of their own.
    (!missed.is_empty()).then(|| fill(words.headline.missed, &[("bounds", &missed.join("; "))]))
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
