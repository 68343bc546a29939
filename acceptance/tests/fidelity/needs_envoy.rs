//! The comparison.
//!
//! While a play is being written, `LEVEE_PLAYS=name,other` plays only those whose names begin so, and `LEVEE_SHOW=1` also
//! shows what was seen in Envoy.

use crate::{
    differences::{self, Difference},
    in_envoy::Stage,
    in_harness,
    known::KNOWN_DIFFERENCES,
    observation::Observation,
    play::Play,
    plays,
};
use levee_harness::Module;
use levee_testing::{StartError, tools};
use std::{
    collections::BTreeMap,
    env,
    sync::{Mutex, PoisonError},
    thread,
};

/// Plays that wait, wait together.
const AT_ONCE: usize = 6;

#[test]
fn a_filter_cannot_tell_the_harness_from_envoy() {
    let all = plays::all();
    let only = env::var("LEVEE_PLAYS").ok();
    let chosen: Vec<Play> = all
        .into_iter()
        .filter(|play| {
            only.as_ref()
                .is_none_or(|only| only.split(',').any(|name| play.name.starts_with(name)))
        })
        .collect();
    let (known, unknown): (Vec<_>, Vec<_>) = compare(&chosen)
        .into_iter()
        .partition(|difference| KNOWN_DIFFERENCES.iter().any(|known| known.explains(difference)));
    let report: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    assert!(
        unknown.is_empty(),
        "the harness (left) and Envoy (right) differ in {} places of {} plays:\n\n{}",
        unknown.len(),
        chosen.len(),
        report.join("\n")
    );
    if only.is_none() {
        for difference in KNOWN_DIFFERENCES {
            assert!(
                known.iter().any(|found| difference.explains(found)),
                "this difference is gone, or its lines are not those any more: {difference:?}"
            );
        }
    }
}

#[test]
fn what_crashes_envoy_does_not_harm_the_harness() {
    for play in plays::crashes::plays() {
        let stage = Stage::start(std::slice::from_ref(&play)).unwrap_or_else(|error| panic!("{error}"));
        let (sockets, addresses) = stage
            .cast(&play)
            .unwrap_or_else(|error| panic!("{}: {error}", play.name));
        // What the client gets of a process that ends is a matter of time.
        let _ = stage.play(&play, sockets, &addresses);
        assert!(
            stage.ends(),
            "{} does not crash Envoy any more: compare it",
            play.name
        );
        let harness = in_harness::play(&play, &module(play.guest), &addresses)
            .unwrap_or_else(|error| panic!("{} in the harness: {error}", play.name));
        assert_eq!(
            harness.client.first().map(String::as_str),
            Some("200"),
            "{}",
            play.name
        );
    }
}

#[test]
fn a_start_that_envoy_refuses_is_refused_by_the_harness() {
    for play in plays::refused::plays() {
        let Err(StartError::Ended { log, .. }) = Stage::start(std::slice::from_ref(&play)) else {
            panic!("Envoy starts with {}", play.name);
        };
        let Err(refusal) = in_harness::start(&play, &module(play.guest)) else {
            panic!("the harness starts with {}", play.name);
        };
        let told = Stage::told(&log, play.name);
        assert_eq!(in_harness::told(&refusal), told, "{}: {refusal}", play.name);
    }
}

/// Plays all plays in one Envoy, and each in the harness.
fn compare(plays: &[Play]) -> Vec<Difference> {
    let stage = Stage::start(plays).unwrap_or_else(|error| panic!("{error}"));
    let guests: BTreeMap<&str, Module> = plays
        .iter()
        .map(|play| (play.guest, module(play.guest)))
        .collect();
    let played = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for first in 0..AT_ONCE {
            let (stage, guests, played) = (&stage, &guests, &played);
            scope.spawn(move || {
                for (number, play) in plays.iter().enumerate().skip(first).step_by(AT_ONCE) {
                    let both = play_in_both(stage, play, &guests[play.guest]);
                    played
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(number, both);
                }
            });
        }
    });
    let played = played.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(stage.is_alive(), "Envoy has ended; it wrote:\n{}", stage.log());
    let lines = |(harness, _): &(Observation, _)| harness.main.len() + harness.worker.len();
    let expected = plays.iter().zip(played.values().map(lines));
    // Where the hosts differ, there is no knowing how much is to come.
    let is_alike = |name| !KNOWN_DIFFERENCES.iter().any(|known| known.plays.contains(&name));
    let expected: Vec<(&Play, usize)> = expected.filter(|(play, _)| is_alike(play.name)).collect();
    stage.wait_for_log(&expected);
    let log = stage.log();
    let both = plays.iter().enumerate().zip(played.into_values());
    both.flat_map(|((number, play), (harness, client))| {
        let envoy = stage.observation(&log, number, play, client);
        if env::var_os("LEVEE_SHOW").is_some() {
            println!("=== {}\n{envoy:#?}", play.name);
        }
        differences::between(play.name, &harness, &envoy)
    })
    .collect()
}

/// What was seen in the harness, and what the client of Envoy got.
fn play_in_both(stage: &Stage, play: &Play, module: &Module) -> (Observation, Vec<String>) {
    let (sockets, addresses) = stage
        .cast(play)
        .unwrap_or_else(|error| panic!("{}: {error}", play.name));
    let harness = in_harness::play(play, module, &addresses)
        .unwrap_or_else(|error| panic!("{} in the harness: {error}", play.name));
    let client = stage
        .play(play, sockets, &addresses)
        .unwrap_or_else(|error| panic!("{} in Envoy: {error}", play.name));
    (harness, client)
}

/// A guest's module, which is compiled once for all tests.
fn module(guest: &str) -> Module {
    static COMPILED: Mutex<BTreeMap<String, Module>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = compiled.get(guest) {
        return module.clone();
    }
    let path = tools::path(tools::GUESTS).join(format!("{guest}.wasm"));
    let module = Module::from_file(&path).unwrap_or_else(|error| panic!("{error}"));
    compiled.insert(guest.to_owned(), module.clone());
    module
}
