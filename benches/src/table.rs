//! Figures as a table for a terminal, and for Markdown.

use comfy_table::{CellAlignment, Table, TableStyle, presets};

use crate::figures::Figures;

const HEADER: [&str; 6] = ["row", "what", "us", "+ us", "(quartiles)", "ratio"];

/// For a terminal.
#[must_use]
pub fn for_terminal(figures: &[Figures]) -> Table {
    table(figures, presets::UTF8_FULL_CONDENSED)
}

/// For a document.
#[must_use]
pub fn for_markdown(figures: &[Figures]) -> Table {
    table(figures, presets::ASCII_MARKDOWN)
}

fn table(figures: &[Figures], style: TableStyle) -> Table {
    let mut table = Table::new();
    table
        .load_style(style)
        .set_header(HEADER)
        .add_rows(figures.iter().map(row));
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(figures: &Figures) -> [String; 6] {
    let Figures {
        us, added_us, ratio, ..
    } = figures;
    let (added, quartiles, ratio) = match &figures.reference {
        Some(_) => (
            format!("{added_us:+.1}"),
            format!("{:+.1} to {:+.1}", figures.added_us_low, figures.added_us_high),
            format!("{ratio:.2}"),
        ),
        None => Default::default(),
    };
    [
        figures.name.clone(),
        figures.title.clone(),
        format!("{us:.1}"),
        added,
        quartiles,
        ratio,
    ]
}
