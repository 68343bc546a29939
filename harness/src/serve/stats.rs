//! What the proxy counts.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;

use crate::host::HostStats;
use crate::vm::VmStats;

/// Counters of the proxy itself.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) upstream_requests: AtomicU64,
    pub(super) upstream_failures: AtomicU64,
    pub(super) resets: AtomicU64,
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

/// All figures of a running proxy.
#[derive(Debug)]
pub(super) struct Stats {
    pub(super) host: HostStats,
    pub(super) counters: Arc<Counters>,
    /// The main thread's VM, then the workers'.
    pub(super) vms: Vec<Arc<VmStats>>,
}

impl Stats {
    /// Whether at least one worker can still serve.
    pub(super) fn is_ready(&self) -> bool {
        self.vms.iter().skip(1).any(|vm| !vm.failed())
    }

    /// One `name: value` a line, in the names that Envoy uses where it has the figure.
    pub(super) fn text(&self) -> String {
        let counters = &self.counters;
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
            ("wasm.vm_traps".to_owned(), self.host.traps().to_string()),
            (
                "wasm.shared_data.keys".to_owned(),
                self.host.shared_data_size().0.to_string(),
            ),
            (
                "wasm.shared_data.bytes".to_owned(),
                self.host.shared_data_size().1.to_string(),
            ),
        ];
        for class in 2..=5 {
            lines.push((
                format!("http.downstream_rq_{class}xx"),
                value(&counters.classes[class]),
            ));
        }
        for (number, vm) in self.vms.iter().enumerate() {
            let name = number
                .checked_sub(1)
                .map_or("main_thread".to_owned(), |worker| format!("worker_{worker}"));
            lines.push((format!("wasm.{name}.memory_size"), vm.memory_bytes().to_string()));
        }
        lines.extend(
            self.host
                .metrics()
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
