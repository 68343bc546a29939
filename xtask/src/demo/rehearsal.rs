//! `levee rehearse`, against everything that the demonstration starts.

use super::{findings::Findings, loopback::Target, stage::Stage, visit::Visit};
use anyhow::Context as _;
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How often the memory of the filter's host is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// What is left of a rehearsal.
#[derive(Debug)]
pub(super) struct Rehearsed {
    /// What it has found.
    pub(super) findings: Findings,
    /// How it went for each of the patients who have left.
    pub(super) visits: Vec<Visit>,
    /// The most memory that the filter's host was seen to hold meanwhile, in bytes.
    pub(super) memory: u64,
}

/// Plays a scenario; `None` when it was stopped.
///
/// # Errors
///
/// When the command cannot play it, or what it says cannot be read.
pub(super) async fn play(
    stage: &Stage,
    scenario: &Value,
    stop: &CancellationToken,
) -> anyhow::Result<Option<Rehearsed>> {
    let scenario_file = stage.directory().join("phase.yaml");
    let visits_file = stage.directory().join("visits.jsonl");
    fs::write(&scenario_file, scenario.to_string())?;
    let mut command = rehearse(stage, scenario_file.as_os_str())?;
    command.arg("--json").arg("-").arg("--visits").arg(&visits_file);
    let mut command = tokio::process::Command::from(command);
    let child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let ended = child
        .with_context(|| format!("cannot run {command:?}"))?
        .wait_with_output();
    let mut ended = std::pin::pin!(ended);
    let mut looks = tokio::time::interval(LOOK_INTERVAL);
    let mut memory = 0;
    let ended = loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            ended = &mut ended => break ended?,
            _ = looks.tick() => memory = stage.host_memory().max(memory),
        }
    };
    // A promise that was not kept is told by the report.
    anyhow::ensure!(
        matches!(ended.status.code(), Some(0 | 1)),
        "`levee rehearse` {}; the scenario was {scenario}",
        ended.status
    );
    Ok(Some(Rehearsed {
        findings: serde_json::from_slice(&ended.stdout).context("reading what `levee rehearse` has found")?,
        visits: visits(&visits_file)?,
        memory,
    }))
}

/// Lets the command play a scenario by itself, and write its report.
///
/// # Errors
///
/// When the command cannot be run.
pub(super) fn report(stage: &Stage, scenario: &str) -> anyhow::Result<ExitCode> {
    let report = stage.reports().join(format!("rehearsal-{}", stage.kind().name()));
    let mut command = rehearse(stage, scenario.as_ref())?;
    let status = command
        .arg("--out")
        .arg(&report)
        .status()
        .with_context(|| format!("cannot run {command:?}"))?;
    println!("{}", report.join("report.html").display());
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

fn rehearse(stage: &Stage, scenario: &std::ffi::OsStr) -> anyhow::Result<Command> {
    let mut command = Command::new(stage.command());
    let doors = stage.doors();
    let (first, others) = doors.split_first().context("the host listens nowhere")?;
    // Load that would leave this machine is refused before anything is run.
    let first = Target::try_from(*first)?;
    command
        .arg("rehearse")
        .arg(format!("http://{}", first.socket_address()))
        .arg(scenario)
        .arg("--config")
        .arg(stage.configuration_file())
        .arg("--payment-key-file")
        .arg(stage.payment_key_file());
    for door in others {
        command.arg("--door").arg(door.port().to_string());
    }
    if stage.kind().is_behind_edge() {
        command.arg("--behind-edge");
    }
    Ok(command)
}

fn visits(file: &Path) -> anyhow::Result<Vec<Visit>> {
    let reading = || format!("reading {}", file.display());
    let text = fs::read_to_string(file).with_context(reading)?;
    let visits: Result<_, _> = text.lines().map(serde_json::from_str).collect();
    let mut visits: Vec<Visit> = visits.with_context(reading)?;
    visits.retain(Visit::is_of_a_patient);
    Ok(visits)
}
