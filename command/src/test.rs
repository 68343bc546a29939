//! `levee test`.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use levee_harness::scenario::{Choice, File, ProfileChoice, Report, Told, play, schema};

const EXAMPLES: &str = "Examples:
  levee test quota.yaml
  levee test scenarios/*.yaml --module target/filter.wasm --profile ngx
  levee test quota.yaml --filter 'beyond its quota' --seed 7
  levee test scenarios/*.yaml --junit report.xml --json report.json
  levee test --schema > scenario.schema.json

A file, which names the filter, what surrounds it, and what is to happen:
  module: filter.wasm
  configuration: { requests_per_minute: 2 }
  scenarios:
    - name: a client beyond its quota is refused, and served again a minute later
      steps:
        - request: /a
          repeat: 2
          expect: { status: 200 }
        - request: /a
          expect: { status: 429, headers: { retry-after: present }, forwarded: false }
        - wait: 1m
        - request: /a
          expect: { status: 200, within: 30ms }

Time in scenarios is virtual: an hour passes at once. The schema describes all keys; editors that know it complete them.

Exit code 0 if all is as expected, 1 if not, 2 if a file is wrong or something cannot be loaded.";

/// Arguments of `levee test`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files of scenarios.
    #[arg(value_name = "FILE", required_unless_present = "schema")]
    files: Vec<PathBuf>,
    /// The filter, whatever the files name: a WebAssembly module, binary or as text.
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
    /// The host to imitate, whatever the files name: envoy, strict or ngx.
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileChoice>,
    /// From what chance is drawn, whatever the files name.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Only scenarios with this text in their names.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How many scenarios are played at a time; as many as there are processors unless said otherwise.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Write a report as JUnit's XML to this file.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a report as JSON to this file, or to standard output if it is -; then nothing else is written there.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print the JSON Schema of scenario files, for editors, and do nothing else.
    #[arg(long)]
    schema: bool,
}

/// How long it has to take until a progress bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Plays the files.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.schema {
        println!("{:#}", schema());
        return Ok(ExitCode::SUCCESS);
    }
    match played(arguments) {
        Ok(report) if report.passed() => Ok(ExitCode::SUCCESS),
        Ok(_) => Ok(ExitCode::FAILURE),
        Err(error) => {
            eprintln!("error: {error:#}");
            Ok(ExitCode::from(2))
        }
    }
}

fn played(arguments: &Arguments) -> anyhow::Result<Report> {
    let begin = Instant::now();
    let files = read(&arguments.files)?;
    let choice = Choice {
        module: arguments.module.clone(),
        profile: arguments.profile.clone(),
        seed: arguments.seed,
        filter: arguments.filter.clone(),
        jobs: arguments.jobs.map_or_else(processors, usize::from),
    };
    let bar = OnceLock::new();
    let report = play(&files, &choice, &|done, all| {
        if begin.elapsed() > PATIENCE && std::io::stderr().is_terminal() {
            bar.get_or_init(|| progress_bar(all)).set_position(done as u64);
        }
    })?;
    if let Some(bar) = bar.get() {
        bar.finish_and_clear();
    }
    if let Some(path) = &arguments.junit {
        std::fs::write(path, report.to_junit())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut out = std::io::stdout().lock();
    let to_stdout = arguments
        .json
        .as_ref()
        .is_some_and(|path| path.as_os_str() == "-");
    if let Some(path) = &arguments.json {
        let json = serde_json::to_string_pretty(&report)? + "\n";
        if to_stdout {
            out.write_all(json.as_bytes())?;
        } else {
            std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    if !to_stdout {
        let colours = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        write!(
            out,
            "{}",
            Told::new(&report).colours(colours).took(begin.elapsed())
        )?;
    }
    Ok(report)
}

/// All files, or the problems of all of them.
fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<File>> {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match File::read(path) {
            Ok(file) => files.push(file),
            Err(unreadable) => problems.push(unreadable.to_string()),
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        anyhow::bail!("{}", problems.join("\n"))
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn progress_bar(all: usize) -> ProgressBar {
    let bar = ProgressBar::new(all as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} scenarios") {
        bar.set_style(style);
    }
    bar
}
