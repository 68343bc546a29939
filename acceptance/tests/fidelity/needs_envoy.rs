//! The comparison.

use crate::{
    differences::{self, Difference},
    in_envoy::Stage,
    in_harness,
    play::Play,
    plays,
};
use levee_harness::Module;
use levee_testing::tools;
use std::collections::BTreeMap;

#[test]
fn a_filter_cannot_tell_the_harness_from_envoy() {
    let mut plays = plays::all();
    if let Ok(only) = std::env::var("LEVEE_PLAYS") {
        plays.retain(|play| only.split(',').any(|name| play.name.starts_with(name)));
    }
    let found = compare(&plays);
    let report: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "the harness (left) and Envoy (right) differ in {} places of {} plays:\n\n{}",
        found.len(),
        plays.len(),
        report.join("\n")
    );
}

fn compare(plays: &[Play]) -> Vec<Difference> {
    let mut modules = BTreeMap::new();
    let mut left = plays;
    let mut differences = Vec::new();
    while !left.is_empty() {
        let (played, rest) = act(left, &mut modules);
        differences.extend(played);
        left = rest;
    }
    differences
}

/// Plays as many as one Envoy gets through: it ends with the first play that crashes it. Returns what was found, and the
/// plays that are left.
fn act<'a>(plays: &'a [Play], modules: &mut BTreeMap<&'static str, Module>) -> (Vec<Difference>, &'a [Play]) {
    let stage = Stage::start(plays).unwrap_or_else(|error| panic!("{error}"));
    let mut played = Vec::new();
    for play in plays {
        let module = modules.entry(play.guest).or_insert_with(|| module(play.guest));
        let (sockets, addresses) = stage
            .cast(play)
            .unwrap_or_else(|error| panic!("{}: {error}", play.name));
        let harness = in_harness::play(play, module, &addresses)
            .unwrap_or_else(|error| panic!("{} in the harness: {error}", play.name));
        let mut client = stage
            .play(play, sockets, &addresses)
            .unwrap_or_else(|error| panic!("{} in Envoy: {error}", play.name));
        let crashed = !stage.is_alive();
        if crashed {
            client.push("Envoy has crashed".to_owned());
        }
        played.push((harness, client));
        if crashed {
            break;
        }
    }
    let expected: Vec<(Play, usize)> = plays
        .iter()
        .zip(&played)
        .map(|(play, (harness, _))| (play.clone(), harness.main.len() + harness.worker.len()))
        .collect();
    stage.wait_for_log(&expected);
    let log = stage.log();
    let count = played.len();
    let both = plays.iter().zip(played).enumerate();
    let differences = both.flat_map(|(number, (play, (harness, client)))| {
        let envoy = stage.observation(&log, number, play, client);
        if std::env::var_os("LEVEE_SHOW").is_some() {
            println!("=== {}\n{envoy:#?}", play.name);
        }
        differences::between(play.name, &harness, &envoy)
    });
    (differences.collect(), plays.get(count..).unwrap_or_default())
}

fn module(guest: &str) -> Module {
    let path = tools::path(tools::GUESTS).join(format!("{guest}.wasm"));
    Module::from_file(&path).unwrap_or_else(|error| panic!("{error}"))
}
