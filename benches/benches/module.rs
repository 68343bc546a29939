//! What the module costs in the embedded host, exchange by exchange: its time, and what does not depend on the machine.
//!
//! `cargo xtask build` makes the module, and
//! `LEVEE_WASM=$PWD/target/levee/levee.wasm cargo bench -p levee-benches --bench module` measures it.

#[path = "../parts/situation.rs"]
mod situation;
#[path = "../parts/stage.rs"]
mod stage;

use std::{cmp::Reverse, path::PathBuf, time::Duration};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use criterion::{BatchSize, Criterion};
use levee_harness::{Metering, Module};
use levee_testing::tools;

use self::{
    situation::Situation,
    stage::{Cost, Stage},
};

/// Exchanges over which costs are averaged.
const EXCHANGES: u32 = 1_024;

fn main() {
    let path = module_path();
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let module = |metering| {
        Module::compile(&bytes, metering).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };

    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50)
        .nresamples(10_000)
        .without_plots()
        .configure_from_args();
    measure_time(&mut criterion, &module(Metering::Off));
    criterion.final_summary();

    let module = module(Metering::Fuel);
    let costs: Vec<_> = Situation::all()
        .into_iter()
        .map(|situation| {
            (
                situation.name,
                Stage::start(situation, &module).measure(EXCHANGES),
            )
        })
        .collect();
    println!("One exchange, on average:\n{}\n", costs_table(&costs));
    println!("Its calls into the host:\n{}", host_calls_table(&costs));
}

/// Where the module is.
///
/// # Panics
/// When nothing says so, or it is not there.
fn module_path() -> PathBuf {
    const HOW: &str = "`cargo xtask build` makes the module; \
                       then run the bench with LEVEE_WASM=$PWD/target/levee/levee.wasm";
    let path = std::env::var_os(tools::WASM).map(PathBuf::from);
    let path = path.unwrap_or_else(|| panic!("{} is not set: {HOW}", tools::WASM));
    assert!(
        path.is_file(),
        "{} names {}, where there is no file: {HOW}",
        tools::WASM,
        path.display()
    );
    path
}

fn measure_time(criterion: &mut Criterion, module: &Module) {
    let mut group = criterion.benchmark_group("module");
    for situation in Situation::all() {
        let name = situation.name;
        let mut stage = None;
        group.bench_function(name, |bencher| {
            let Stage { host, requests } =
                stage.get_or_insert_with(|| Stage::start(situation.clone(), module));
            bencher.iter_batched(
                || requests.next(),
                |request| stage::exchange(host.worker(0), request),
                // One at a time, because each sets the clock.
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn costs_table(costs: &[(&str, Cost)]) -> Table {
    let mut table = table([
        "",
        "host calls",
        "callbacks",
        "allocations",
        "bytes handed over",
        "instructions",
    ]);
    table.add_rows(costs.iter().map(|(name, cost)| {
        let usage = &cost.usage;
        [
            (*name).to_owned(),
            each(usage.host_calls),
            each(usage.callbacks),
            each(usage.guest_allocations),
            each(usage.guest_allocated_bytes),
            (usage.fuel / u64::from(EXCHANGES)).to_string(),
        ]
    }));
    align(table)
}

/// Of each situation, most frequent first.
fn host_calls_table(costs: &[(&str, Cost)]) -> Table {
    let mut table = table(["", "calls"]);
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(120);
    table.add_rows(costs.iter().map(|(name, cost)| {
        let mut calls: Vec<_> = cost.host_calls.iter().collect();
        calls.sort_by_key(|(_, calls)| Reverse(**calls));
        let calls: Vec<_> = calls
            .into_iter()
            .map(|(function, calls)| {
                let name = function.strip_prefix("proxy_").unwrap_or(function);
                // Kept on one line with its number.
                format!("{name}\u{a0}{}", each(*calls))
            })
            .collect();
        [(*name).to_owned(), calls.join(", ")]
    }));
    table
}

fn each(all: u64) -> String {
    let each = format!("{:.3}", all as f64 / f64::from(EXCHANGES));
    each.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    table
}

/// Figures to the right.
fn align(mut table: Table) -> Table {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
