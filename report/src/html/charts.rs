//! What the charts of the page show.

use super::panel::{Curve, Section, Topic, section};
use crate::chart::{Column, Ink, ScaleKind};
use crate::series::sum;
use crate::words::Words;
use crate::{Findings, Language, Series, Verdict};

/// The four charts in the order of the page.
pub(super) fn sections(findings: &Findings, language: Language) -> Vec<Section> {
    let series = &findings.run.series;
    let waiting = waiting(series);
    [
        requests(series, language),
        origin(findings, language),
        patients(series, &waiting, language),
        work(series, language),
    ]
    .into_iter()
    .map(|topic| section(findings, &topic, language))
    .collect()
}

fn requests(series: &Series, language: Language) -> Topic<'_> {
    let words = Words::of(language);
    let curves = Verdict::ALL.into_iter().filter_map(|verdict| {
        let column = series.verdicts.get(&verdict)?;
        Some(total(
            Ink::of(verdict),
            (words.verdict)(verdict),
            column,
            language,
        ))
    });
    Topic {
        id: "requests",
        words: &words.charts.requests,
        scale: ScaleKind::Logarithmic,
        curves: curves.collect(),
        limit: None,
        tells_attacks: true,
    }
}

fn origin(findings: &Findings, language: Language) -> Topic<'_> {
    let words = &Words::of(language).charts;
    let series = &findings.run.series;
    let capacity = findings.origin_capacity;
    let mut curves = vec![total(Ink::Site, words.all, &series.origin, language)];
    if !findings.attacks.is_empty() {
        curves.push(total(
            Ink::Refused,
            words.of_attacks,
            &series.origin_flood,
            language,
        ));
    }
    if series.origin_failed.iter().any(|failed| *failed > 0) {
        curves.push(total(Ink::Failed, words.failed, &series.origin_failed, language));
    }
    Topic {
        id: "origin",
        words: &words.origin,
        scale: ScaleKind::Linear,
        curves,
        limit: (capacity.is_finite() && capacity > 0.0).then_some(capacity),
        tells_attacks: false,
    }
}

fn patients<'a>(series: &'a Series, waiting: &'a [u64], language: Language) -> Topic<'a> {
    let words = &Words::of(language).charts;
    let curve = |ink, label, column: &'a [u64]| Curve {
        ink,
        label,
        value: column.last().map(|last| language.number(*last)),
        column: Column::Level(column),
    };
    Topic {
        id: "patients",
        words: &words.patients,
        scale: ScaleKind::Count,
        curves: vec![
            curve(Ink::Served, words.arrived, &series.patients_arrived),
            curve(Ink::Site, words.served, &series.patients_served),
            curve(Ink::Challenge, words.waiting, waiting),
            curve(Ink::Refused, words.lost, &series.patients_lost),
        ],
        limit: None,
        tells_attacks: false,
    }
}

fn work(series: &Series, language: Language) -> Topic<'_> {
    let words = &Words::of(language).charts;
    Topic {
        id: "work",
        words: &words.work,
        scale: ScaleKind::Logarithmic,
        curves: vec![Curve {
            ink: Ink::Challenge,
            label: words.median,
            value: None,
            column: Column::Sparse(&series.work_asked),
        }],
        limit: None,
        tells_attacks: false,
    }
}

/// A curve of requests a second, with how many there were in all.
fn total<'a>(ink: Ink, label: &'static str, column: &'a [u64], language: Language) -> Curve<'a> {
    Curve {
        ink,
        label,
        value: Some(language.number(sum(column))),
        column: Column::Rate(column),
    }
}

/// Patients who have come and are neither served nor lost, at the end of each step.
fn waiting(series: &Series) -> Vec<u64> {
    let gone = series.patients_served.iter().zip(&series.patients_lost);
    series
        .patients_arrived
        .iter()
        .zip(gone)
        .map(|(arrived, (served, lost))| arrived.saturating_sub(served.saturating_add(*lost)))
        .collect()
}
