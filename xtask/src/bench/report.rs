//! `cargo xtask bench report`: measures all and writes docs/performance.md with its charts.

use std::{fs, process::ExitCode};

use anyhow::Context as _;
use askama::Template;
use levee_benches::{
    envoy::{footprint, goals},
    figures::Figures,
    goal::Goal,
    session::Plan,
    table, traffic,
};

use super::{edge, envoy, output};
use crate::{build, workspace::Workspace};

/// Measure what Levee costs and write docs/performance.md, with its charts.
///
/// Runs the benches of Envoy and of the edge, one after the other. Takes about ten minutes; the machine should have nothing
/// else to do.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plan: output::PlanArgs,
}

#[derive(Template)]
#[template(path = "performance.md", escape = "none")]
struct Document {
    machine: String,
    envoy: String,
    holds: String,
    edge: String,
    cookie_length: usize,
    requests: usize,
    connections: usize,
    rounds: usize,
    start: String,
    memory: String,
    per_client: String,
    raw: String,
    gzip: String,
    goals: String,
}

/// Measures and writes.
///
/// # Errors
///
/// When the set-up is incomplete, when something cannot be measured, or not be written.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let plan = args.plan.plan();
    let figures = envoy::measure(&workspace, plan, &[], true)?;
    let footprint = envoy::footprint(&workspace)?;
    let at_edge = edge::measure(&workspace, plan, &[])?;
    let (raw, gzip) = build::module_size(&workspace)?;
    let mut reached = goals::of_rows(&figures);
    reached.extend(goals::of_footprint(&footprint, raw, gzip));
    reached.extend(levee_benches::edge::goals(&at_edge));
    let document = document(plan, [&figures, &at_edge], &footprint, (raw, gzip), &reached);

    let docs = workspace.root().join("docs");
    let charts = docs.join("performance");
    fs::create_dir_all(&charts).with_context(|| format!("cannot create {}", charts.display()))?;
    output::write_chart(&charts.join("envoy.svg"), envoy::CHART_TITLE, &figures)?;
    output::write_chart(&charts.join("edge.svg"), edge::CHART_TITLE, &at_edge)?;
    let path = docs.join("performance.md");
    fs::write(&path, document.render()? + "\n")
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!(
        "{}\n{}",
        table::for_terminal(&figures),
        table::for_terminal(&at_edge)
    );
    for goal in &reached {
        println!("{goal}");
    }
    println!("{} is written.", path.display());
    Ok(ExitCode::SUCCESS)
}

fn document(
    plan: Plan,
    [figures, at_edge]: [&[Figures]; 2],
    footprint: &footprint::Footprint,
    (raw, gzip): (usize, usize),
    reached: &[Goal],
) -> Document {
    let kilobytes = |bytes: usize| format!("{:.0}", bytes as f64 / 1_000.0);
    Document {
        machine: machine(),
        envoy: table::for_markdown(figures).to_string(),
        holds: holds(figures),
        edge: table::for_markdown(at_edge).to_string(),
        cookie_length: traffic::COOKIE_LENGTH,
        requests: plan.requests,
        connections: plan.connections,
        rounds: plan.rounds,
        start: format!("{:.2}", footprint.start_seconds),
        memory: format!("{:.0}", footprint.memory_mib),
        per_client: format!("{:.1}", footprint.bytes_per_client),
        raw: kilobytes(raw),
        gzip: kilobytes(gzip),
        goals: reached.iter().map(|goal| format!("- {goal}\n")).collect(),
    }
}

/// What one processor holds.
fn holds(figures: &[Figures]) -> String {
    let a_second = |name: &str| {
        let row = figures.iter().find(|row| row.name == name)?;
        Some(format!("{:.0}", 1e6 / row.us / 1_000.0))
    };
    match (
        a_second("router"),
        a_second("admit_clearance"),
        a_second("refuse_quota"),
    ) {
        (Some(router), Some(admit), Some(refuse)) => format!(
            "One processor of this machine holds about {router},000 requests a second of the router alone, {admit},000 that Levee admits, and {refuse},000 \
             that it refuses."
        ),
        _ => String::new(),
    }
}

/// What it was measured on.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("model name"))
        .filter_map(|line| Some(line.split_once(':')?.1.trim()))
        .collect();
    let processor = models.first().unwrap_or(&"an unknown processor");
    // Not those that this program may use: it keeps itself on one.
    let cores = models.len();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown");
    format!("This page: {processor}, {cores} cores, load {load} at the end")
}
