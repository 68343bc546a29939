//! How far a replay is, for whoever watches.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// How far a replay is. It may be read while it is played.
#[derive(Debug)]
pub struct Watch(Vec<Lane>);

#[derive(Debug, Default)]
struct Lane {
    milliseconds: AtomicU64,
    requests: AtomicU64,
}

impl Watch {
    /// Of so many lanes, none of which has begun.
    pub(super) fn of(lanes: usize) -> Self {
        Self((0..lanes).map(|_| Lane::default()).collect())
    }

    pub(super) fn say(&self, lane: usize, now: Duration, requests: u64) {
        if let Some(lane) = self.0.get(lane) {
            lane.milliseconds
                .store(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), Relaxed);
            lane.requests.store(requests, Relaxed);
        }
    }

    /// The time that one lane at least has reached, from the beginning on.
    #[must_use]
    pub fn reached(&self) -> Duration {
        let most = self.0.iter().map(|lane| lane.milliseconds.load(Relaxed)).max();
        Duration::from_millis(most.unwrap_or_default())
    }

    /// Requests so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.0.iter().map(|lane| lane.requests.load(Relaxed)).sum()
    }
}
