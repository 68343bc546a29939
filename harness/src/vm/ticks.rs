//! What reaches a guest outside of any stream: ticks, and news of shared queues.

use std::task::{Context, Poll};
use std::time::Duration;

use super::{ROOT, Vm};

/// Most queue notifications delivered in one go, so that a guest that feeds its own queue does not stop the worker.
const MAX_NOTICES: usize = 1000;

impl Vm {
    /// Calls `proxy_on_tick` now, whatever the clock says, if the guest has asked for ticks.
    pub fn tick(&mut self) {
        let state = self.store.data_mut();
        let Some(period) = state.tick_period else { return };
        state.next_tick = Some(state.ports.clock.monotonic().saturating_add(period));
        let _ = self.call(ROOT, "proxy_on_tick", self.exports.tick.clone(), ROOT);
        self.delete_finished();
    }

    /// When the next tick is due, by [`Clock::monotonic`](crate::Clock::monotonic).
    #[must_use]
    pub fn next_tick(&self) -> Option<Duration> {
        if self.failure.is_some() {
            None
        } else {
            self.store.data().next_tick
        }
    }

    /// How long it is until the next tick.
    #[must_use]
    pub fn until_tick(&self) -> Option<Duration> {
        Some(
            self.next_tick()?
                .saturating_sub(self.store.data().ports.clock.monotonic()),
        )
    }

    /// Ready when [`until_tick`](Self::until_tick) has changed, [`take_callouts`](Self::take_callouts) has something, or
    /// notifications of shared queues were delivered.
    pub fn poll_attention(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let state = self.store.data_mut();
        state.timekeeper = Some(cx.waker().clone());
        let rescheduled = std::mem::take(&mut state.rescheduled);
        if state.shared().queues.watch(state.role, cx.waker()) {
            self.deliver_notices();
            return Poll::Ready(());
        }
        if rescheduled || !self.store.data().callouts.outbox.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Whether there are notifications of shared queues to deliver.
    pub(crate) fn has_notices(&self) -> bool {
        let state = self.store.data();
        state.owns_queues && state.shared().queues.has_notice(state.role)
    }

    /// Delivers notifications of shared queues; returns whether there were any.
    pub fn deliver_notices(&mut self) -> bool {
        if !self.store.data().owns_queues {
            return false;
        }
        let mut delivered = false;
        for _ in 0..MAX_NOTICES {
            let state = self.store.data();
            let Some(notice) = state.shared().queues.take_notice(state.role) else {
                break;
            };
            delivered = true;
            let params = (notice.context, notice.queue);
            let _ = self.call(
                notice.context,
                "proxy_on_queue_ready",
                self.exports.queue_ready.clone(),
                params,
            );
        }
        delivered
    }
}
