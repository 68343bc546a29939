//! Through real Envoy, to the real booking app. What a journey does and expects stands in `tests/browser/journeys/`.

mod first_visits;
mod hindered;
mod needs_axe;
mod needs_cpu_quota;
mod pictures;

use crate::stage::Stage;
use levee_testing::tools;
use serde_json::Value;
use std::{path::Path, process::Command};

/// Found by name, as whoever runs a journey by hand does.
const NODE: &str = "node";

/// Plays a journey on the stage and returns what it tells.
fn play(stage: &Stage, journey: &str, options: &Value) -> Value {
    play_at(stage, "http", journey, options)
}

fn play_at(stage: &Stage, scheme: &str, journey: &str, options: &Value) -> Value {
    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/run.mjs");
    let output = Command::new(NODE)
        .arg(runner)
        .arg(journey)
        .arg(format!("{scheme}://{}", stage.address()))
        .arg(options.to_string())
        .env(tools::CHROMIUM, tools::path(tools::CHROMIUM))
        .env(tools::NODE_MODULES, tools::path(tools::NODE_MODULES))
        .output()
        .unwrap_or_else(|error| panic!("{NODE}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        stage.log()
    );
    let told = said
        .lines()
        .last()
        .and_then(|line| serde_json::from_str(line).ok());
    told.unwrap_or_else(|| panic!("{journey} tells nothing: {said}"))
}
