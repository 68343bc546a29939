//! Guests that do something from time to time.

use super::{host, messages, ok, start};
use levee_harness::{Host, ManualClock, Request, SeededEntropy, VmRole};
use std::{sync::Arc, time::Duration};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn hello_world_greets_in_every_vm_and_tells_time_and_a_number_at_every_tick() {
    let clock = Arc::new(ManualClock::at(1_000 * SECOND));
    let mut host = start(
        host("hello_world")
            .clock(Arc::clone(&clock) as _)
            .entropy(Arc::new(SeededEntropy::new(7))),
    );
    let log = host.log();
    assert_eq!(messages(&log), ["Hello, world!"; 3]);
    let vms: Vec<_> = log.iter().map(|line| line.vm).collect();
    assert_eq!(vms, [VmRole::Canary, VmRole::Main, VmRole::Worker(0)]);

    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!((exchange.status(), exchange.log), (200, vec![]));

    host.advance(&clock, 11 * SECOND);
    let log = host.log();
    let told: Vec<_> = log[3..]
        .iter()
        .map(|line| {
            let (time, number) = line.message.split_once(", ").expect("two parts");
            assert!(number.starts_with("and your lucky number is "), "{line}");
            (line.vm, time)
        })
        .collect();
    let at = |seconds| match seconds {
        1_005 => "It is 1005 seconds after 1970",
        _ => "It is 1010 seconds after 1970",
    };
    assert_eq!(
        told,
        [
            (VmRole::Main, at(1_005)),
            (VmRole::Worker(0), at(1_005)),
            (VmRole::Main, at(1_010)),
            (VmRole::Worker(0), at(1_010)),
        ]
    );
}

fn statuses<const N: usize>(host: &mut Host, worker: usize) -> [u16; N] {
    [(); N].map(|()| host.worker(worker).exchange(Request::get("/"), ok).status())
}

#[test]
fn ticks_bring_every_worker_new_tokens() {
    let clock = Arc::new(ManualClock::default());
    let mut host = start(
        host("ticks")
            .configuration("2")
            .workers(2)
            .clock(Arc::clone(&clock) as _),
    );
    assert_eq!(statuses(&mut host, 0), [200, 200, 429, 429]);
    assert_eq!(statuses(&mut host, 1), [200, 200, 429]);
    host.advance(&clock, Duration::from_millis(999));
    assert_eq!(statuses(&mut host, 0), [429]);
    host.advance(&clock, Duration::from_millis(1));
    assert_eq!(statuses(&mut host, 0), [200, 200, 429]);
    // Tokens that nobody takes are not kept.
    host.advance(&clock, 10 * SECOND);
    assert_eq!(statuses(&mut host, 1), [200, 200, 429]);
}

#[test]
fn ticks_has_five_tokens_unless_said_otherwise_and_refuses_nonsense() {
    let mut host_of_five = start(host("ticks"));
    assert_eq!(statuses(&mut host_of_five, 0), [200, 200, 200, 200, 200, 429]);
    let exchange = host_of_five.worker(0).exchange(Request::get("/"), ok);
    assert_eq!(exchange.header("retry-after"), Some(&b"1"[..]));
    assert!(host("ticks").configuration("many").start().is_err());
}
