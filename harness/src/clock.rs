//! Time as a port, so that a test can hold and move it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where a host gets its time from.
pub trait Clock: Send + Sync {
    /// Time since the Unix epoch; what guests see.
    fn now(&self) -> Duration;

    /// Time that never goes backwards, from an arbitrary start; what ticks are scheduled by.
    fn monotonic(&self) -> Duration;
}

/// The machine's own clock.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that moves only when it is told to.
#[derive(Debug)]
pub struct ManualClock {
    nanoseconds: AtomicU64,
}

impl ManualClock {
    /// A clock standing at `now` since the Unix epoch (saturating in the year 2554).
    #[must_use]
    pub fn at(now: Duration) -> Self {
        Self {
            nanoseconds: AtomicU64::new(nanoseconds(now)),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = nanoseconds(by);
        let moved = |now: u64| Some(now.saturating_add(by));
        // The closure always returns a value, so the update cannot fail.
        let _ = self
            .nanoseconds
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, moved);
    }

    /// Sets the clock, also backwards, as a wall clock may jump.
    pub fn set(&self, now: Duration) {
        self.nanoseconds.store(nanoseconds(now), Ordering::Relaxed);
    }
}

impl Default for ManualClock {
    /// 2024-03-01 10:20:00 UTC.
    fn default() -> Self {
        Self::at(Duration::from_secs(1_709_288_400))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        self.now()
    }
}

/// Nanoseconds of a duration, saturating.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
