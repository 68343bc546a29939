//! Several workers of one Envoy, one filter. Time is real here, so what comes back meanwhile is allowed for.

use super::{InEnvoy, bare, launch};
use crate::{
    echo,
    load::{Connection, Counts},
};
use levee_behaviour::{
    Message,
    client::earn,
    configuration::{closed, free_lane, with},
};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

const WORKERS: [u32; 2] = [2, 4];

fn start(workers: u32, configuration: &Value) -> InEnvoy {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    match launch(&bare(origin, configuration), workers) {
        Ok(envoy) => InEnvoy(envoy),
        Err(error) => panic!("{error}"),
    }
}

impl InEnvoy {
    /// Fails unless every worker has had connections: else the test says nothing about several.
    fn assert_all_workers_had_connections(&self, workers: u32) {
        let stats = self.0.ask("/stats?filter=worker_.*downstream_cx_total");
        for worker in 0..workers {
            let had = stats.lines().any(|line| {
                line.contains(&format!("worker_{worker}.downstream_cx_total: ")) && !line.ends_with(": 0")
            });
            assert!(had, "worker {worker} had no connection: {stats}");
        }
    }
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

/// What a budget of `burst` and `per_second` holds for `time`.
fn budget(burst: u32, per_second: u32, time: Duration) -> f64 {
    f64::from(burst) + f64::from(per_second) * time.as_secs_f64()
}

#[test]
fn a_clearance_gets_its_quota_within_one_per_cent_whatever_workers_its_connections_land_on() {
    for workers in WORKERS {
        let quota = json!({ "quota": { "limit": 60_000, "window_seconds": 60, "burst": 500 } });
        let mut site = start(workers, &with(closed(), "clearance", quota));
        let clearance = earn(&mut site, &Message::get("/"));
        let message = Message::get("/").cleared(&clearance);
        let (counts, time) = flood(
            site.0.address(),
            32,
            Duration::from_secs(4),
            |_| Ipv4Addr::new(127, 0, 7, 1),
            |_| message.clone(),
        );
        site.assert_all_workers_had_connections(workers);
        let expected = budget(500, 1_000, time);
        println!(
            "{workers} workers admitted {} of {expected:.0} in {time:?}; {counts:?}",
            counts.forwarded
        );
        assert_eq!(counts.failed, 0, "{}", site.0.program().log());
        let admitted = counts.forwarded as f64;
        assert!(
            counts.all() as f64 > expected * 1.2,
            "the load was too little to say anything: {counts:?}"
        );
        assert!(
            (expected * 0.99..=expected * 1.01).contains(&admitted),
            "{admitted} of {expected}"
        );
    }
}

#[test]
fn a_quota_that_hardly_refills_is_exact() {
    for workers in WORKERS {
        let quota = json!({ "quota": { "limit": 3_600, "window_seconds": 3600, "burst": 2_000 } });
        let mut site = start(workers, &with(closed(), "clearance", quota));
        let message = Message::get("/").cleared(&earn(&mut site, &Message::get("/")));
        let (counts, time) = flood(
            site.0.address(),
            32,
            Duration::from_secs(2),
            |_| Ipv4Addr::new(127, 0, 7, 1),
            |_| message.clone(),
        );
        site.assert_all_workers_had_connections(workers);
        println!(
            "{workers} workers admitted {} of 2,000 and one a second in {time:?}",
            counts.forwarded
        );
        let back = usize::try_from(time.as_secs()).unwrap_or_default() + 1;
        assert!((2_000..=2_000 + back).contains(&counts.forwarded), "{counts:?}");
    }
}

#[test]
fn a_flood_gets_no_more_than_the_free_lane_through_from_one_address_or_from_many() {
    for workers in WORKERS {
        for many_addresses in [false, true] {
            let mut configuration = with(
                free_lane(100, 1_000_000),
                "client",
                json!({ "address": { "header": { "name": "x-forwarded-for", "trusted_hops": 1 } } }),
            );
            configuration["free_lane"] = json!({ "requests_per_second": 50, "burst": 100 });
            let site = start(workers, &configuration);
            let (counts, time) = flood(
                site.0.address(),
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
            assert!(counts.forwarded as f64 >= holds * 0.95, "{counts:?} in {time:?}");
        }
    }
}

#[test]
fn two_hundred_clients_behind_one_address_with_a_bot_each_get_their_full_quota() {
    const SHARED: Ipv4Addr = Ipv4Addr::new(127, 9, 9, 9);
    for workers in WORKERS {
        let quota = json!({ "quota": { "limit": 20, "window_seconds": 3600 } });
        let mut site = start(workers, &with(closed(), "clearance", quota));
        let ask = Message {
            peer: SHARED,
            ..Message::get("/")
        };
        let clearances: Vec<String> = (0..200).map(|_| earn(&mut site, &ask)).collect();
        let address = site.0.address();
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

#[test]
fn a_million_clients_take_no_more_memory_than_the_first_few() {
    const CLIENTS: u64 = 1_000_000;
    const CONNECTIONS: u64 = 8;
    let mut configuration = with(
        free_lane(10, 1_000_000),
        "client",
        json!({ "address": { "header": { "name": "x-forwarded-for", "trusted_hops": 2 } } }),
    );
    configuration["free_lane"] = json!({ "requests_per_second": 1_000_000, "burst": 10_000_000 });
    let site = start(2, &configuration);
    let address = site.0.address();
    let send = |clients: std::ops::Range<u64>| {
        let mut counts = Counts::default();
        thread::scope(|scope| {
            let senders: Vec<_> = (0..CONNECTIONS)
                .map(|nth| {
                    let clients = clients.clone();
                    scope.spawn(move || {
                        let mut connection = Connection::open(address, Ipv4Addr::LOCALHOST)
                            .unwrap_or_else(|error| panic!("{error}"));
                        let numbers: Vec<u64> =
                            clients.filter(|number| number % CONNECTIONS == nth).collect();
                        let mut counts = Counts::default();
                        for batch in numbers.chunks(64) {
                            let messages: Vec<Message> =
                                batch.iter().map(|number| of_client(*number)).collect();
                            counts += connection
                                .exchange(&messages)
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
        counts
    };
    let warm_up = CLIENTS / 10;
    let mut counts = send(0..warm_up);
    let warm = memory(&site);
    counts += send(warm_up..CLIENTS);
    let after = memory(&site);
    println!("Envoy after {warm_up} clients: {warm:?}; after {CLIENTS}: {after:?}; {counts:?}");
    assert_eq!(counts.forwarded, usize::try_from(CLIENTS).unwrap_or_default());
    assert!(
        site.0
            .ask("/stats?filter=ledger.evictions")
            .contains("wasmcustom.levee.ledger.evictions: ")
    );
    // What a key a client would take, by measurement: 95 bytes, 86 MB for all. An allocator's noise is far less.
    let grown = after.allocated.saturating_sub(warm.allocated);
    assert!(grown < 4 << 20, "{grown} bytes more: {warm:?}, {after:?}");
    let grown = after.resident.saturating_sub(warm.resident);
    assert!(grown < 16 << 20, "{grown} bytes more: {warm:?}, {after:?}");
}

fn of_client(number: u64) -> Message {
    let [.., a, b, c] = number.to_be_bytes();
    Message::get("/").with("x-forwarded-for", Ipv4Addr::new(10, a, b, c).to_string())
}

#[derive(Debug)]
struct Memory {
    /// What Envoy has allocated and not freed.
    allocated: u64,
    /// What the system has given it.
    resident: u64,
}

fn memory(site: &InEnvoy) -> Memory {
    let told: Value = serde_json::from_str(&site.0.ask("/memory")).unwrap_or_default();
    Memory {
        allocated: told["allocated"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default(),
        resident: site.0.program().resident_bytes().unwrap_or_default(),
    }
}
