//! Replays and rehearsals: the scenarios that come with Levee hold with the module that is shipped, the same way each time, and
//! virtual time agrees with real sockets.

mod needs_envoy;
mod shipped;

use levee_harness::Module;
use levee_rehearsal::{
    replay::Replay,
    scenario::{Scenario, Shipped},
    settings::Settings,
};
use levee_report::Findings;
use levee_testing::tools;

/// A scenario that comes with Levee, with so many times as many requests of floods.
fn replay(name: &str, floods: f64) -> Replay {
    let text = Shipped::ALL
        .into_iter()
        .find(|shipped| shipped.name == name)
        .map(|shipped| shipped.text)
        .expect("the scenario ships");
    Replay {
        name: name.to_owned(),
        scenario: Scenario::parse(name, text)
            .expect("the scenario can be read")
            .with_floods_scaled(floods),
        text: text.to_owned(),
        module: Module::from_file(tools::path(tools::WASM)).expect("the module loads"),
        settings: Settings::read(Shipped::CONFIGURATION.as_bytes()).expect("the configuration is valid"),
        baselines: false,
    }
}

fn play(replay: &Replay) -> Findings {
    replay.play(|_, _| {}).expect("the filter starts")
}
