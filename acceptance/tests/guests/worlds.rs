//! Races, hours and failures, drawn from seeds.

use super::{host, metered};
use levee_harness::{
    Answer, Direction, FailurePolicy, Flow, Limits, Outcome, Peer, Request, Response, StreamInfo, World,
    WorldBuilder,
};
use std::collections::BTreeSet;
use std::time::Duration;

fn start(builder: WorldBuilder) -> World {
    builder.start().unwrap_or_else(|error| panic!("{error}"))
}

/// Counts without looking whether somebody else has counted meanwhile.
const CARELESS: &str = "request_headers: data_get count\nrequest_headers: data_set count x last";

/// How many of the shared counter's increments are lost among workers that all count at once.
fn lost(guest: &str, seed: u64) -> usize {
    let mut world = start(World::of(host(guest).workers(4)).seed(seed));
    let requests = 40;
    for _ in 0..requests {
        world.begin(Request::get("/"));
    }
    world.settle();
    let exchanges = world.take_all();
    assert_eq!(exchanges.len(), requests);
    let counts: BTreeSet<&[u8]> = exchanges
        .iter()
        .map(|exchange| exchange.header("x-count").expect("a count"))
        .collect();
    requests - counts.len()
}

#[test]
fn a_filter_that_compares_and_swaps_loses_no_count_in_any_order() {
    for seed in 0..10 {
        assert_eq!(lost("shared_data", seed), 0, "seed {seed}");
    }
}

#[test]
fn the_same_seed_brings_the_same_order_and_others_bring_others() {
    let order = |seed: u64| {
        let mut world = start(World::of(host("probe").workers(4).configuration(CARELESS)).seed(seed));
        for worker in [0, 1, 2, 3, 0, 1, 2, 3] {
            world.begin_on(worker, Request::get("/"));
        }
        world.settle();
        world
            .log()
            .iter()
            .map(|line| format!("{line}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(order(3), order(3));
    let different: BTreeSet<_> = (0..8).map(order).collect();
    assert!(different.len() > 4, "{} different orders of 8", different.len());
}

#[test]
fn an_hour_of_a_rate_limit_is_no_time_at_all() {
    let mut world = start(World::of(host("ticks")));
    let mut served = 0;
    let begun = world.now();
    while world.now() - begun < Duration::from_secs(3600) {
        served += u32::from(world.send(Request::get("/")).status() == 200);
        world.run_for(Duration::from_millis(250));
    }
    assert!(served > 0, "the limit lets some through");
    assert_eq!(world.now() - begun, Duration::from_secs(3600));
}

#[test]
fn the_origin_may_be_slow_down_or_silent() {
    let status = |answer: Answer| {
        let mut world = start(World::of(host("noop")).origin(move |_: &Request| answer.clone()));
        let before = world.now();
        let exchange = world.send(Request::get("/"));
        (exchange.status(), world.now() - before)
    };
    let second = Duration::from_secs(1);
    assert_eq!(
        status(Answer::from(Response::new(201)).after(second)),
        (201, second)
    );
    assert_eq!(status(Answer::unreachable()), (503, Duration::ZERO));
    assert_eq!(status(Answer::never()), (504, 15 * second));
}

#[test]
fn a_failed_guest_is_closed_open_or_started_anew() {
    let play = |policy: FailurePolicy| {
        let mut world = start(World::of(host("broken_non_utf8").failure_policy(policy)));
        let bad = Request::get("/")
            .header("cookie", b"\xff")
            .header("user-agent", b"\xff")
            .header("x-name", b"\xff");
        let first = world.send(bad.clone());
        let after = world.send(Request::get("/")).status();
        let again = world.send(bad).status();
        let at_once = world.send(Request::get("/")).status();
        world.run_for(Duration::from_secs(2));
        let later = world.send(Request::get("/")).status();
        (first.status(), after, again, at_once, later)
    };
    assert_eq!(play(FailurePolicy::Closed), (503, 503, 503, 503, 503));
    assert_eq!(play(FailurePolicy::Open), (503, 200, 200, 200, 200));
    let reload = FailurePolicy::Reload {
        base_interval: Duration::from_secs(1),
    };
    assert_eq!(play(reload), (503, 200, 503, 503, 200));
}

#[test]
fn work_is_counted_the_same_in_every_run() {
    let fuel = || {
        let mut world = start(World::of(metered("http_headers")));
        world.send(Request::get("/").header("x-a", "1")).usage
    };
    let usage = fuel();
    assert!(
        usage.fuel > 0 && usage.host_calls > 0 && usage.guest_allocations > 0,
        "{usage:?}"
    );
    assert_eq!(fuel(), usage);
}

#[test]
fn an_endless_callback_runs_out_of_fuel() {
    let limits = Limits {
        callback_fuel: 10_000_000,
        ..Limits::default()
    };
    let host = metered("probe").limits(limits);
    let mut world = start(World::of(host.configuration("request_headers: loop")));
    let exchange = world.send(Request::get("/"));
    assert_eq!(exchange.status(), 503);
    let trap = exchange.failure.expect("a trap").message;
    assert!(trap.contains("fuel"), "{trap}");
}

#[test]
fn bytes_of_a_connection_pass_through_a_tcp_filter() {
    let mut host = host("tcp").start().expect("it starts");
    let vm = host.worker(0);
    let request = Request::get("/");
    let (id, flow) = vm.open_connection(StreamInfo {
        source: request.source,
        destination: request.destination,
        protocol: String::new(),
        connection_id: 1,
    });
    assert_eq!(flow, Flow::Continue);
    assert_eq!(
        vm.on_data(id, Direction::Request, b"a ping", false),
        Flow::Continue
    );
    assert_eq!(vm.take_body(id, Direction::Request), b"a pong");
    assert_eq!(vm.on_data(id, Direction::Response, b"ping", true), Flow::Continue);
    assert_eq!(vm.take_body(id, Direction::Response), b"ping");
    vm.on_connection_close(id, Direction::Response, Peer::Remote);
    vm.on_connection_close(id, Direction::Request, Peer::Local);
    vm.close_stream(id);
    let log = vm.take_log();
    let lines: Vec<_> = log.iter().map(|line| line.message.as_str()).collect();
    assert!(
        lines.contains(&"downstream is closed, by this side: 6 bytes"),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"upstream is closed, by the other side: 4 bytes"),
        "{lines:?}"
    );
}

#[test]
fn the_older_abi_has_its_own_functions_and_no_end_of_stream() {
    let script = "configure: get_configuration\n\
                  request_headers: get request_headers x-missing\n\
                  request_headers: return pause\n\
                  tick: effective http\n\
                  tick: continue_request\n\
                  vm_start: tick_period 100\n\
                  configure: tick_period 100";
    let mut world = start(World::of(host("probe_01").configuration(script)));
    let exchange = world.send(Request::get("/"));
    assert!(matches!(exchange.outcome, Outcome::Response(_)), "{exchange:#?}");
    let log = world.log();
    let lines: Vec<_> = log.iter().map(|line| line.message.as_str()).collect();
    assert!(
        lines.contains(&"= get request_headers x-missing -> 0 \"\""),
        "{lines:#?}"
    );
    assert!(lines.contains(&"= continue_request -> 0"), "{lines:#?}");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("= get_configuration -> 0 \"configure: get_config")),
        "{lines:#?}"
    );
}
