//! `cargo xtask test`: every check and test of the repository.

mod report;
mod setting;
mod step;

use std::{env, process::ExitCode, time::Instant};

use anyhow::ensure;

use self::{
    report::Report,
    setting::Setting,
    step::{Outcome, Step},
};
use crate::{
    setup,
    tools::{Component, Status},
    workspace::Workspace,
};

/// Run every check and test: formatting, lints, the build, all tests (with the module in wasmtime, in Envoy and
/// behind a page in Chromium), documentation, and a short demonstration on both hosts.
///
/// What is missing is installed first. A tool that cannot be had fails the run where CI is set; elsewhere the
/// tests that need it are left out and named at the end, and so are everywhere those that need what only a machine's owner
/// can give.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run only this step; may be repeated
    #[arg(long, value_enum, value_name = "STEP")]
    only: Vec<Step>,

    /// Passed on to the tests, such as a part of a name; with `--only tests`
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    ensure!(
        args.arguments.is_empty() || args.only == [Step::Tests],
        "arguments after -- go to `cargo test`: say --only tests"
    );
    let workspace = Workspace::locate()?;
    let mut report = Report::default();

    let start = Instant::now();
    heading("setup");
    let tools = setup::ensure(&workspace);
    setup::print(&tools);
    let outcome = judge_setup(&tools);
    let go_on = !matches!(outcome, Outcome::Failed(_));
    report.add("setup", outcome, start.elapsed());

    if go_on {
        let setting = Setting::new(workspace, tools, args.arguments.clone());
        let chosen = |step: &Step| args.only.is_empty() || args.only.contains(step);
        for step in Step::ALL.into_iter().filter(chosen) {
            take(step, &setting, &mut report)?;
        }
    }

    heading("summary");
    println!("{report}");
    Ok(if report.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs one step and reports it. An error here is one of the report itself, not of the step.
fn take(step: Step, setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
    let start = Instant::now();
    heading(step.name());
    let outcome = if step.needs_build() && report.has_failed(Step::Build.name()) {
        Outcome::Skipped("the build failed".to_owned())
    } else {
        step.run(setting)
            .unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")))
    };
    if let Outcome::Failed(why) = &outcome {
        println!("{} failed: {why}", step.name());
    }
    if step == Step::Tests && !matches!(outcome, Outcome::Skipped(_)) {
        report.leave_out(setting.left_out()?);
    }
    report.add(step.name(), outcome, start.elapsed());
    Ok(())
}

fn heading(name: &str) {
    println!("\n==== {name}");
}

/// A missing tool is a failure where nobody watches, and a gap that is told where somebody does.
fn judge_setup(tools: &[(Component, Status)]) -> Outcome {
    let missing = || {
        tools
            .iter()
            .filter(|(_, status)| status.tool().is_none())
            .map(|(component, _)| *component)
    };
    let names: Vec<_> = missing().map(Component::name).collect();
    if names.is_empty() {
        Outcome::Passed
    } else if is_ci() && missing().any(Component::can_be_installed) {
        Outcome::Failed(format!("missing: {}", names.join(", ")))
    } else {
        Outcome::Skipped(format!("missing: {}", names.join(", ")))
    }
}

fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
