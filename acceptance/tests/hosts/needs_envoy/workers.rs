//! Several workers of one Envoy, one filter.

use super::{InEnvoy, bare, launch};
use crate::{
    echo,
    load::{Connection, Counts},
    over_sockets::{self, Edge},
};
use levee_behaviour::{
    Message,
    configuration::{free_lane, with},
};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr},
    thread,
};

const WORKERS: [u32; 2] = [2, 4];

fn start(workers: u32, configuration: &Value) -> InEnvoy {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    match launch(&bare(origin, configuration), workers) {
        Ok(envoy) => InEnvoy(envoy),
        Err(error) => panic!("{error}"),
    }
}

/// Starts Envoy with so many workers.
pub(super) fn edge(workers: u32, configuration: &Value) -> Box<dyn Edge> {
    Box::new(start(workers, configuration))
}

impl Edge for InEnvoy {
    fn address(&self) -> SocketAddr {
        self.0.address()
    }

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

#[test]
fn a_clearance_gets_its_quota_within_one_per_cent_whatever_workers_its_connections_land_on() {
    over_sockets::quota_within_one_per_cent(edge, &WORKERS);
}

#[test]
fn a_quota_that_hardly_refills_is_exact() {
    over_sockets::exact_quota(edge, &WORKERS);
}

#[test]
fn a_flood_gets_no_more_than_the_free_lane_through_from_one_address_or_from_many() {
    over_sockets::free_lane_and_no_more(edge, &WORKERS);
}

#[test]
fn two_hundred_clients_behind_one_address_with_a_bot_each_get_their_full_quota() {
    over_sockets::two_hundred_clients_and_a_bot(edge, &WORKERS);
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
