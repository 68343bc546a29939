//! What the proxy counts.

use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;

use crate::host::HostStats;
use crate::vm::{Vm, VmStats};

/// Counters of the proxy itself.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) upstream_requests: AtomicU64,
    pub(super) upstream_failures: AtomicU64,
    pub(super) resets: AtomicU64,
    /// VMs in service: those of an earlier generation too, while something is under way on them.
    pub(super) vms: AtomicU64,
    classes: [AtomicU64; 6],
}

impl Counters {
    pub(super) fn answered(&self, status: StatusCode) {
        if let Some(class) = self.classes.get(usize::from(status.as_u16() / 100)) {
            increment(class);
        }
    }
}

pub(super) fn increment(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The generation that serves what begins now.
pub(super) struct Serving {
    pub(super) host: HostStats,
    main: Option<Arc<VmStats>>,
    workers: Vec<Arc<VmStats>>,
}

impl Serving {
    pub(super) fn of(host: HostStats, main: Option<&Vm>, workers: &[Vm]) -> Self {
        Self {
            host,
            main: main.map(Vm::stats),
            workers: workers.iter().map(Vm::stats).collect(),
        }
    }
}

/// All figures of a running proxy.
pub(super) struct Stats {
    pub(super) counters: Arc<Counters>,
    serving: RefCell<Serving>,
    reloads: Cell<u64>,
    reload_failures: Cell<u64>,
}

impl Stats {
    pub(super) const fn new(counters: Arc<Counters>, first: Serving) -> Self {
        Self {
            counters,
            serving: RefCell::new(first),
            reloads: Cell::new(0),
            reload_failures: Cell::new(0),
        }
    }

    /// The figures of the host that serves.
    pub(super) fn host(&self) -> HostStats {
        self.serving.borrow().host.clone()
    }

    /// Another generation serves now; returns its number.
    pub(super) fn reloaded(&self, next: Serving) -> u64 {
        self.serving.replace(next);
        self.reloads.set(self.reloads.get() + 1);
        self.generation()
    }

    /// The next generation could not be started; returns the number of the one that goes on.
    pub(super) fn reload_failed(&self) -> u64 {
        self.reload_failures.set(self.reload_failures.get() + 1);
        self.generation()
    }

    /// Counted from 1.
    fn generation(&self) -> u64 {
        self.reloads.get() + 1
    }

    /// Whether at least one worker can still serve.
    pub(super) fn is_ready(&self) -> bool {
        self.serving.borrow().workers.iter().any(|vm| !vm.failed())
    }

    /// One `name: value` a line, in the names that Envoy uses where it has the figure.
    pub(super) fn text(&self) -> String {
        let counters = &self.counters;
        let serving = self.serving.borrow();
        let host = &serving.host;
        let mut lines = vec![
            (
                "http.downstream_cx_total".to_owned(),
                value(&counters.connections),
            ),
            ("http.downstream_rq_total".to_owned(), value(&counters.requests)),
            ("http.downstream_rq_reset".to_owned(), value(&counters.resets)),
            ("upstream.rq_total".to_owned(), value(&counters.upstream_requests)),
            (
                "upstream.rq_failed".to_owned(),
                value(&counters.upstream_failures),
            ),
            ("wasm.active".to_owned(), value(&counters.vms)),
            ("wasm.generation".to_owned(), self.generation().to_string()),
            ("wasm.reloads".to_owned(), self.reloads.get().to_string()),
            (
                "wasm.reload_failures".to_owned(),
                self.reload_failures.get().to_string(),
            ),
            ("wasm.vm_traps".to_owned(), host.traps().to_string()),
            (
                "wasm.shared_data.keys".to_owned(),
                host.shared_data_size().0.to_string(),
            ),
            (
                "wasm.shared_data.bytes".to_owned(),
                host.shared_data_size().1.to_string(),
            ),
        ];
        for class in 2..=5 {
            lines.push((
                format!("http.downstream_rq_{class}xx"),
                value(&counters.classes[class]),
            ));
        }
        let main = serving.main.iter().map(|vm| ("main_thread".to_owned(), vm));
        let workers = serving.workers.iter().enumerate();
        let workers = workers.map(|(number, vm)| (format!("worker_{number}"), vm));
        for (name, vm) in main.chain(workers) {
            lines.push((format!("wasm.{name}.memory_size"), vm.memory_bytes().to_string()));
        }
        lines.extend(
            host.metrics()
                .into_iter()
                .map(|(name, value)| (format!("wasmcustom.{name}"), value.to_string())),
        );
        lines.sort();
        lines.into_iter().fold(String::new(), |mut text, (name, value)| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}: {value}");
            text
        })
    }
}

fn value(counter: &AtomicU64) -> String {
    counter.load(Ordering::Relaxed).to_string()
}
