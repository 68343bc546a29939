//! `levee fuzz`.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use levee_harness::Limits;
use levee_harness::fuzz::{self, Budget, Failure, Fuzz, Progress, Source};

use crate::filter::FilterArguments;

const EXAMPLES: &str = "Examples:
  levee fuzz levee.wasm --config levee.json
  levee fuzz filter.wasm --cases 10000 --seed 7
  levee fuzz filter.wasm --profile strict --workers 4 --seconds 600

Whatever is sent, the filter must not trap nor run for ever, must not keep something of every client, path or value, must
not let out what is no HTTP, and must not hold an exchange for ever. What is found is shrunk and shown as requests, as a
scenario for `levee test`, and as a line for curl where curl can send it. Time is virtual, and work is counted in fuel:
with the same module, configuration and seed the same is found again.
Exit code 0 if nothing was found, 1 if something was, 2 if the filter cannot be fuzzed.";

/// Arguments of `levee fuzz`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    filter: FilterArguments,
    /// How long to go on when nothing is found.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    seconds: u64,
    /// Go on for so many cases instead: sequences of requests that the grammar makes.
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    cases: Option<u64>,
    /// From what all chance is drawn.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Workers, each with a VM.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    workers: u16,
    /// Most fuel of one callback, about a unit an instruction; whatever needs more is taken for endless.
    #[arg(long, value_name = "UNITS", default_value_t = 200_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    fuel: u64,
    /// Requests in a row by which growth is judged; tables of up to half as many entries are not taken for leaks.
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    soak: u64,
}

/// Fuzzes, and shows what was found.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match fuzz(arguments) {
        Ok(code) => code,
        // 1 says that something is wrong with the filter.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn fuzz(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let fuzz = Fuzz {
        profile: arguments.filter.profile.profile,
        limits: Limits {
            callback_fuel: arguments.fuel,
            callback_time: Duration::from_secs(60),
            ..arguments.filter.limits()
        },
        workers: arguments.workers.into(),
        seed: arguments.seed,
        budget: arguments.cases.map_or_else(
            || Budget::Time(Duration::from_secs(arguments.seconds)),
            Budget::Cases,
        ),
        soak: arguments.soak,
        ..Fuzz::new(
            arguments.filter.module_bytes()?,
            arguments.filter.configuration()?,
        )
    };
    let bar = progress_line();
    let outcome = fuzz.run(|progress| bar.set_message(line(&progress)));
    bar.finish_and_clear();
    let outcome = outcome?;
    match outcome.failure {
        None => {
            println!("nothing found: {}", line(&outcome.progress));
            Ok(ExitCode::SUCCESS)
        }
        Some(failure) => {
            show(&failure, arguments);
            Ok(ExitCode::from(1))
        }
    }
}

fn show(failure: &Failure, arguments: &Arguments) {
    println!("found after {} exchanges: {}", failure.exchanges, failure.finding);
    println!();
    if failure.confirmed {
        println!("These requests to a fresh host lead to it:");
    } else {
        println!("A fresh host does not come to it with the last requests alone, which were:");
    }
    println!();
    print!("{}", fuzz::readable(failure));
    let source = Source {
        module: &arguments.filter.module,
        configuration: arguments.filter.config.as_deref(),
        profile: &arguments.filter.profile.name,
        workers: arguments.workers.into(),
        seed: arguments.seed,
    };
    println!(
        "\nAs a scenario for `levee test`:\n\n{}",
        fuzz::scenario(failure, &source)
    );
    if let Some(curl) = fuzz::curl(failure) {
        println!("With curl, through `levee serve --listen 127.0.0.1:8080`, in bash:\n\n{curl}\n");
    }
    println!("Once more: {}", again(arguments));
}

/// The command line that finds the same.
fn again(arguments: &Arguments) -> String {
    let mut line = format!("levee fuzz {}", arguments.filter.module.display());
    if let Some(config) = &arguments.filter.config {
        line.push_str(&format!(" --config {}", config.display()));
    }
    if arguments.filter.profile.name != "envoy" {
        line.push_str(&format!(" --profile {}", arguments.filter.profile.name));
    }
    if arguments.workers != 2 {
        line.push_str(&format!(" --workers {}", arguments.workers));
    }
    format!("{line} --seed {}", arguments.seed)
}

fn line(progress: &Progress) -> String {
    let seconds = progress.elapsed.as_secs_f64().max(0.001);
    format!(
        "{} cases, {:.0} a second; {} exchanges; memory {} KiB; {} keys in the shared data",
        progress.cases,
        progress.cases as f64 / seconds,
        progress.exchanges,
        progress.memory_bytes / 1024,
        progress.shared_keys
    )
}

fn progress_line() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
