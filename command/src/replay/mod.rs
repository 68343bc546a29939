//! `levee replay`.

mod progress;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use levee_harness::{Metering, Module};
use levee_rehearsal::{
    replay::Replay,
    scenario::{Scenario, Shipped, schema},
    settings::Settings,
};

use crate::{
    guest::contents,
    told::{self, Told},
};
use progress::Progress;

const EXAMPLES: &str = "Examples:
  levee replay incident --module levee.wasm --config levee.json --out report
  levee replay incident --module levee.wasm
  levee replay my-day.yaml --module levee.wasm --config levee.json --json findings.json
  levee replay --list
  levee replay --print incident > my-day.yaml
  levee replay --schema > day.schema.json

Hours pass in seconds, because time is virtual: each worker is a thread of its own, and the same seed gives the same
findings to the last request. The same day is then played with something else in the filter's place, for comparison.
Without --config the filter has the configuration that the scenarios that come with Levee are written for.
Exit code 0 if everything that the scenario promises was kept, 1 if not, 2 if it could not be played.";

/// Arguments of `levee replay`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A scenario: a YAML file, or the name of one that comes with Levee.
    #[arg(value_name = "SCENARIO", required_unless_present_any = ["list", "print", "schema"])]
    scenario: Option<String>,
    /// The filter: Levee's module.
    #[arg(long, value_name = "MODULE.wasm", required_unless_present_any = ["list", "print", "schema"])]
    module: Option<PathBuf>,
    /// Its configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    told: Told,
    /// Leave out the comparison.
    #[arg(long)]
    no_baselines: bool,
    /// Workers of the proxy, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: Option<u8>,
    /// Where chance comes from, instead of the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// So many times the requests of all floods, as in 0.05.
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    floods: Option<f64>,
    /// List the scenarios that come with Levee.
    #[arg(long)]
    list: bool,
    /// Print one of them, to begin one's own with.
    #[arg(long, value_name = "NAME", value_parser = told::shipped)]
    print: Option<Shipped>,
    /// Print the JSON Schema of scenarios.
    #[arg(long)]
    schema: bool,
}

/// Plays the scenario, and tells what was found.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.list {
        println!("{}", told::list());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(shipped) = arguments.print {
        print!("{}", shipped.text);
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.schema {
        println!("{:#}", schema());
        return Ok(ExitCode::SUCCESS);
    }
    let replay = arguments.replay()?;
    let mut progress = Progress::new(&replay.scenario);
    let findings = replay.play(|part, watch| progress.begin(part, watch))?;
    progress.finish();
    arguments.told.tell(&findings)
}

impl Arguments {
    fn replay(&self) -> anyhow::Result<Replay> {
        let (name, scenario, text) = told::scenario(self.scenario.as_deref().unwrap_or_default())?;
        let bytes = contents("module", self.module.as_ref())?;
        Ok(Replay {
            name,
            scenario: self.changed(scenario),
            text,
            module: Module::compile(&bytes, Metering::Off)?,
            settings: settings(self.config.as_ref())?,
            baselines: !self.no_baselines,
        })
    }

    fn changed(&self, mut scenario: Scenario) -> Scenario {
        if let Some(workers) = self.workers {
            scenario.workers = workers.into();
        }
        if let Some(seed) = self.seed {
            scenario.seed = seed;
        }
        match self.floods {
            Some(factor) => scenario.with_floods_scaled(factor),
            None => scenario,
        }
    }
}

/// The configuration, or that of the scenarios that come with Levee.
pub(crate) fn settings(file: Option<&PathBuf>) -> anyhow::Result<Settings> {
    let text = match file {
        Some(_) => contents("configuration", file)?,
        None => Shipped::CONFIGURATION.into(),
    };
    Ok(Settings::read(&text)?)
}

/// A factor for the requests of floods.
pub(crate) fn factor(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.000_001..=1_000.0).contains(&factor) => Ok(factor),
        _ => Err("it must be a number from 0.000001 to 1000".to_owned()),
    }
}
