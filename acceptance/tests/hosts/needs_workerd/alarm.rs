//! What the Durable Objects do when nobody asks them.

use super::{
    behaviour::{InWorkerd, launch},
    databases,
};
use crate::wire;
use levee_behaviour::{
    Message, Site,
    client::earn,
    configuration::{closed, with},
};
use serde_json::json;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Entries that all objects together have written.
fn stored(storage: &Path) -> i64 {
    databases::of_ledger(storage)
        .iter()
        .filter_map(databases::entries)
        .sum()
}

#[test]
fn what_is_stored_and_says_nothing_any_more_is_removed() {
    let storage = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    // What is kept of it is over a tenth of a second after each use.
    let quota =
        json!({ "lifetime_seconds": 3600, "quota": { "limit": 10, "window_seconds": 1, "burst": 10 } });
    let workerd = launch(&with(closed(), "clearance", quota), 1, Some(storage.path()))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut site = InWorkerd::new(workerd);
    let ask = Message::get("/").from(81, 1);
    let clearance = earn(&mut site, &ask);
    // After a pause of more than a second a change is written at once.
    site.pass(Duration::from_millis(1_500));
    let before = stored(storage.path());
    assert!(site.send(&ask.clone().cleared(&clearance)).was_forwarded());
    assert_eq!(
        stored(storage.path()),
        before + 1,
        "written before it is answered"
    );
    // What follows waits for the alarm, which also tidies up.
    assert!(site.send(&ask.cleared(&clearance)).was_forwarded());
    let began = Instant::now();
    while stored(storage.path()) > before {
        assert!(began.elapsed() < wire::PATIENCE, "it is still there");
        site.pass(Duration::from_millis(100));
    }
}
