//! `cargo xtask bench envoy`: what Levee costs in Envoy, beside what else can stand there, and beside other servers.

use std::{path::PathBuf, process::ExitCode};

use levee_benches::{
    envoy::{
        self,
        footprint::{self, Footprint},
        goals,
    },
    figures::Figures,
    peers::Peers,
    processor,
    session::Plan,
    table,
};

use super::output;
use crate::{
    build,
    tools::{Component, peers},
    workspace::Workspace,
};

/// What its chart is headed by.
pub(super) const CHART_TITLE: &str =
    "What each filter in Envoy adds to a request, in microseconds of processor time";

/// Measure what Levee costs in Envoy, beside native filters and other servers.
///
/// One Envoy on a processor of its own answers by itself on one listener for each filter chain. Short bursts of requests visit
/// the rows in shuffled order, the reference every few bursts; a row's figures are medians of what its bursts took of processor
/// time beside their neighbours'. nginx and HAProxy are Debian packages, which are installed if need be.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plan: output::PlanArgs,

    /// Only rows whose name contains this, and what they are told against; may be repeated
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,

    /// Leave nginx and HAProxy out
    #[arg(long)]
    without_peers: bool,

    /// Also write the result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Also draw the result to this file, as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

/// Measures.
///
/// # Errors
///
/// When the set-up is incomplete, when a server does not start or answers something else than it should.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let figures = measure(&workspace, args.plan.plan(), &args.only, !args.without_peers)?;
    println!("{}", table::for_terminal(&figures));
    for goal in goals::of_rows(&figures)
        .iter()
        .filter(|goal| goal.is_met().is_some())
    {
        println!("{goal}");
    }
    if let Some(path) = &args.json {
        output::write_json(path, &figures)?;
    }
    if let Some(path) = &args.chart {
        output::write_chart(
            path,
            "Added to a request by a filter in Envoy, microseconds",
            &figures,
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The figures of all rows, or of those whose name contains one of `only`.
pub(super) fn measure(
    workspace: &Workspace,
    plan: Plan,
    only: &[String],
    with_peers: bool,
) -> anyhow::Result<Vec<Figures>> {
    let module = build::modules(workspace)?.module;
    let envoy = Component::Envoy.require(workspace)?.location;
    let options = envoy::Options {
        binary: &envoy,
        module: &module,
    };
    processor::pin_load()?;
    let one = envoy::Stage::with_one_worker(&options)?;
    let two = envoy::Stage::with_two_workers(&options)?;
    let peers = match with_peers {
        true => Some(Peers::start(&peers::nginx()?, &peers::haproxy()?)?),
        false => None,
    };
    let mut rows = one.rows()?;
    rows.extend(peers.iter().flat_map(Peers::rows));
    rows.extend(two.rows_of_two_workers()?);
    output::measure(plan, output::chosen(rows, only))
}

/// What Levee takes of an Envoy before the first request.
pub(super) fn footprint(workspace: &Workspace) -> anyhow::Result<Footprint> {
    footprint::measure(&envoy::Options {
        binary: &Component::Envoy.require(workspace)?.location,
        module: &build::modules(workspace)?.module,
    })
}
