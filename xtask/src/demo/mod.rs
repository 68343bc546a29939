//! `cargo xtask demo`: the incident, played on real sockets of this machine.
//!
//! [`stage`] starts the programs. The [`incident`] has six [`phase`]s, each a [`scenario`] that `levee rehearse` plays on real
//! sockets: in some a flood or a botnet attacks, and in each patients come, who may have to wait in line. Afterwards its
//! [`findings`], the [`visit`]s of all patients, the origin's [`access_log`] and a [`census`] of its database say what really
//! happened, and the [`report`] tells it.

mod access_log;
mod census;
mod findings;
mod incident;
mod phase;
mod rehearsal;
mod report;
mod scenario;
mod settings;
mod stage;
mod verdict;
mod visit;

use access_log::AccessLog;
use anyhow::Context as _;
use census::Census;
use incident::Incident;
use levee_loopback as loopback;
use report::{Report, Surroundings};
use stage::{HostKind, Stage};
use std::{path::PathBuf, process::ExitCode};
use tokio_util::sync::CancellationToken;

/// The exit code of a program that was interrupted, as shells count it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// Play the incident: floods, a botnet and a surge, and the patients who need a number meanwhile.
///
/// Builds and starts the booking app with the filter in front of it, and plays six phases: a quiet morning, a flood from
/// one address, one from thousands, bots that work for clearances, more patients at once than the app can carry,
/// and a quiet morning again. Tells whether the app was kept from harm and the patients from everything but a short
/// wait. All of it stays on 127.0.0.0/8. The exit code is 1 when a patient got no number or met a challenge on a quiet
/// morning, when a number is missing or double, when more of an attack reached the app than may or more at once than it
/// can carry, or when the waiting line was not served in order.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the filter runs in
    #[arg(long, value_enum, default_value_t = HostKind::Wasmtime)]
    host: HostKind,

    /// Worker threads of the host, each with a VM of its own; they share all budgets
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    workers: u32,

    /// Length of the incident, shared by its phases; pauses and the last patients come on top
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u16).range(4..=600))]
    seconds: u16,

    /// Requests of a flood a second, at most; the default is the average of the incident that the demo is about
    #[arg(long, value_name = "R", default_value_t = 2_083, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    rate: u32,

    /// Play this scenario of `levee rehearse` in place of the phases: a file, or the name of one that comes with Levee. Its report
    /// is written to target/levee
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["seconds", "rate", "json", "keep"])]
    scenario: Option<String>,

    /// Also write the result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Leave everything running afterwards, for a browser, until Ctrl-C
    #[arg(long)]
    keep: bool,
}

/// Plays the demonstration.
///
/// # Errors
///
/// When it cannot be set up, or what happened cannot be found out. That the flood was not held is no error but an
/// exit code.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let stage = Stage::set(args.host, args.workers)?;
    if let Some(scenario) = &args.scenario {
        return rehearsal::report(&stage, scenario);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play(args, &stage))
}

async fn play(args: Args, stage: &Stage) -> anyhow::Result<ExitCode> {
    let incident = Incident {
        seconds: args.seconds,
        rate: args.rate,
    };
    eprintln!(
        "{} s with floods of up to {} requests a second, and {} patients, against {}",
        incident.duration().as_secs(),
        incident.rate,
        incident.patients(),
        stage.kind().name()
    );
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            // Without a handler Ctrl-C still ends the program, only less tidily.
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        }
    });
    let played = incident.play(stage, &stop).await?;
    if stop.is_cancelled() {
        eprintln!("Interrupted.");
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let report = Report::new(&find_out(stage).await?, &played);
    let held = report.breaches().is_empty();
    println!("{}\n{}\n{}", report.headline(), report.table(), report.charts());
    for reason in report.reasons() {
        println!("{reason}");
    }
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, json + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !held {
        eprintln!("The end of the filter's log:\n{}", stage.host_log_tail());
    }
    if args.keep {
        println!(
            "Open http://{} in a browser (the app without the filter: http://{}). Ctrl-C ends it.",
            stage.doors().first().context("the host listens nowhere")?,
            stage.origin().address()
        );
        stop.cancelled().await;
    }
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Asks the origin and its database what happened.
async fn find_out(stage: &Stage) -> anyhow::Result<Surroundings> {
    let origin = stage.origin();
    let access_log = AccessLog::complete(origin.access_log(), origin.address().try_into()?).await?;
    Ok(Surroundings {
        host: stage.kind().name(),
        workers: stage.workers(),
        census: Census::read(origin.database())?,
        access_log,
    })
}
