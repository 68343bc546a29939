//! A pace that many senders keep together.

use std::{sync::Mutex, time::Duration};
use tokio::time::Instant;

/// How far a stalled sender may catch up: longer stalls are lost, not made up for by a burst.
const CATCH_UP: Duration = Duration::from_millis(50);

/// Spreads requests evenly over time, whoever sends them.
#[derive(Debug)]
pub(crate) struct Pacer {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pacer {
    /// A pace of `per_second` requests a second, beginning now. Zero counts as one.
    pub(crate) fn per_second(per_second: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / per_second.max(1),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Returns when the next request is due.
    pub(crate) async fn due(&self) {
        let due = {
            // Nothing can panic while the lock is held, so a poisoned lock still holds a right time.
            let mut next = self
                .next
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let now = Instant::now();
            let due = now
                .checked_sub(CATCH_UP)
                .map_or(*next, |earliest| earliest.max(*next));
            *next = due + self.interval;
            due
        };
        tokio::time::sleep_until(due).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests that the pace allowed within `duration`, of virtual time.
    async fn count(pacer: &Pacer, duration: Duration) -> u32 {
        let end = Instant::now() + duration;
        let mut count = 0;
        loop {
            pacer.due().await;
            if Instant::now() >= end {
                return count;
            }
            count += 1;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_pace_is_held() {
        let sent = count(&Pacer::per_second(2_083), Duration::from_secs(10)).await;
        assert!((20_800..=20_860).contains(&sent), "{sent}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stall_is_not_made_up_for() {
        let pacer = Pacer::per_second(1_000);
        tokio::time::advance(Duration::from_secs(60)).await;
        let sent = count(&pacer, Duration::from_secs(1)).await;
        assert!((1_000..=1_060).contains(&sent), "{sent}");
    }
}
