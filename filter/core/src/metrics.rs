//! What is counted, and how it is called.
//!
//! Counting is done in the memory of each node and handed over at intervals, because telling a host costs more than
//! counting. Names are made of parts, so that a monitoring system can take labels out of them:
//!
//! ```text
//! levee.decisions.verdict.challenge.reason.free_lane_spent.rule.booking
//! levee.observed.verdict.challenge.reason.free_lane_spent.rule.booking
//! ```

use crate::verdict::{Decision, Reason};

/// What the names of all metrics begin with.
pub const PREFIX: &str = "levee.";

/// Microseconds that deciding on a request took, as a histogram.
pub const FILTER_MICROSECONDS: &str = "levee.filter.microseconds";

/// Clearances that were minted.
pub const MINTED: &str = "levee.minting.clearances";

/// Clearances that were minted in the last second, as a gauge.
pub const MINTING_RATE: &str = "levee.minting.per_second";

/// Entries of the ledger that had to make room while in force.
pub const EVICTIONS: &str = "levee.ledger.evictions";

/// Changes of the ledger that were given up because others changed the same entry again and again.
pub const GIVE_UPS: &str = "levee.ledger.give_ups";

/// Accesses to the ledger that failed, so that the node decided by what it knew itself.
pub const FAILURES: &str = "levee.ledger.failures";

/// Log lines about refusals that were left out.
pub const LINES_LEFT_OUT: &str = "levee.log.left_out";

/// Decisions of one kind: with one reason, under one rule, done or only observed.
#[derive(Clone, Debug, Default)]
struct Count {
    pending: u64,
    /// What the host calls the metric, once it has been told its name.
    metric: Option<u32>,
}

/// Counts decisions until the host takes the counts.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: Vec<Count>,
    minted: u64,
    is_changed: bool,
}

/// Kinds of decisions for each rule.
const KINDS: usize = Reason::ALL.len().saturating_mul(2);

impl Tally {
    /// Clearances minted since this was last asked.
    pub const fn take_minted(&mut self) -> u64 {
        core::mem::replace(&mut self.minted, 0)
    }

    /// Counts a decision.
    pub fn count(&mut self, decision: &Decision<'_>) {
        self.minted = self.minted.saturating_add(decision.has_minted.into());
        let index = decision
            .rule
            .index
            .saturating_mul(KINDS)
            .saturating_add((decision.reason as usize).saturating_mul(2))
            .saturating_add(decision.is_observed.into());
        if self.counts.len() <= index {
            self.counts.resize_with(index.saturating_add(1), Count::default);
        }
        if let Some(count) = self.counts.get_mut(index) {
            count.pending = count.pending.saturating_add(1);
            self.is_changed = true;
        }
    }

    /// Hands all counts over: `define` gives the host's number for a metric's name, once for each; `add` adds to it. What
    /// either refuses is kept for the next time. `rule_name` is the name of the rule with an index.
    pub fn flush<'n>(
        &mut self,
        rule_name: impl Fn(usize) -> Option<&'n str>,
        mut define: impl FnMut(&str) -> Option<u32>,
        mut add: impl FnMut(u32, u64) -> bool,
    ) {
        if !core::mem::take(&mut self.is_changed) {
            return;
        }
        for (index, count) in self.counts.iter_mut().enumerate() {
            if count.pending == 0 {
                continue;
            }
            let (rule, kind) = (index.div_euclid(KINDS), index.rem_euclid(KINDS));
            let metric = count.metric.or_else(|| {
                let reason = Reason::ALL.get(kind.div_euclid(2))?;
                define(&name(*reason, kind.rem_euclid(2) == 1, rule_name(rule)?))
            });
            count.metric = metric;
            if metric.is_some_and(|metric| add(metric, count.pending)) {
                count.pending = 0;
            } else {
                self.is_changed = true;
            }
        }
    }
}

fn name(reason: Reason, is_observed: bool, rule: &str) -> String {
    let family = if is_observed { "observed" } else { "decisions" };
    let (verdict, reason) = (reason.verdict().as_str(), reason.as_str());
    format!("{PREFIX}{family}.verdict.{verdict}.reason.{reason}.rule.{rule}")
}
