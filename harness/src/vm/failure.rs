//! What becomes of a VM whose guest has trapped.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Dead, GuestTrap, ROOT, Vm};
use crate::log::LogLevel;
use crate::plugin::FailurePolicy;
use crate::stream::{Attendance, Stream};

impl Vm {
    pub(super) fn fail(&mut self, callback: &'static str, context: u32, error: &wasmtime::Error) -> Dead {
        let trap = GuestTrap::new(callback, context, error);
        let state = self.store.data_mut();
        let plugin = &state.ports.plugin.name;
        let message = format!("the guest \"{plugin}\" has failed: {trap}");
        state.log(LogLevel::Critical, message);
        state.ports.shared.traps.fetch_add(1, Ordering::Relaxed);
        state.streams.values_mut().for_each(Stream::wake);
        state.callouts.pending.clear();
        state.callouts.outbox.clear();
        self.stats.failed.store(true, Ordering::Relaxed);
        self.failure = Some(trap);
        Dead
    }

    /// Whether a stream that begins now is attended by the guest. A failed one is started anew when its policy says so.
    pub(super) fn attendance(&mut self) -> Attendance {
        if self.failure.is_none() {
            return Attendance::Present;
        }
        match self.store.data().ports.plugin.failure_policy {
            FailurePolicy::Closed => Attendance::Present,
            FailurePolicy::Open => Attendance::Bypassed,
            FailurePolicy::Reload { base_interval } => {
                self.reload(base_interval);
                Attendance::Present
            }
        }
    }

    fn reload(&mut self, base_interval: Duration) {
        let ports = self.store.data().ports.clone();
        let now = ports.clock.monotonic();
        if self.next_reload.is_some_and(|next| now < next) {
            return;
        }
        let mut random = [0; 4];
        ports.entropy.fill(&mut random);
        let jitter = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX) / 2.0;
        let next_reload = Some(now.saturating_add(base_interval.mul_f64(1.0 + jitter)));
        let role = self.role();
        match Self::start(&self.module, ports.clone(), role, self.limits) {
            Ok(mut fresh) => {
                fresh.next_context = self.next_context;
                fresh.stats = self.stats.clone();
                fresh.stats.failed.store(false, Ordering::Relaxed);
                let old = self.store.data_mut();
                let (streams, log, usage) =
                    (std::mem::take(&mut old.streams), old.take_transcript(), old.usage);
                let calls = std::mem::take(&mut old.host_calls);
                let owned_queues = old.owns_queues;
                let state = fresh.store.data_mut();
                // Whoever drives these streams still has to learn that they are lost.
                state.streams.extend(
                    streams
                        .into_iter()
                        .filter(|(id, _)| !self.unfinished.contains(id))
                        .map(|(id, stream)| (id, stream.lost())),
                );
                // It is the same owner for whoever has something in a queue for it.
                state.owns_queues |= owned_queues;
                state.usage += usage;
                for (calls, earlier) in state.host_calls.iter_mut().zip(calls) {
                    *calls += earlier;
                }
                state.prepend_transcript(log);
                *self = fresh;
            }
            Err(error) => {
                let message = format!("the guest could not be started anew: {error}");
                self.store.data_mut().log(LogLevel::Error, message);
            }
        }
        self.next_reload = next_reload;
    }

    /// The next context id that is free.
    pub(super) fn free_context(&mut self) -> u32 {
        loop {
            let id = self.next_context;
            self.next_context = id.checked_add(1).unwrap_or(ROOT + 1);
            if !self.store.data().streams.contains_key(&id) {
                return id;
            }
        }
    }
}
