//! `cargo xtask demo`: the incident, played on real sockets of this machine.
//!
//! [`stage`] starts the programs. [`incident`] plays a [`flood`] in phases while a [`crowd`] of [`patient`]s comes,
//! each with a [`browser`] of their own. Afterwards the origin's [`access_log`] and a [`census`] of its database say
//! what really happened, and the [`report`] tells it. All connections are made in [`loopback`], which refuses to leave
//! this machine.

mod access_log;
mod browser;
mod census;
mod crowd;
mod device;
mod flood;
mod incident;
mod loopback;
mod pacer;
mod page;
mod patient;
mod progress;
mod report;
mod settings;
mod stage;
#[cfg(test)]
mod stand_in;
mod table;
mod tally;
mod verdict;

use anyhow::Context as _;
use census::Census;
use incident::{Aftermath, Incident, Tallies};
use progress::Progress;
use report::{Findings, Report};
use settings::FREE_LANE;
use stage::{HostKind, Stage};
use std::{path::PathBuf, process::ExitCode};
use tokio_util::sync::CancellationToken;

/// The exit code of a program that was interrupted, as shells count it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// Play the incident: a flood, and the patients who need a number meanwhile.
///
/// Builds and starts the booking app with the filter in front of it, floods it from one address and then from
/// thousands, lets patients book through the flood, and tells whether the flood was held. All of it stays on
/// 127.0.0.0/8. The exit code is 1 when a patient got no number, when a number is missing or double, or when more of the flood
/// reached the app than the free lane allows.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the filter runs in
    #[arg(long, value_enum, default_value_t = HostKind::Wasmtime)]
    host: HostKind,

    /// Length of the incident
    #[arg(long, value_name = "S", default_value_t = 45, value_parser = clap::value_parser!(u16).range(4..=600))]
    seconds: u16,

    /// Requests of the flood a second, at most; the default is the average of the incident that the demo is about
    #[arg(long, value_name = "N", default_value_t = 2_083, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    rate: u32,

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
    let stage = Stage::set(args.host)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play(args, &stage))
}

async fn play(args: Args, stage: &Stage) -> anyhow::Result<ExitCode> {
    let incident = Incident {
        target: stage.target()?,
        seconds: args.seconds,
        rate: args.rate,
    };
    eprintln!(
        "{} s of flood at up to {} requests a second, and {} patients, against {}",
        incident.seconds,
        incident.rate,
        incident.patients(),
        incident.target.socket_address()
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
    let tallies = Tallies::default();
    let (aftermath, filter_rss_bytes) = watch(&incident, &tallies, stage, &stop).await;
    if stop.is_cancelled() {
        eprintln!("Interrupted.");
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let report = Report::new(
        &find_out(stage, &aftermath, filter_rss_bytes).await?,
        &tallies,
        &aftermath,
    );
    let held = report.breaches().is_empty();
    println!("{}\n{}", report.headline(), report.table());
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
            incident.target.socket_address(),
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

/// Plays the incident with a display of it. Returns also the most memory that the filter's host was seen to hold.
async fn watch(
    incident: &Incident,
    tallies: &Tallies,
    stage: &Stage,
    stop: &CancellationToken,
) -> (Aftermath, u64) {
    let progress = Progress::start(incident.seconds);
    let mut looks = tokio::time::interval(progress::INTERVAL);
    let mut memory = 0;
    let mut playing = std::pin::pin!(incident.play(tallies, stop));
    let aftermath = loop {
        tokio::select! {
            aftermath = &mut playing => break aftermath,
            _ = looks.tick() => {
                progress.show(tallies);
                memory = stage.host_memory().max(memory);
            }
        }
    };
    progress.finish();
    (aftermath, memory)
}

/// Asks the origin and its database what happened.
async fn find_out(stage: &Stage, aftermath: &Aftermath, filter_rss_bytes: u64) -> anyhow::Result<Findings> {
    let origin = stage.origin();
    access_log::complete(origin.access_log(), origin.address().try_into()?).await?;
    let census = Census::read(origin.database())?;
    let held = aftermath
        .patients
        .iter()
        .filter_map(|outcome| Some(&outcome.as_ref().ok()?.0));
    Ok(Findings {
        host: stage.kind().name(),
        flood_at_origin: access_log::requests_of(flood::USER_AGENT, origin.access_log())?,
        free_lane_allowance: FREE_LANE.allowance(aftermath.flood_time),
        numbers_issued: census.issued(),
        faults: census.faults(held),
        filter_rss_bytes,
    })
}
