//! `levee bench`.

mod table;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use levee_harness::bench::{Bench, Report, Span, Subject, Traffic};

use crate::{filter::FilterArguments, output::write};

const EXAMPLES: &str = "Examples:
  levee bench levee.wasm --config levee.json
  levee bench levee.wasm --config levee.json --clients 100000 --workers 2 --json bench.json
  levee bench new.wasm --against old.wasm --duration 20
  levee bench filter.wasm --request request.http --exchanges 100000

A request file is what goes over the wire: request line, headers, an empty line, body.
One exchange is a request's and a response's way through the filter, without sockets; the origin answers 200 at once.
The rate is the median of the rounds. --json - writes to standard output, and nothing else is written there.
Exit code 0, or 1 if the filter does not start or has trapped.";

/// Arguments of `levee bench`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    filter: FilterArguments,
    /// Another filter with the same configuration: the two take turns round by round, and are compared.
    #[arg(long, value_name = "OTHER.wasm")]
    against: Option<PathBuf>,
    /// Workers, each with a VM and a thread of its own.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Seconds of measuring for each filter, all rounds together.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, conflicts_with = "exchanges", value_parser = seconds)]
    duration: f64,
    /// Measure for so many exchanges instead.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    exchanges: Option<u64>,
    /// Rounds, of which the median counts.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// A file with the request to send, instead of a browser's GET.
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Path and query of the request.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Bytes of body to send, with POST.
    #[arg(long, value_name = "BYTES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1 << 30))]
    body: u32,
    /// Addresses that the requests come from in turn.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1 << 24))]
    clients: u32,
    /// Write the figures to this file, as JSON; - is standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.01..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("it must be a number of seconds from 0.01 to 86400".to_owned()),
    }
}

/// Measures, and reports.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut subjects = vec![Subject::new(
        name(&arguments.filter.module),
        arguments.filter.module_bytes()?,
    )];
    if let Some(other) = &arguments.against {
        let bytes =
            std::fs::read(other).with_context(|| format!("cannot read the module {}", other.display()))?;
        subjects.push(Subject::new(name(other), bytes));
    }
    let bench = Bench {
        profile: arguments.filter.profile.profile,
        configuration: arguments.filter.configuration()?,
        workers: arguments.workers.into(),
        limits: arguments.filter.limits(),
        rounds: arguments.rounds,
        span: arguments.exchanges.map_or_else(
            || Span::Time(Duration::from_secs_f64(arguments.duration)),
            Span::Exchanges,
        ),
    };
    let bar = progress_bar(arguments.rounds);
    let reports = bench.run(&subjects, &arguments.traffic()?, |done| {
        bar.set_position(done.into());
    })?;
    bar.finish_and_clear();

    let to_stdout = arguments.json.as_deref() == Some(Path::new("-"));
    if !to_stdout {
        print!("{}", table::summary(&reports));
    }
    if let Some(path) = &arguments.json {
        write(path, &json(&reports, &arguments.filter.profile.name)?)?;
    }
    Ok(ExitCode::from(u8::from(
        reports.iter().any(|report| report.traps > 0),
    )))
}

impl Arguments {
    fn traffic(&self) -> anyhow::Result<Traffic> {
        let mut traffic = match &self.request {
            Some(path) => {
                let message = std::fs::read(path)
                    .with_context(|| format!("cannot read the request {}", path.display()))?;
                Traffic::of_message(&message).with_context(|| path.display().to_string())?
            }
            None => Traffic::default(),
        };
        if let Some(path) = &self.path {
            traffic = traffic.path(path);
        }
        Ok(traffic.body(self.body as usize).clients(self.clients))
    }
}

fn name(path: &Path) -> String {
    path.file_stem().map_or_else(
        || path.display().to_string(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

fn progress_bar(rounds: u32) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rounds.into());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} round {pos} of {len}, {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The first filter's figures, and those of the other one with the ratio.
fn json(reports: &[Report], profile: &str) -> anyhow::Result<String> {
    let mut value = serde_json::to_value(reports.first())?;
    if let Some(object) = value.as_object_mut() {
        object.insert("profile".to_owned(), profile.into());
        if let [report, other] = reports {
            object.insert("against".to_owned(), serde_json::to_value(other)?);
            object.insert("ratio".to_owned(), table::ratio(report, other).into());
        }
    }
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}
