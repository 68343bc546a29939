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
    let stage = Stage::start(plays).unwrap_or_else(|error| panic!("{error}"));
    if std::env::var_os("LEVEE_ENVOY_LOG").is_some() {
        println!("{}", stage.log());
    }
    let mut modules = BTreeMap::new();
    let mut played = Vec::new();
    for play in plays {
        let module = modules.entry(play.guest).or_insert_with(|| module(play.guest));
        let (sockets, addresses) = stage.cast(play).unwrap_or_else(|error| panic!("{}: {error}", play.name));
        let harness = in_harness::play(play, module, &addresses)
            .unwrap_or_else(|error| panic!("{} in the harness: {error}", play.name));
        let client = stage
            .play(play, sockets, &addresses)
            .unwrap_or_else(|error| panic!("{} in Envoy: {error}\n{}", play.name, stage.log()));
        played.push((harness, client));
    }
    let expected: Vec<(Play, usize)> = plays
        .iter()
        .zip(&played)
        .map(|(play, (harness, _))| (play.clone(), harness.main.len() + harness.worker.len()))
        .collect();
    stage.wait_for_log(&expected);
    let both = plays.iter().zip(played).enumerate();
    both.flat_map(|(number, (play, (harness, client)))| {
        let envoy = stage.observation(number, play, client);
        if std::env::var_os("LEVEE_SHOW").is_some() {
            println!("=== {}\n{envoy:#?}", play.name);
        }
        differences::between(play.name, &harness, &envoy)
    })
    .collect()
}

fn module(guest: &str) -> Module {
    let path = tools::path(tools::GUESTS).join(format!("{guest}.wasm"));
    Module::from_file(&path).unwrap_or_else(|error| panic!("{error}"))
}
