//! Several workers, one filter, over real sockets. Time is real here, so what comes back meanwhile is allowed for.

use crate::{
    echo,
    load::{Connection, Counts},
    wire,
};
use levee_behaviour::{
    Answer, Message, Site,
    client::earn,
    configuration::{closed, free_lane, with},
};
use levee_core::time::Timestamp;
use levee_testing::{Serve, ServeOptions, tools};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

/// A host with the filter in front of an origin, of which these tests need to know this much.
pub(crate) trait Edge: Site {
    /// Where it listens.
    fn address(&self) -> SocketAddr;

    /// Fails unless every worker has had connections: else a test says nothing about several.
    fn assert_all_workers_had_connections(&self, workers: u32);
}

/// Starts a host with so many workers.
pub(crate) type Start = fn(u32, &Value) -> Box<dyn Edge>;

/// `levee serve`.
struct InServe {
    serve: Serve,
}

/// Starts `levee serve` with so many workers.
pub(crate) fn serve(workers: u32, configuration: &Value) -> Box<dyn Edge> {
    let upstream = echo::start().unwrap_or_else(|error| panic!("{error}"));
    let serve = Serve::start(ServeOptions {
        binary: &tools::path(tools::LEVEE),
        module: &tools::path(tools::WASM),
        configuration: &configuration.to_string(),
        upstream,
        workers,
    })
    .unwrap_or_else(|error| panic!("{error}"));
    Box::new(InServe { serve })
}

impl Site for InServe {
    fn send(&mut self, message: &Message) -> Answer {
        wire::exchange(self.address(), message).unwrap_or_else(|error| panic!("{error}: {message:?}"))
    }

    fn now(&self) -> Timestamp {
        wire::now()
    }

    fn pass(&mut self, time: Duration) {
        thread::sleep(time);
    }
}

impl Edge for InServe {
    fn address(&self) -> SocketAddr {
        self.serve.address()
    }

    /// It hands connections to its workers in turn.
    fn assert_all_workers_had_connections(&self, _: u32) {}
}

/// The workers that `levee serve` is tried with.
const SERVE: [u32; 3] = [1, 2, 4];

#[test]
fn a_clearance_gets_its_quota_within_one_per_cent_whatever_workers_its_connections_land_on() {
    quota_within_one_per_cent(serve, &SERVE);
}

#[test]
fn a_quota_that_hardly_refills_is_exact() {
    exact_quota(serve, &SERVE);
}

#[test]
fn a_flood_gets_no_more_than_the_free_lane_through_from_one_address_or_from_many() {
    free_lane_and_no_more(serve, &SERVE);
}

#[test]
fn two_hundred_clients_behind_one_address_with_a_bot_each_get_their_full_quota() {
    two_hundred_clients_and_a_bot(serve, &SERVE);
}

/// Sends what `message` makes of a number over `connections` connections until `time` is over, each from
/// `address`. Returns what became of them and how long it took.
fn flood(
    site: SocketAddr,
    connections: u32,
    time: Duration,
    address: impl Fn(u32) -> Ipv4Addr,
    message: impl Fn(u64) -> Message + Sync,
) -> (Counts, Duration) {
    let started = Instant::now();
    let mut counts = Counts::default();
    thread::scope(|scope| {
        let senders: Vec<_> = (0..connections)
            .map(|nth| {
                let (from, message) = (address(nth), &message);
                scope.spawn(move || {
                    let mut connection =
                        Connection::open(site, from).unwrap_or_else(|error| panic!("{error}"));
                    let mut counts = Counts::default();
                    let mut number = u64::from(nth) << 32;
                    while started.elapsed() < time {
                        let batch: Vec<Message> = (number..number + 8).map(message).collect();
                        number += 8;
                        counts += connection
                            .exchange(&batch)
                            .unwrap_or_else(|error| panic!("{error}"));
                    }
                    counts
                })
            })
            .collect();
        for sender in senders {
            counts += sender.join().unwrap_or_else(|_| panic!("a sender failed"));
        }
    });
    (counts, started.elapsed())
}

/// How long a quota is asked for more than it holds.
const LOAD_TIME: Duration = Duration::from_secs(4);

/// What a budget of `burst` and `per_second` holds for `time`.
fn budget(burst: u32, per_second: u32, time: Duration) -> f64 {
    f64::from(burst) + f64::from(per_second) * time.as_secs_f64()
}

/// One clearance over many connections, while its quota refills.
pub(crate) fn quota_within_one_per_cent(start: Start, workers: &[u32]) {
    for workers in workers {
        let quota = json!({ "quota": { "limit": 30_000, "window_seconds": 60, "burst": 500 } });
        let mut site = start(*workers, &with(closed(), "clearance", quota));
        let clearance = earn(&mut *site, &Message::get("/"));
        let message = Message::get("/").cleared(&clearance);
        let (counts, time) = flood(
            site.address(),
            32,
            LOAD_TIME,
            |_| Ipv4Addr::new(127, 0, 7, 1),
            |_| message.clone(),
        );
        site.assert_all_workers_had_connections(*workers);
        // Not all senders end at the same moment.
        let (least, expected) = (budget(500, 500, LOAD_TIME), budget(500, 500, time));
        println!(
            "{workers} workers admitted {} of {expected:.0} in {time:?}; {counts:?}",
            counts.forwarded
        );
        assert_eq!(counts.failed, 0);
        let admitted = counts.forwarded as f64;
        assert!(
            counts.all() as f64 > expected * 1.2,
            "the load was too little to say anything: {counts:?}"
        );
        assert!(
            (least * 0.99..=expected * 1.01).contains(&admitted),
            "{admitted} of {expected}"
        );
    }
}

