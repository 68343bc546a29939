//! `cargo xtask bench edge`: what Levee's worker costs in workerd, beside workers in JavaScript.

use std::{path::PathBuf, process::ExitCode};

use levee_benches::{edge, figures::Figures, processor, session::Plan, table};

use super::output;
use crate::{
    build::{self, Variant},
    tools,
    workspace::Workspace,
};

/// What its chart is headed by.
pub(super) const CHART_TITLE: &str =
    "What each worker in workerd adds to a request, in microseconds of processor time";

/// Measure what Levee costs at the edge, beside workers in JavaScript.
///
/// One workerd, the runtime of Cloudflare Workers, on a processor of its own runs each worker in an isolate of its own, in front
/// of one origin. Short bursts of requests visit the rows in shuffled order, the worker that only forwards every few bursts; a
/// row's figures are medians of what its bursts took of processor time, the runtime's, the worker's and that of its Durable
/// Objects together, beside their neighbours'.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plan: output::PlanArgs,

    /// Only rows whose name contains this, and what they are told against; may be repeated
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,

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
/// When the set-up is incomplete, when workerd does not start or a worker answers something else than it should.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let figures = measure(&workspace, args.plan.plan(), &args.only)?;
    println!("{}", table::for_terminal(&figures));
    for goal in edge::goals(&figures)
        .iter()
        .filter(|goal| goal.is_met().is_some())
    {
        println!("{goal}");
    }
    if let Some(path) = &args.json {
        output::write_json(path, &figures)?;
    }
    if let Some(path) = &args.chart {
        output::write_chart(path, CHART_TITLE, &figures)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The figures of all rows, or of those whose name contains one of `only`.
pub(super) fn measure(workspace: &Workspace, plan: Plan, only: &[String]) -> anyhow::Result<Vec<Figures>> {
    let bundle = build::bundle(workspace, &build::binaries(workspace)?, Variant::Shipped)?;
    let workerd = tools::workerd(workspace)?;
    let options = edge::Options {
        binary: &workerd,
        bundle: &bundle,
    };
    processor::pin_load()?;
    let stage = edge::Stage::start(&options)?;
    output::measure(plan, output::chosen(stage.rows()?, only))
}
