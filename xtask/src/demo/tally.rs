//! What has happened so far, counted by everyone who takes part.

use super::verdict::{ByVerdict, Verdict};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The counts of one flood.
#[derive(Debug, Default)]
pub(crate) struct FloodTally {
    sent: AtomicU64,
    addresses: AtomicU64,
    by_verdict: [AtomicU64; Verdict::ALL.len()],
}

impl FloodTally {
    /// Counts a request that is about to be sent.
    pub(crate) fn count_sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }

    /// Counts an address that was not used before.
    pub(crate) fn count_address(&self) {
        self.addresses.fetch_add(1, Relaxed);
    }

    /// Counts what became of a request.
    pub(crate) fn count_verdict(&self, verdict: Verdict) {
        self.by_verdict[verdict as usize].fetch_add(1, Relaxed);
    }

    /// Requests sent, answered or not.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    /// Addresses that requests came from.
    pub(crate) fn addresses(&self) -> u64 {
        self.addresses.load(Relaxed)
    }

    /// Requests by what became of them.
    pub(crate) fn by_verdict(&self) -> ByVerdict {
        Verdict::ALL
            .into_iter()
            .map(|verdict| (verdict, self.by_verdict[verdict as usize].load(Relaxed)))
            .collect()
    }
}

/// The counts of the patients, while they are on their way.
#[derive(Debug, Default)]
pub(crate) struct CrowdTally {
    arrived: AtomicU64,
    served: AtomicU64,
    failed: AtomicU64,
}

impl CrowdTally {
    /// Counts a patient who sends the first request.
    pub(crate) fn count_arrival(&self) {
        self.arrived.fetch_add(1, Relaxed);
    }

    /// Counts a patient who is done.
    pub(crate) fn count_end(&self, served: bool) {
        let count = if served { &self.served } else { &self.failed };
        count.fetch_add(1, Relaxed);
    }

    /// Patients who have sent their first request.
    pub(crate) fn arrived(&self) -> u64 {
        self.arrived.load(Relaxed)
    }

    /// Patients who have read their number.
    pub(crate) fn served(&self) -> u64 {
        self.served.load(Relaxed)
    }

    /// Patients who have given up.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Relaxed)
    }
}
