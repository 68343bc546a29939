//! Levee beside the baselines, figure by figure.

use crate::words::{Words, fill};
use crate::{Figures, Findings, Language};

/// What is shown of one run: its name, its figures and what it is.
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    pub(crate) is_levee: bool,
    pub(crate) explanation: Option<&'static str>,
    figures: &'a Figures,
}

/// A figure of every run, in the order of the columns.
pub(crate) struct Row {
    pub(crate) label: &'static str,
    pub(crate) cells: Vec<String>,
}

/// The order in which the known baselines are shown: from nothing to something.
const ORDER: [&str; 3] = ["no_filter", "address_limit", "challenge_all"];

/// The baselines, and Levee at the end.
pub(crate) fn columns(findings: &Findings, language: Language) -> Vec<Column<'_>> {
    let words = Words::of(language);
    let mut baselines: Vec<_> = findings.baselines.iter().collect();
    baselines.sort_by_key(|(name, _)| {
        ORDER
            .iter()
            .position(|known| known == name)
            .unwrap_or(ORDER.len())
    });
    let mut columns: Vec<Column<'_>> = baselines
        .into_iter()
        .map(|(name, run)| {
            let known = (words.baseline)(name);
            Column {
                name: known.map_or(name, |(title, _)| title),
                is_levee: false,
                explanation: known.map(|(_, explanation)| explanation),
                figures: &run.figures,
            }
        })
        .collect();
    columns.push(Column {
        name: "Levee",
        is_levee: true,
        explanation: Some(words.comparison.levee),
        figures: &findings.run.figures,
    });
    columns
}

/// The rows of the table. A figure that says nothing about any run, as of apps where there are none, has no row.
pub(crate) fn rows(columns: &[Column<'_>], language: Language) -> Vec<Row> {
    let words = &Words::of(language).comparison;
    let figures: [(&'static str, Show); 9] = [
        (words.patients, |f, l| part(f.patients_served, f.patients, l)),
        (words.payments, |f, l| part(f.payments_served, f.payments, l)),
        (words.app_errands, |f, l| {
            part(f.app_errands_served, f.app_errands, l)
        }),
        (words.flood_at_origin, |f, l| {
            (f.flood_requests > 0).then(|| l.number(f.flood_at_origin))
        }),
        (words.challenges, |f, l| Some(l.number(f.challenges_to_people))),
        (words.challenges_quiet, |f, l| {
            Some(l.number(f.challenges_to_people_quiet))
        }),
        (words.delay_p50, |f, l| Some(l.seconds(f.delay_seconds.p50))),
        (words.delay_p95, |f, l| Some(l.seconds(f.delay_seconds.p95))),
        (words.origin_peak, |f, l| Some(l.number(f.origin_peak_per_second))),
    ];
    figures
        .into_iter()
        .filter_map(|(label, show)| row(label, columns, language, show))
        .collect()
}

type Show = fn(&Figures, Language) -> Option<String>;

fn row(label: &'static str, columns: &[Column<'_>], language: Language, show: Show) -> Option<Row> {
    let cells: Vec<Option<String>> = columns
        .iter()
        .map(|column| show(column.figures, language))
        .collect();
    cells.iter().any(Option::is_some).then(|| Row {
        label,
        cells: cells
            .into_iter()
            .map(|cell| cell.unwrap_or_else(|| "–".to_owned()))
            .collect(),
    })
}

fn part(part: u64, all: u64, language: Language) -> Option<String> {
    (all > 0).then(|| {
        fill(
            Words::of(language).comparison.of,
            &[("part", &language.number(part)), ("all", &language.number(all))],
        )
    })
}
