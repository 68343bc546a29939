//! Workers in threads of their own, each at its own moment of virtual time: what they do to shared data happens in the order
//! of these moments, in every run.

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use levee_harness::{
    Clock, Entropy, FailurePolicy, Host, HostBuilder, ManualClock, NoLog, Request, SeededEntropy, Turns, Vm,
    VmRole,
};
use support::{filter, ok};

/// Lets the VM go on that is at the earliest moment; of two at the same one, that with the lower number.
#[derive(Default)]
struct Moments {
    now: Mutex<BTreeMap<VmRole, Duration>>,
    changed: Condvar,
    /// Every turn, by which runs are compared.
    history: Mutex<Vec<(VmRole, Duration)>>,
}

impl Moments {
    fn reach(&self, vm: VmRole, moment: Duration) {
        self.now.lock().expect("lock").insert(vm, moment);
        self.changed.notify_all();
    }

    fn leave(&self, vm: VmRole) {
        self.now.lock().expect("lock").remove(&vm);
        self.changed.notify_all();
    }
}

impl Turns for Moments {
    fn pass(&self, vm: VmRole) {
        let is_first = |now: &BTreeMap<VmRole, Duration>| {
            let first = now.iter().min_by_key(|(other, moment)| (**moment, **other));
            first.is_some_and(|(first, _)| *first == vm)
        };
        let now = self
            .changed
            .wait_while(self.now.lock().expect("lock"), |now| !is_first(now))
            .expect("lock");
        let moment = now.get(&vm).copied().unwrap_or_default();
        self.history.lock().expect("lock").push((vm, moment));
    }
}

/// Appends what time and randomness it sees to the value of "history", whatever another may have stored in between.
const GUEST: &str = r#"
  (import "env" "proxy_get_current_time_nanoseconds" (func $time (param i32) (result i32)))
  (import "env" "proxy_get_shared_data" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_shared_data" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (data (i32.const 16) "history")
  ;; The value grows by 16 bytes each time: the time, and eight random bytes.
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (i32.store (i32.const 4) (i32.const 0))
    (drop (call $get (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 4) (i32.const 8)))
    (drop (call $time (i32.add (i32.const 1024) (i32.load (i32.const 4)))))
    (drop (call $random (i32.add (i32.const 1032) (i32.load (i32.const 4))) (i32.const 8)))
    (drop (call $set (i32.const 16) (i32.const 7) (i32.const 1024)
      (i32.add (i32.load (i32.const 4)) (i32.const 16)) (i32.const 0)))
    (i32.const 0))"#;

const EXCHANGES: u64 = 40;

/// The moments at which a worker has something to do: now together with the other one's, now between them.
fn moment(worker: u64, exchange: u64) -> Duration {
    Duration::from_millis(exchange * (2 + worker) + worker * 3 % 2)
}

fn builder(clocks: &[Arc<ManualClock>; 2]) -> HostBuilder {
    let clocks = clocks.clone();
    let clock_of = move |vm| -> Arc<dyn Clock> {
        match vm {
            VmRole::Worker(number) => clocks[number].clone(),
            VmRole::Canary | VmRole::Main => Arc::new(ManualClock::default()),
        }
    };
    let entropy_of = |vm| -> Arc<dyn Entropy> {
        Arc::new(SeededEntropy::new(match vm {
            VmRole::Worker(number) => number as u64,
            VmRole::Canary | VmRole::Main => u64::MAX,
        }))
    };
    Host::builder()
        .workers(2)
        .clock_of(clock_of)
        .entropy_of(entropy_of)
        .log_sink(Arc::new(NoLog))
}

/// Takes each worker through its moments in a thread of its own, and returns the order of their turns.
fn play(workers: Vec<Vm>, clocks: &[Arc<ManualClock>; 2]) -> Vec<(VmRole, Duration)> {
    let moments = Arc::new(Moments::default());
    for vm in &workers {
        moments.reach(vm.role(), Duration::ZERO);
    }
    std::thread::scope(|scope| {
        for (number, (mut vm, clock)) in (0..).zip(workers.into_iter().zip(clocks)) {
            let moments = moments.clone();
            scope.spawn(move || {
                vm.take_turns(Some(moments.clone()));
                for exchange in 0..EXCHANGES {
                    let now = moment(number, exchange);
                    clock.set(now);
                    moments.reach(vm.role(), now);
                    let exchange = vm.exchange(Request::get("/").header("x", "y"), ok);
                    assert!(exchange.log.is_empty());
                }
                moments.leave(vm.role());
            });
        }
    });
    let history = moments.history.lock().expect("lock");
    history.clone()
}

fn history_of_one_run() -> Vec<u8> {
    let clocks = [Arc::default(), Arc::default()];
    let host = builder(&clocks)
        .module_bytes(filter(GUEST))
        .start()
        .expect("starts");
    let stats = host.stats();
    let (_, workers) = host.into_vms();
    play(workers, &clocks);
    stats.shared_data("history").expect("stored")
}

#[test]
fn two_threads_have_the_same_history_of_shared_data_in_every_run() {
    let first = history_of_one_run();
    let times: Vec<u64> = first
        .chunks_exact(16)
        .map(|entry| u64::from_le_bytes(entry[..8].try_into().expect("eight bytes")))
        .collect();
    assert_eq!(
        times.len() as u64,
        2 * EXCHANGES,
        "nobody has overwritten another"
    );
    assert!(times.is_sorted(), "{times:?}");
    for run in 1..50 {
        assert_eq!(history_of_one_run(), first, "run {run}");
    }
}

#[test]
fn a_guest_that_is_started_anew_keeps_its_turns() {
    let clocks = [Arc::new(ManualClock::default()), Arc::new(ManualClock::default())];
    let reload = FailurePolicy::Reload {
        base_interval: Duration::ZERO,
    };
    let host = builder(&clocks)
        .module_bytes(filter(
            r#"
            (import "env" "proxy_get_shared_data" (func $get (param i32 i32 i32 i32 i32) (result i32)))
            (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
              (drop (call $get (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 4) (i32.const 8)))
              unreachable)"#,
        ))
        .failure_policy(reload)
        .start()
        .expect("starts");
    let stats = host.stats();
    let (_, workers) = host.into_vms();
    let turns = play(workers, &clocks);
    assert_eq!(stats.traps(), 2 * EXCHANGES);
    assert_eq!(turns.len() as u64, 2 * EXCHANGES);
    assert!(turns.iter().map(|(_, moment)| *moment).is_sorted(), "{turns:?}");
}