/// One clearance over many connections, with a quota that is there at once and then no more.
pub(crate) fn exact_quota(start: Start, workers: &[u32]) {
    for workers in workers {
        let quota = json!({ "quota": { "limit": 3_600, "window_seconds": 3600, "burst": 2_000 } });
        let mut site = start(*workers, &with(closed(), "clearance", quota));
        let message = Message::get("/").cleared(&earn(&mut *site, &Message::get("/")));
        let (counts, time) = flood(
            site.address(),
            32,
            Duration::from_secs(2),
            |_| Ipv4Addr::new(127, 0, 7, 1),
            |_| message.clone(),
        );
        site.assert_all_workers_had_connections(*workers);
        println!(
            "{workers} workers admitted {} of 2,000 and one a second in {time:?}",
            counts.forwarded
        );
        let back = usize::try_from(time.as_secs()).unwrap_or_default() + 1;
        assert!((2_000..=2_000 + back).contains(&counts.forwarded), "{counts:?}");
    }
}

/// A flood without clearances.
pub(crate) fn free_lane_and_no_more(start: Start, workers: &[u32]) {
    for workers in workers {
        for many_addresses in [false, true] {
            let mut configuration = with(
                free_lane(100, 1_000_000),
                "client",
                json!({ "address": { "header": { "name": "x-forwarded-for", "trusted_hops": 1 } } }),
            );
            configuration["free_lane"] = json!({ "requests_per_second": 50, "burst": 100 });
            let site = start(*workers, &configuration);
            let (counts, time) = flood(
                site.address(),
                32,
                Duration::from_secs(3),
                |nth| Ipv4Addr::new(127, 1, 1, u8::try_from(nth).unwrap_or_default()),
                |number| {
                    let [.., a, b, c] = (number % (1 << 22) + (number >> 32) * 7_919).to_be_bytes();
                    let client = if many_addresses {
                        Ipv4Addr::new(10, a, b, c)
                    } else {
                        Ipv4Addr::new(10, 0, 0, 1)
                    };
                    // Envoy appends the peer; the filter is told to believe what is there before.
                    Message::navigation("/").with("x-forwarded-for", client.to_string())
                },
            );
            let holds = budget(100, 50, time);
            println!(
                "{workers} workers, many addresses: {many_addresses}: {} through of {holds:.0}; {counts:?}",
                counts.forwarded
            );
            assert!(counts.forwarded as f64 <= holds + 2.0, "{counts:?} in {time:?}");
            assert!(
                counts.forwarded as f64 >= budget(100, 50, Duration::from_secs(3)) * 0.95,
                "{counts:?} in {time:?}"
            );
        }
    }
}

/// Clients who share an address with a bot that floods all the while.
pub(crate) fn two_hundred_clients_and_a_bot(start: Start, workers: &[u32]) {
    const SHARED: Ipv4Addr = Ipv4Addr::new(127, 9, 9, 9);
    for workers in workers {
        let quota = json!({ "quota": { "limit": 20, "window_seconds": 3600 } });
        let mut site = start(*workers, &with(closed(), "clearance", quota));
        let ask = Message {
            peer: SHARED,
            ..Message::get("/")
        };
        let clearances: Vec<String> = (0..200).map(|_| earn(&mut *site, &ask)).collect();
        let address = site.address();
        thread::scope(|scope| {
            let bot = scope.spawn(|| {
                flood(
                    address,
                    8,
                    Duration::from_secs(6),
                    |_| SHARED,
                    |_| Message::navigation("/"),
                )
            });
            for clearance in &clearances {
                let messages = vec![
                    Message {
                        peer: SHARED,
                        ..Message::get("/")
                    }
                    .cleared(clearance);
                    5
                ];
                // Five connections of five: more than the quota, over several workers.
                let mut counts = Counts::default();
                for _ in 0..5 {
                    let mut connection =
                        Connection::open(address, SHARED).unwrap_or_else(|error| panic!("{error}"));
                    counts += connection
                        .exchange(&messages)
                        .unwrap_or_else(|error| panic!("{error}"));
                }
                assert_eq!(
                    counts,
                    Counts {
                        forwarded: 20,
                        refused: 5,
                        failed: 0
                    }
                );
            }
            let (bot, _) = bot.join().unwrap_or_else(|_| panic!("the bot failed"));
            println!("{workers} workers: the bot met {bot:?}");
            assert_eq!(bot.forwarded, 0);
        });
    }
}
