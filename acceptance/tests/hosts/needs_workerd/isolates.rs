//! Several isolates over one set of Durable Objects, as at Cloudflare's edge, where each place that requests reach has its
//! own: here, services of one workerd with a socket each.

use super::behaviour::{InWorkerd, launch};
use crate::{
    edge::through_the_edge,
    load::{Connection, Counts},
};
use levee_behaviour::{
    Message, Site,
    client::earn,
    configuration::{closed, free_lane, with},
};
use serde_json::{Value, json};
use std::{net::Ipv4Addr, thread, time::Instant};

const ISOLATES: usize = 4;

fn start(configuration: &Value) -> InWorkerd {
    let workerd = launch(configuration, ISOLATES, None).unwrap_or_else(|error| panic!("{error}"));
    InWorkerd::new(workerd)
}

/// Sends `messages(isolate)` to all isolates at once.
fn to_all(site: &mut InWorkerd, messages: impl Fn(usize) -> Vec<Message> + Sync) -> Counts {
    let addresses = site.workerd().addresses().to_vec();
    let messages = &messages;
    thread::scope(|scope| {
        let senders: Vec<_> = addresses
            .iter()
            .enumerate()
            .map(|(isolate, address)| {
                scope.spawn(move || {
                    let messages: Vec<Message> = messages(isolate).iter().map(through_the_edge).collect();
                    Connection::open(*address, Ipv4Addr::LOCALHOST)
                        .and_then(|mut connection| connection.exchange(&messages))
                        .unwrap_or_else(|error| panic!("{error}"))
                })
            })
            .collect();
        let mut counts = Counts::default();
        for sender in senders {
            counts += sender.join().unwrap_or_else(|_| panic!("a sender failed"));
        }
        counts
    })
}

#[test]
fn one_clearance_has_one_quota_in_all_isolates() {
    let quota =
        json!({ "lifetime_seconds": 3600, "quota": { "limit": 40, "window_seconds": 3600, "burst": 40 } });
    let mut site = start(&with(closed(), "clearance", quota));
    for client in 1..4 {
        let ask = Message::get("/").from(60, client);
        let clearance = earn(&mut site, &ask);
        let counts = to_all(&mut site, |_| vec![ask.clone().cleared(&clearance); 30]);
        assert_eq!(
            counts,
            Counts {
                forwarded: 40,
                refused: 80,
                failed: 0
            }
        );
    }
}

#[test]
fn a_clearance_earned_in_one_isolate_counts_in_every_other() {
    let mut site = start(&closed());
    let ask = Message::get("/").from(61, 1);
    let clearance = earn(&mut site, &ask);
    for isolate in 0..ISOLATES {
        site.go_to(isolate);
        let answer = site.send(&ask.clone().cleared(&clearance));
        // Of three.
        assert_eq!(answer.was_forwarded(), isolate < 3, "{isolate}: {answer:?}");
    }
}

#[test]
fn the_free_lane_is_one_for_all_isolates() {
    let budget = 60;
    let mut site = start(&free_lane(budget, 1_000));
    let began = Instant::now();
    // From ever new addresses, so that no prefix quota is what holds them.
    let counts = to_all(&mut site, |isolate| {
        let isolate = u8::try_from(isolate).unwrap_or(0);
        (0..200)
            .map(|host| Message::get("/").from(70 + isolate, host))
            .collect()
    });
    // A second of it may be leased, and one unit comes back in each.
    let most = usize::try_from(u64::from(budget) + began.elapsed().as_secs() + 2).unwrap_or(0);
    println!("{counts:?}, at most {most}");
    assert_eq!((counts.all(), counts.failed), (800, 0));
    assert!((50..=most).contains(&counts.forwarded), "{counts:?}");
}

#[test]
fn what_is_minted_in_one_isolate_raises_the_price_in_all() {
    let price = json!({
        "floor": 256, "ceiling": 4_096, "target_per_second": 1, "doubling_seconds": 4,
        "prefix": { "target_per_minute": 60_000, "doubling_seconds": 3600 },
    });
    let mut site = start(&with(closed(), "price", price));
    for client in 1..14 {
        earn(&mut site, &Message::get("/").from(62, client));
    }
    site.pass(std::time::Duration::from_millis(300));
    for isolate in 0..ISOLATES {
        site.go_to(isolate);
        let challenge = levee_behaviour::client::challenge_in(&site.send(&Message::get("/").from(63, 1)));
        let work = levee_behaviour::client::work_of(&challenge);
        assert!(work >= 3 * 256, "isolate {isolate} asks for {work}");
    }
}
