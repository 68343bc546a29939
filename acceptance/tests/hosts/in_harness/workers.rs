//! Several workers, one filter.

use super::{Harness, start_with};
use levee_behaviour::{
    Message, Site,
    client::{challenge_in, earn, work_of},
    configuration::{WORK, closed, free_lane, with},
};
use serde_json::json;
use std::time::Duration;

const WORKERS: [usize; 3] = [1, 2, 4];

/// Which worker a connection lands on is not in the client's hands: here, it is as good as random.
fn worker_of(request: usize, workers: usize) -> usize {
    (request.wrapping_mul(2_654_435_761) >> 7) % workers
}

impl Harness {
    /// Sends to the worker that the `nth` connection has landed on.
    fn send_nth(&mut self, nth: usize, workers: usize, message: &Message) -> bool {
        self.worker = worker_of(nth, workers);
        self.send(message).was_forwarded()
    }
}

#[test]
fn a_clearance_gets_its_quota_within_one_per_cent_whatever_workers_its_connections_land_on() {
    for workers in WORKERS {
        let quota = json!({ "quota": { "limit": 6_000, "window_seconds": 60, "burst": 50 } });
        let mut site = start_with(workers, &with(closed(), "clearance", quota));
        let message = Message::get("/").cleared(&earn(&mut site, &Message::get("/")));
        // Thrice the quota, evenly, for twenty seconds.
        let admitted = (0..6_000)
            .filter(|nth| {
                let passed = site.send_nth(*nth, workers, &message);
                site.pass(Duration::from_nanos(3_333_333));
                passed
            })
            .count();
        let expected = 50 + 2_000;
        println!("{workers} workers admitted {admitted} of {expected}");
        assert!(
            admitted.abs_diff(expected) * 100 <= expected,
            "{workers} workers: {admitted} of {expected}"
        );
    }
}

#[test]
fn the_free_lane_lets_its_budget_through_from_the_first_second_and_opens_again_by_itself() {
    for workers in WORKERS {
        for many_addresses in [false, true] {
            let mut configuration = free_lane(100, 100_000);
            configuration["free_lane"] = json!({ "requests_per_second": 50, "burst": 100 });
            let mut site = start_with(workers, &configuration);
            let mut passed_in_second = Vec::new();
            let mut nth = 0_usize;
            for _ in 0..5 {
                let mut passed = 0;
                for _ in 0..2_083 {
                    let [_, a, b, c] = u32::try_from(nth).unwrap_or_default().to_be_bytes();
                    let peer = if many_addresses {
                        [127, a + 16, b, c]
                    } else {
                        [127, 9, 9, 9]
                    };
                    let message = Message {
                        peer: peer.into(),
                        ..Message::navigation("/")
                    };
                    passed += usize::from(site.send_nth(nth, workers, &message));
                    nth += 1;
                    site.pass(Duration::from_nanos(480_077));
                }
                passed_in_second.push(passed);
            }
            println!("{workers} workers, many addresses: {many_addresses}: passed {passed_in_second:?}");
            let passed: usize = passed_in_second.iter().sum();
            assert!(
                (345..=351).contains(&passed),
                "{workers} workers: {passed_in_second:?}"
            );
            site.pass(Duration::from_secs(2));
            for nth in 0..100 {
                assert!(
                    site.send_nth(nth, workers, &Message::navigation("/")),
                    "request {nth}"
                );
            }
        }
    }
}

#[test]
fn two_hundred_clients_behind_one_address_with_a_bot_each_get_their_full_quota() {
    for workers in WORKERS {
        let mut site = start_with(workers, &closed());
        let clearances: Vec<String> = (0..200).map(|_| earn(&mut site, &Message::get("/"))).collect();
        let mut nth = 0;
        for clearance in &clearances {
            let message = Message::get("/").cleared(clearance);
            let mut admitted = 0;
            for _ in 0..4 {
                for _ in 0..3 {
                    nth += 1;
                    assert!(!site.send_nth(nth, workers, &Message::get("/")), "the bot");
                }
                nth += 1;
                admitted += usize::from(site.send_nth(nth, workers, &message));
            }
            assert_eq!(admitted, 3);
        }
    }
}

#[test]
fn all_workers_ask_for_the_same_work_within_a_second() {
    for workers in WORKERS {
        let price = json!({
            "floor": WORK, "ceiling": 64 * WORK, "target_per_second": 1, "doubling_seconds": 30,
            "prefix": { "target_per_minute": 60_000 },
        });
        let mut site = start_with(workers, &with(closed(), "price", price));
        for round in 0_u8..6 {
            for client in 0_u8..40 {
                earn(&mut site, &Message::get("/").from(80 + round, client));
            }
            site.pass(Duration::from_millis(900));
            let asked: Vec<u64> = (0..workers)
                .map(|worker| {
                    site.worker = worker;
                    work_of(&challenge_in(&site.send(&Message::get("/").from(90, 1))))
                })
                .collect();
            println!("{workers} workers ask for {asked:?}");
            assert!(
                asked.iter().all(|work| work == &asked[0] && *work > WORK),
                "{asked:?}"
            );
            site.worker = 0;
        }
    }
}

/// The tick of the main thread's VM, which sees no request, must not overwrite what the workers say.
#[test]
fn all_vms_say_the_same_of_what_they_share() {
    let mut site = start_with(4, &free_lane(10, 1_000));
    for nth in 0..40 {
        site.send_nth(nth, 4, &Message::get("/"));
    }
    for _ in 0..3 {
        site.pass(Duration::from_millis(500));
        let fill = site.host.metric("levee.free_lane.fill_permille.lane.free_lane");
        // One comes back in a second.
        assert!(fill.is_some_and(|fill| fill <= 200), "{fill:?}");
    }
}

#[test]
fn a_million_clients_take_no_more_memory_than_the_first_few() {
    let workers = 2;
    let configuration = with(
        free_lane(1_000_000, 5),
        "free_lane",
        json!({ "requests_per_second": 1_000_000, "burst": 2_000_000 }),
    );
    let mut site = start_with(workers, &configuration);
    let mut memory_after = |clients: std::ops::Range<u32>| {
        for n in clients {
            let [_, network, subnet, host] = n.to_be_bytes();
            let message = Message {
                peer: [127, network, subnet, host].into(),
                ..Message::get("/")
            };
            site.send_nth(n as usize, workers, &message);
        }
        let module: usize = (0..workers)
            .map(|worker| site.host.worker(worker).stats().memory_bytes())
            .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
            .sum();
        (module, site.host.stats().shared_data_size())
    };
    let warm = memory_after(0..20_000);
    let after = memory_after(20_000..1_000_000);
    println!(
        "after 20,000 clients: {warm:?}; after 1,000,000: {after:?} (bytes in the workers, (keys, bytes) they share)"
    );
    assert_eq!(after, warm);
}
