//! What the side-by-side benches have in common: how long they last, what they show, what they write.

use std::{fs, path::Path};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use levee_benches::{
    chart::{self, Bar},
    figures::Figures,
    session::{self, Plan},
    subject::Subject,
};
use serde_json::json;

/// How long a bench lasts.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// Bursts for each row
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,

    /// Requests of a burst
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u16).range(16..=10_000))]
    requests: u16,

    /// What the order of the rows is drawn from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

impl PlanArgs {
    pub(super) fn plan(self) -> Plan {
        Plan {
            rounds: self.rounds.into(),
            requests: self.requests.into(),
            seed: self.seed,
            ..Plan::default()
        }
    }
}

/// Those whose name contains one of `only`, and what these are told against.
pub(super) fn chosen(mut rows: Vec<Subject>, only: &[String]) -> Vec<Subject> {
    if only.is_empty() {
        return rows;
    }
    let mut wanted: Vec<&'static str> = rows
        .iter()
        .filter(|row| only.iter().any(|text| row.name.contains(text.as_str())))
        .flat_map(|row| [Some(row.name), row.reference])
        .flatten()
        .collect();
    // References may have one themselves.
    for row in &rows {
        if wanted.contains(&row.name) {
            wanted.extend(row.reference);
        }
    }
    rows.retain(|row| wanted.contains(&row.name));
    rows
}

/// Runs a session with a display of how far it is. Draws nothing when standard error is no terminal.
pub(super) fn measure(plan: Plan, subjects: Vec<Subject>) -> anyhow::Result<Vec<Figures>> {
    let bar = ProgressBar::no_length();
    // The template is part of the program; were it wrong, the default style would do.
    if let Ok(style) = ProgressStyle::with_template("{bar:40} burst {pos} of {len}, {eta} left") {
        bar.set_style(style);
    }
    let figures = session::run(plan, subjects, |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    figures
}

/// Writes the rows for machines.
pub(super) fn write_json(path: &Path, figures: &[Figures]) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&json!({ "rows": figures }))?;
    fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}

/// Draws the rows that are told against the first one.
pub(super) fn write_chart(path: &Path, title: &str, figures: &[Figures]) -> anyhow::Result<()> {
    let reference = figures.first().map(|figures| figures.name.as_str());
    let bars: Vec<Bar<'_>> = figures
        .iter()
        .filter(|figures| figures.reference.as_deref() == reference && figures.added_us > 0.0)
        .map(|figures| Bar {
            figures,
            is_ours: figures.title.starts_with("Levee"),
        })
        .collect();
    let svg = chart::added_cost(title, &bars)?;
    fs::write(path, svg).with_context(|| format!("cannot write {}", path.display()))
}
