//! What people read of a bench.

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use levee_harness::bench::Report;

/// Most host functions that are listed one by one.
const MAX_FUNCTIONS: usize = 12;

/// A column for each filter, and what is to be kept in mind.
pub(crate) fn summary(reports: &[Report]) -> String {
    let mut table = Table::new();
    let names = reports.iter().map(|report| report.module.clone());
    let compared = matches!(reports, [_, _]);
    table.load_style(UTF8_FULL_CONDENSED).set_header(
        std::iter::once(String::new())
            .chain(names)
            .chain(compared.then(|| "ratio".to_owned())),
    );
    for (label, figure, show) in ROWS {
        row(&mut table, label, reports, *figure, *show);
    }
    for function in functions(reports) {
        row(
            &mut table,
            &format!("  {function}"),
            reports,
            |report| calls(report, function),
            per_exchange,
        );
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!("{table}\n");
    for report in reports {
        text.push_str(&remarks(report));
    }
    if reports.iter().any(|report| report.debug_assertions) {
        text.push_str(
            "This levee was built with debug assertions: the rates are lower than with one built by \
             `cargo build --release`.\n",
        );
    }
    text
}

/// How much faster the first one is: 2 is twice as fast. In processor time, if that is known.
pub(crate) fn ratio(report: &Report, other: &Report) -> f64 {
    match (
        report.exchanges_per_processor_second,
        other.exchanges_per_processor_second,
    ) {
        (Some(rate), Some(other)) => rate / other.max(f64::EPSILON),
        _ => report.exchanges_per_second / other.exchanges_per_second.max(f64::EPSILON),
    }
}

type Figure = fn(&Report) -> f64;
type Show = fn(f64) -> String;

const ROWS: &[(&str, Figure, Show)] = &[
    ("exchanges a second", |report| report.exchanges_per_second, whole),
    ("  slowest round", |report| report.exchanges_per_second_min, whole),
    ("  fastest round", |report| report.exchanges_per_second_max, whole),
    (
        "a second of processor time",
        |report| report.exchanges_per_processor_second.unwrap_or(f64::NAN),
        whole,
    ),
    (
        "memory at the start, bytes",
        |report| report.memory_bytes_at_start as f64,
        whole,
    ),
    (
        "memory at the end, bytes",
        |report| report.memory_bytes as f64,
        whole,
    ),
    ("forwarded", |report| report.shares.forwarded, share),
    ("refused", |report| report.shares.refused, share),
    ("held", |report| report.shares.held, share),
    ("cut off", |report| report.shares.reset, share),
    ("VMs trapped", |report| report.traps as f64, whole),
    ("per exchange: fuel", |report| report.fuel_per_exchange, whole),
    ("callbacks", |report| report.callbacks, per_exchange),
    (
        "guest allocations",
        |report| report.guest_allocations,
        per_exchange,
    ),
    (
        "guest allocations, bytes",
        |report| report.guest_allocated_bytes,
        per_exchange,
    ),
    ("host calls", |report| report.host_calls, per_exchange),
];

fn row(table: &mut Table, label: &str, reports: &[Report], figure: impl Fn(&Report) -> f64, show: Show) {
    let figures: Vec<f64> = reports.iter().map(figure).collect();
    let mut cells = vec![label.to_owned()];
    cells.extend(figures.iter().map(|figure| show(*figure)));
    if let [first, other] = figures.as_slice() {
        cells.push(if *other > 0.0 {
            format!("{:.2}", first / other)
        } else {
            String::new()
        });
    }
    table.add_row(cells);
}

/// The most frequent host functions of all filters.
fn functions(reports: &[Report]) -> Vec<&'static str> {
    let mut functions: Vec<&'static str> = Vec::new();
    for calls in reports
        .iter()
        .flat_map(|report| report.host_calls_by_function.iter().take(MAX_FUNCTIONS))
    {
        if !functions.contains(&calls.function) {
            functions.push(calls.function);
        }
    }
    functions
}

fn calls(report: &Report, function: &str) -> f64 {
    let mut all = report.host_calls_by_function.iter();
    all.find(|calls| calls.function == function)
        .map_or(0.0, |calls| calls.calls)
}

fn remarks(report: &Report) -> String {
    let mut text = String::new();
    if report.spread() > 0.2 {
        text.push_str(&format!(
            "{}: the rounds are {:.0} % apart, so something else keeps this machine busy; measure for longer.\n",
            report.module,
            report.spread() * 100.0
        ));
    }
    if report.shares.held > 0.0 {
        text.push_str(&format!(
            "{}: what it holds is never let go here, because no other service answers it.\n",
            report.module
        ));
    }
    text
}

fn whole(figure: f64) -> String {
    if figure.is_nan() {
        return "unknown".to_owned();
    }
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn share(figure: f64) -> String {
    format!("{:.1} %", figure * 100.0)
}

fn per_exchange(figure: f64) -> String {
    format!("{figure:.2}")
}
