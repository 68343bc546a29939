//! A scenario of `levee rehearse`, against everything that the demonstration starts.

use super::stage::{HostKind, Stage};
use anyhow::Context as _;
use std::process::{Command, ExitCode};

/// Lets the command play the scenario, and write its report.
///
/// # Errors
///
/// When the command cannot be run, or with a host that clients do not reach at one address.
pub(super) fn rehearse(stage: &Stage, scenario: &str) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        stage.kind() != HostKind::Workerd,
        "in workerd clients are told apart by what an edge says of them, which `levee rehearse` does not do: take --host envoy or \
         --host wasmtime"
    );
    let report = stage.reports().join(format!("rehearsal-{}", stage.kind().name()));
    let mut command = Command::new(stage.command());
    command
        .arg("rehearse")
        .arg(format!("http://{}", stage.target()?.socket_address()))
        .arg(scenario)
        .arg("--config")
        .arg(stage.configuration_file())
        .arg("--out")
        .arg(&report);
    let status = command
        .status()
        .with_context(|| format!("cannot run {command:?}"))?;
    println!("{}", report.join("report.html").display());
    Ok(ExitCode::from(
        status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1),
    ))
}
