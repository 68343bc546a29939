//! What has happened so far, counted by everyone who takes part.

use super::{
    loopback::{Answer, NoAnswer},
    phase::Phase,
    series::{BySecond, WorkAsked},
    verdict::{self, ByVerdict, Verdict},
};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// The counts of the whole incident: those of its phases, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Tallies(pub(crate) [Arc<PhaseTally>; Phase::ALL.len()]);

impl Default for Tallies {
    fn default() -> Self {
        Self(Phase::ALL.map(|phase| Arc::new(PhaseTally::new(phase))))
    }
}

impl Tallies {
    /// The counts of the phase that began last; `None` before the first.
    pub(crate) fn running(&self) -> Option<&PhaseTally> {
        self.0.iter().rfind(|tally| tally.has_begun()).map(AsRef::as_ref)
    }
}

/// The counts of one phase.
#[derive(Debug)]
pub(crate) struct PhaseTally {
    /// Which one.
    pub(crate) phase: Phase,
    /// What attacks.
    pub(crate) flood: FloodTally,
    /// The patients.
    pub(crate) crowd: CrowdTally,
    /// The work that anybody was asked for.
    pub(crate) work: WorkAsked,
    memory: AtomicU64,
    began: OnceLock<()>,
}

impl PhaseTally {
    /// Nothing counted yet.
    pub(crate) fn new(phase: Phase) -> Self {
        Self {
            phase,
            flood: FloodTally::default(),
            crowd: CrowdTally::default(),
            work: WorkAsked::default(),
            memory: AtomicU64::default(),
            began: OnceLock::new(),
        }
    }

    /// Begins the phase's first second.
    pub(crate) fn begin(&self) {
        self.began.get_or_init(|| ());
        self.flood.sent_by_second.begin();
        self.work.begin();
    }

    fn has_begun(&self) -> bool {
        self.began.get().is_some()
    }

    /// Counts how a request of the attack ended, and the work that it was asked for.
    pub(crate) fn count_flood_outcome(&self, outcome: &Result<Answer, NoAnswer>) -> Verdict {
        let verdict = Verdict::of(outcome);
        self.flood.count_verdict(verdict);
        if verdict == Verdict::Challenge
            && let Some(work) = outcome.as_ref().ok().and_then(verdict::work_asked)
        {
            self.work.count(work);
        }
        verdict
    }

    /// Takes note of the memory that the filter's host holds, in bytes.
    pub(crate) fn see_memory(&self, bytes: u64) {
        self.memory.fetch_max(bytes, Relaxed);
    }

    /// The most memory that was seen, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.memory.load(Relaxed)
    }
}

/// The counts of one attack.
#[derive(Debug, Default)]
pub(crate) struct FloodTally {
    sent: AtomicU64,
    addresses: AtomicU64,
    minted: AtomicU64,
    by_verdict: [AtomicU64; Verdict::ALL.len()],
    sent_by_second: BySecond<u64>,
}

impl FloodTally {
    /// Counts a request that is about to be sent.
    pub(crate) fn count_sent(&self) {
        self.sent.fetch_add(1, Relaxed);
        self.sent_by_second.update(|sent| *sent += 1);
    }

    /// Counts an address that was not used before.
    pub(crate) fn count_address(&self) {
        self.addresses.fetch_add(1, Relaxed);
    }

    /// Counts a clearance that was worked for.
    pub(crate) fn count_minted(&self) {
        self.minted.fetch_add(1, Relaxed);
    }

    /// Counts what became of a request.
    pub(crate) fn count_verdict(&self, verdict: Verdict) {
        self.by_verdict[verdict as usize].fetch_add(1, Relaxed);
    }

    /// Requests sent, answered or not. Redemptions of solutions are none of them: they end at the filter.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    /// Requests sent in each of the first `seconds` seconds.
    pub(crate) fn sent_by_second(&self, seconds: usize) -> Vec<u64> {
        self.sent_by_second.counts(seconds)
    }

    /// Addresses that requests came from.
    pub(crate) fn addresses(&self) -> u64 {
        self.addresses.load(Relaxed)
    }

    /// Clearances that were worked for.
    pub(crate) fn minted(&self) -> u64 {
        self.minted.load(Relaxed)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phase_that_runs_is_the_one_that_began_last() {
        let tallies = Tallies::default();
        assert!(tallies.running().is_none());
        for tally in tallies.0.iter().take(3) {
            tally.begin();
            assert_eq!(tallies.running().unwrap().phase, tally.phase);
        }
    }

    #[test]
    fn of_all_the_memory_seen_the_most_is_told() {
        let tally = PhaseTally::new(Phase::Quiet);
        for bytes in [5, 9, 7] {
            tally.see_memory(bytes);
        }
        assert_eq!(tally.memory(), 9);
    }
}
