//! What outlives a workerd that is killed.

use super::{
    behaviour::{InWorkerd, launch},
    databases,
};
use crate::{edge::through_the_edge, load::Connection};
use levee_behaviour::{
    Message, Site,
    client::earn,
    configuration::{closed, with},
};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// What is older than this is kept: a second until a change is written, and what an alarm may be late.
const BOUND: Duration = Duration::from_secs(3);

/// The most requests of a flood, whatever happens.
const MOST: usize = 50_000;

fn start(configuration: &Value, storage: &Path) -> InWorkerd {
    let workerd = launch(configuration, 2, Some(storage)).unwrap_or_else(|error| panic!("{error}"));
    InWorkerd::new(workerd)
}

/// Asks without end for what needs a clearance, from ever new addresses, until the site is gone.
fn flood(site: SocketAddr, from: u8, is_over: &AtomicBool) -> usize {
    let Ok(mut connection) = Connection::open(site, Ipv4Addr::LOCALHOST) else {
        return 0;
    };
    let message = |n: usize| {
        let host = u8::try_from(n % 250).unwrap_or(0);
        through_the_edge(&Message::get("/").from(from, host))
    };
    (0..MOST)
        .take_while(|_| !is_over.load(Ordering::Relaxed))
        .take_while(|n| connection.exchange(&[message(*n)]).is_ok())
        .count()
}

/// Closed, with clearances for 20 requests an hour.
fn twenty_an_hour() -> Value {
    let quota =
        json!({ "lifetime_seconds": 3600, "quota": { "limit": 20, "window_seconds": 3600, "burst": 20 } });
    with(closed(), "clearance", quota)
}

/// Stores more entries in each object than one brings into memory when it starts, of clients that nobody has seen. Their names
/// come first in order.
fn fill(storage: &Path) {
    const MORE_THAN_ONE_LOADS: u64 = 5_000;
    const IN_2096_IN_MICROSECONDS: i64 = 4_000_000_000_000_000;
    let objects = databases::of_ledger(storage);
    assert!(!objects.is_empty());
    for mut object in objects {
        let all = object.transaction().unwrap_or_else(|error| panic!("{error}"));
        for n in 0..MORE_THAN_ONE_LOADS {
            let name = [&b"c"[..], &n.to_be_bytes()].concat();
            all.execute(
                "INSERT INTO entries VALUES (?, ?)",
                (name, IN_2096_IN_MICROSECONDS),
            )
            .unwrap_or_else(|error| panic!("{error}"));
        }
        all.commit().unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn an_object_with_more_than_it_loads_when_it_starts_knows_everybody_all_the_same() {
    let storage = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let configuration = twenty_an_hour();
    let mut site = start(&configuration, storage.path());
    let ask = Message::get("/").from(80, 1);
    let cleared = ask.clone().cleared(&earn(&mut site, &ask));
    for _ in 0..12 {
        assert!(site.send(&cleared).was_forwarded());
    }
    site.pass(BOUND);
    drop(site);
    fill(storage.path());
    let mut site = start(&configuration, storage.path());
    let forwarded = (0..12).filter(|_| site.send(&cleared).was_forwarded()).count();
    assert_eq!(forwarded, 8, "of 20, twelve were used before");
}

#[test]
fn a_crash_in_a_flood_loses_no_clearance_and_no_quota_that_is_old_enough() {
    let storage = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let configuration = twenty_an_hour();
    let mut site = start(&configuration, storage.path());
    let patients: Vec<(Message, String)> = (1..6)
        .map(|host| {
            let ask = Message::get("/").from(80, host);
            let clearance = earn(&mut site, &ask);
            (ask, clearance)
        })
        .collect();
    let addresses = site.workerd().addresses().to_vec();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let is_over = &is_over;
        let floods: Vec<_> = (90..)
            .zip(&addresses)
            .map(|(from, address)| scope.spawn(move || flood(*address, from, is_over)))
            .collect();
        for (ask, clearance) in &patients {
            for nth in 0..12 {
                site.go_to(nth % 2);
                assert!(site.send(&ask.clone().cleared(clearance)).was_forwarded());
            }
        }
        site.pass(BOUND);
        site.workerd().program_mut().kill();
        is_over.store(true, Ordering::Relaxed);
        for flood in floods {
            let sent = flood.join().unwrap_or_default();
            println!("{sent} requests of a flood");
            assert!(sent > 100, "that is no flood: {sent}");
        }
    });
    drop(site);
    let mut site = start(&configuration, storage.path());
    for (ask, clearance) in &patients {
        let forwarded = (0..12)
            .filter(|_| site.send(&ask.clone().cleared(clearance)).was_forwarded())
            .count();
        assert_eq!(forwarded, 8, "of 20, twelve were used before");
    }
}
