//! Guests whose workers have something in common.

use super::{host, messages, ok, start};
use levee_harness::{Request, Vm, VmRole};
use std::collections::BTreeSet;

/// The number that a request on that worker gets.
fn count(vm: &mut Vm) -> u64 {
    let exchange = vm.exchange(Request::get("/"), ok);
    let count = exchange.header("x-count").map(String::from_utf8_lossy);
    let Some(Ok(count)) = count.map(|count| count.parse()) else {
        panic!("no count: {exchange:#?}")
    };
    count
}

#[test]
fn shared_data_counts_the_requests_of_all_workers() {
    let mut host = start(host("shared_data").workers(3));
    assert_eq!(host.shared_data("requests"), Some(b"0".to_vec()));
    let counts = [0, 1, 2, 1].map(|worker| count(host.worker(worker)));
    assert_eq!(counts, [1, 2, 3, 4]);
    assert_eq!(host.shared_data("requests"), Some(b"4".to_vec()));
}

#[test]
fn shared_data_gives_no_number_twice_between_threads() {
    const WORKERS: usize = 4;
    const REQUESTS: usize = 500;
    let (main, workers) = start(host("shared_data").workers(WORKERS)).into_vms();
    let mut main = main.expect("Envoy has one");
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = workers
            .into_iter()
            .map(|mut vm| scope.spawn(move || [(); REQUESTS].map(|()| count(&mut vm))))
            .collect();
        let counts = threads.into_iter().map(|thread| thread.join().expect("counts"));
        counts.flatten().collect()
    });
    let all = (WORKERS * REQUESTS) as u64;
    assert_eq!(
        counts.into_iter().collect::<BTreeSet<_>>(),
        (1..=all).collect::<BTreeSet<_>>()
    );
    assert_eq!(count(&mut main), all + 1);
}

#[test]
fn shared_queue_tells_one_worker_of_the_requests_of_all() {
    let mut host = start(host("shared_queue").workers(3));
    for (worker, path) in [(0, "/a"), (2, "/b"), (1, "/c\n")] {
        assert_eq!(host.worker(worker).exchange(Request::get(path), ok).status(), 200);
    }
    host.deliver_notices();
    let log = host.log();
    assert_eq!(messages(&log), ["seen: /a", "seen: /b", r"seen: /c\n"]);
    // It was started last, so it has registered the queue last.
    assert!(log.iter().all(|line| line.vm == VmRole::Worker(2)), "{log:#?}");
}

#[test]
fn metrics_counts_measures_and_knows_how_many_are_under_way() {
    let mut host = start(host("metrics").workers(2));
    let value = |host: &levee_harness::Host| {
        ["requests", "requests_in_flight", "request_bytes"].map(|name| host.metric(&format!("guest.{name}")))
    };
    assert_eq!(value(&host), [Some(0), Some(0), Some(0)]);
    let stats = host.stats();
    for worker in [0, 1, 1] {
        let request = Request::post("/").body("12345").body("678");
        let _ = host.worker(worker).exchange(request, |_| {
            assert_eq!(stats.metric("guest.requests_in_flight"), Some(1));
            ok(&Request::get("/"))
        });
    }
    assert_eq!(value(&host), [Some(3), Some(0), Some(24)]);
}
