//! What exchanges cost in instructions and in crossings between module and host, compared with what is committed in
//! `benches/instructions.json`.
//!
//! The clock is moved by the test, entropy is seeded and state is warmed up: the same module always comes to the same figures.

mod baseline;
#[path = "../../parts/situation.rs"]
mod situation;
#[path = "../../parts/stage.rs"]
mod stage;

use std::{fs, path::Path};

use levee_harness::{Metering, Module, inspect::Inspection};
use levee_testing::tools;

use self::{
    baseline::{Baseline, Crossings, Measured},
    situation::Situation,
    stage::Stage,
};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");

/// Writes the baseline anew instead of comparing with it.
const BLESS: &str = "LEVEE_BLESS";

/// Exchanges that figures are averaged over: a power of two, so that an average is exact.
const EXCHANGES: u32 = 1_024;

#[test]
fn exchanges_cost_what_the_committed_baseline_says() {
    let bytes = fs::read(tools::path(tools::WASM)).unwrap();
    let measured = measure(&bytes);
    if std::env::var_os(BLESS).is_some() {
        let mut baseline = Baseline::read(Path::new(COMMITTED)).unwrap_or_default();
        baseline.record(&measured);
        fs::write(COMMITTED, baseline.to_text()).unwrap();
        return;
    }
    let differences = Baseline::read(Path::new(COMMITTED))
        .unwrap()
        .differences(&measured);
    assert!(
        differences.is_empty(),
        "what an exchange costs has changed:\n  {}\n\
         If that is meant, record it: {BLESS}=1 cargo xtask test --only tests -- committed_baseline",
        differences.join("\n  ")
    );
}

fn measure(bytes: &[u8]) -> Measured {
    let module = Module::compile(bytes, Metering::Fuel).unwrap_or_else(|error| panic!("{error}"));
    let mut measured = Measured {
        compiler: compiler(bytes),
        ..Measured::default()
    };
    for situation in Situation::all() {
        let name = situation.name;
        let cost = Stage::start(situation, &module).measure(EXCHANGES);
        let each = |all: u64| all as f64 / f64::from(EXCHANGES);
        measured
            .instructions
            .insert(name.to_owned(), cost.usage.fuel / u64::from(EXCHANGES));
        measured.crossings.insert(
            name.to_owned(),
            Crossings {
                callbacks: each(cost.usage.callbacks),
                host_calls: cost
                    .host_calls
                    .iter()
                    .map(|(function, calls)| ((*function).to_owned(), each(*calls)))
                    .collect(),
            },
        );
    }
    measured
}

/// The compiler that has made a module, with its version and where that comes from: each makes other instructions.
fn compiler(bytes: &[u8]) -> String {
    let inspection = Inspection::of(bytes).unwrap_or_else(|error| panic!("{error}"));
    let rustc = inspection.origin.tools.iter().find(|tool| tool.name == "rustc");
    let version = rustc.and_then(|rustc| rustc.version.as_deref());
    let Some(version) = version else {
        panic!(
            "the module does not tell its compiler, whose instructions these are: its section `producers` is \
             missing, which `cargo xtask build` leaves in"
        )
    };
    format!("rustc {version}")
}
