//! `cargo xtask bench`: how fast things are, beside what else there is.

mod edge;
mod envoy;
mod output;
mod report;
mod solver;

use std::process::ExitCode;

use clap::Subcommand;

/// Measure how fast things are, beside what else there is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Edge(edge::Args),
    Envoy(envoy::Args),
    Report(report::Args),
    Solver(solver::Args),
}

/// Measures what was asked for.
///
/// # Errors
///
/// When it cannot be measured. That a goal was missed is no error.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Edge(args) => edge::run(&args),
        What::Envoy(args) => envoy::run(&args),
        What::Report(args) => report::run(&args),
        What::Solver(args) => solver::run(&args),
    }
}
