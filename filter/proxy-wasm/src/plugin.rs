//! What all requests of one worker under one configuration share.

use crate::{
    abi::{log, time},
    configuration::Ledger,
    metrics::Metrics,
};
use levee_core::{
    Assets, Decision, Filter, Policy, capacity::Answers, log::Sampler, metrics::Tally, time::Timestamp,
};
use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

/// How often counts are handed over and other nodes are told how the origin answers.
pub(crate) const TICK: Duration = Duration::from_millis(500);

const ASSETS: Assets = Assets {
    solver: levee_solver::SCRIPT.as_bytes(),
    client: levee_solver::CLIENT.as_bytes(),
};

/// A configuration at work in one worker.
pub(crate) struct Plugin {
    pub(crate) filter: Filter,
    pub(crate) ledger: Ledger,
    sampler: Cell<Sampler>,
    answers: Cell<Answers>,
    tally: RefCell<Tally>,
    metrics: RefCell<Metrics>,
}

impl Plugin {
    pub(crate) fn new(policy: Policy, ledger: Ledger) -> Self {
        Self {
            filter: Filter::new(policy, ASSETS),
            ledger,
            sampler: Cell::default(),
            answers: Cell::default(),
            tally: RefCell::default(),
            metrics: RefCell::default(),
        }
    }

    /// Counts a decision, and writes it to the log if it is one to be written.
    pub(crate) fn note(&self, decision: &Decision<'_>, now: Timestamp) {
        if let Ok(mut tally) = self.tally.try_borrow_mut() {
            tally.count(decision);
        }
        let mut sampler = self.sampler.get();
        if let Some(line) = sampler.line(decision, now) {
            log::info(&line);
        }
        self.sampler.set(sampler);
    }

    /// Counts an answer of the origin, which took so many nanoseconds where its time was taken.
    pub(crate) fn note_answer(&self, status: u16, nanos: Option<u64>) {
        if let Some(capacity) = &self.filter.policy().capacity {
            let mut answers = self.answers.get();
            answers.count(status, nanos, capacity);
            self.answers.set(answers);
        }
    }

    /// Records how long a decision took, of one in so many.
    pub(crate) fn note_time(&self, began: Timestamp) {
        if let Ok(mut metrics) = self.metrics.try_borrow_mut() {
            metrics.time(began);
        }
    }

    /// Hands over to the host and to the other workers what was counted since the last time.
    pub(crate) fn tick(&self) {
        let Ok(now) = time::now() else { return };
        let (Ok(mut ledger), Ok(mut tally), Ok(mut metrics)) = (
            self.ledger.try_borrow_mut(),
            self.tally.try_borrow_mut(),
            self.metrics.try_borrow_mut(),
        ) else {
            return;
        };
        self.filter.report(self.answers.take(), &mut *ledger, now);
        metrics.add_decisions(&mut tally, self.filter.policy());
        let mut sampler = self.sampler.get();
        metrics.add_left_out(sampler.take_left_out());
        self.sampler.set(sampler);
        metrics.add_events(levee_core::ledger::Ledger::drain_events(&mut *ledger));
        metrics.set_gauges(&self.filter.gauges(&mut *ledger, now), now);
    }
}
