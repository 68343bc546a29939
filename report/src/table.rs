//! What is found, for a terminal.

use crate::comparison::{self, Column};
use crate::promise::Promise;
use crate::{Findings, Language, headline};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use std::fmt::Write as _;

/// Most letters of a column for a run: the names of baselines are longer than their figures.
const MAX_WIDTH: u16 = 16;

/// The headline, a table with a column for each baseline and for Levee, and the promises; English, as all of the terminal.
#[must_use]
pub fn text(findings: &Findings) -> String {
    let columns = comparison::columns(findings, Language::En);
    format!(
        "{}\n\n{}\n{}",
        headline(findings).en,
        figures(&columns),
        promises(findings)
    )
}

fn figures(columns: &[Column<'_>]) -> Table {
    let names = columns.iter().map(|column| visible(column.name));
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(std::iter::once(String::new()).chain(names));
    for row in comparison::rows(columns, Language::En) {
        table.add_row(std::iter::once(row.label.to_owned()).chain(row.cells));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(MAX_WIDTH)));
    }
    table
}

fn promises(findings: &Findings) -> String {
    let mut text = String::new();
    for judged in &findings.bounds {
        let promise = Promise::new(judged, Language::En);
        let outcome = if promise.held { "kept  " } else { "MISSED" };
        // Writing into a string does not fail.
        let _ = writeln!(
            text,
            "{outcome}  {}: {}, {} promised",
            promise.name, promise.seen, promise.limit
        );
        if let Some(advice) = promise.advice {
            let _ = writeln!(text, "        {}", visible(advice));
        }
    }
    text
}

/// Leaves out what a terminal would obey instead of show.
fn visible(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}
