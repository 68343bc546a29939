//! Several VMs of one guest: what they share, and time.

mod support;

use std::sync::Arc;
use std::time::Duration;

use levee_harness::{Direction, Flow, ManualClock, Outcome, Request, VmRole};
use support::{guest, host, ok};

fn count(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

#[test]
fn workers_share_data_and_metrics() {
    let mut host = host("shared_counter").workers(2).start().expect("starts");
    for worker in [0, 1, 0] {
        let exchange = host.worker(worker).exchange(Request::get("/"), ok);
        assert_eq!(exchange.status(), 200, "{:?}", exchange.failure);
    }
    assert_eq!(host.shared_data("count").as_deref().map(count), Some(3));
    assert_eq!(host.metric("requests"), Some(3));
}

#[test]
fn no_count_is_lost_between_threads() {
    let host = host("shared_counter").workers(4).start().expect("starts");
    let stats = host.stats();
    let (main, workers) = host.into_vms();
    let mut main = main.expect("Envoy has one");
    std::thread::scope(|scope| {
        for mut vm in workers {
            scope.spawn(move || {
                for _ in 0..500 {
                    assert_eq!(vm.exchange(Request::get("/"), ok).status(), 200);
                }
            });
        }
    });
    assert_eq!(stats.metric("requests"), Some(2000));
    // One more, on a VM that has taken no part, to read the shared count.
    assert_eq!(main.exchange(Request::get("/"), ok).status(), 200);
    assert_eq!(stats.metric("requests"), Some(2001));
}

#[test]
fn ticks_come_in_every_vm_when_the_clock_says_so() {
    let clock = Arc::new(ManualClock::default());
    let mut host = host("pauses_until_tick")
        .workers(2)
        .clock(clock.clone())
        .start()
        .expect("starts");
    host.advance(&clock, Duration::from_millis(99));
    assert_eq!(host.log(), []);
    host.advance(&clock, Duration::from_millis(251));
    let mut vms: Vec<VmRole> = host.log().iter().map(|line| line.vm).collect();
    vms.sort();
    let expected = [VmRole::Main, VmRole::Worker(0), VmRole::Worker(1)].map(|vm| [vm; 3]);
    assert_eq!(vms, expected.concat());
}

#[test]
fn a_held_request_goes_on_when_a_tick_continues_it() {
    let mut host = host("pauses_until_tick").start().expect("starts");
    let vm = host.worker(0);
    let request = Request::get("/");
    let id = vm.open_stream(levee_harness::StreamInfo {
        source: request.source,
        destination: request.destination,
        protocol: "HTTP/1.1".to_owned(),
        connection_id: 1,
    });
    assert_eq!(
        vm.on_headers(id, Direction::Request, request.to_map(), true),
        Flow::Pause
    );
    assert_eq!(vm.resumed(id, Direction::Request), None);
    vm.tick();
    assert_eq!(vm.resumed(id, Direction::Request), Some(Flow::Continue));
    vm.close_stream(id);
}

#[test]
fn a_request_that_is_never_continued_is_seen_as_paused() {
    let mut host = host("pauses_until_tick").start().expect("starts");
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!(exchange.outcome, Outcome::Paused(Direction::Request));
}

#[test]
fn a_module_is_compiled_once_for_many_hosts() {
    let module = levee_harness::Module::from_bytes(&guest("shared_counter")).expect("a module");
    let mut hosts: Vec<_> = (0..2)
        .map(|_| {
            levee_harness::Host::builder()
                .loaded(module.clone())
                .start()
                .expect("starts")
        })
        .collect();
    hosts[0].worker(0).exchange(Request::get("/"), ok);
    assert_eq!(hosts[0].metric("requests"), Some(1));
    assert_eq!(hosts[1].metric("requests"), Some(0), "hosts share nothing");
}

#[test]
fn a_later_host_finds_what_an_earlier_one_has_stored() {
    let mut old = host("shared_counter").start().expect("starts");
    old.worker(0).exchange(Request::get("/"), ok);
    let mut new = host("shared_counter")
        .sharing_with(&old.stats())
        .start()
        .expect("starts");
    new.worker(0).exchange(Request::get("/"), ok);
    old.worker(0).exchange(Request::get("/"), ok);
    for host in [&old, &new] {
        assert_eq!(host.shared_data("count").as_deref().map(count), Some(3));
        assert_eq!(host.metric("requests"), Some(3));
    }
    drop(old);
    assert_eq!(new.metric("requests"), Some(3));
}

#[test]
fn a_guest_that_is_ready_to_go_is_done_with_and_deleted() {
    for (configuration, expected) in [
        ("", &["root done", "root deleted"][..]),
        ("not ready", &["root done"][..]),
    ] {
        let mut host = host("takes_leave")
            .configuration(configuration)
            .start()
            .expect("starts");
        host.worker(0).shut_down();
        let log = host.log();
        let messages: Vec<&str> = log.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(messages, expected, "configured with \"{configuration}\"");
    }
}
