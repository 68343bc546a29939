//! The host's metrics. A metric is defined when there is first something to say about it.

use crate::abi::{
    metrics::{Kind, define, get, increment, record},
    time::now,
};
use levee_core::{
    Policy,
    filter::Gauge,
    ledger::Events,
    metrics::{self, Tally},
    time::{NANOS_PER_SECOND, Timestamp},
};
use std::collections::BTreeMap;

/// Of so many decisions one is timed: reading the clock and telling the host cost a few per cent of a decision.
const TIMED_ONE_IN: u32 = 16;

/// What the host calls the metrics that are known to it.
#[derive(Default)]
pub(crate) struct Metrics {
    known: BTreeMap<String, u32>,
    decisions: u32,
    /// Clearances minted by all workers, and when that was seen.
    minted: Option<(Timestamp, u64)>,
}

impl Metrics {
    /// Records how long a decision took that `began` some time ago; only of one in a few.
    pub(crate) fn time(&mut self, began: Timestamp) {
        self.decisions = self.decisions.wrapping_add(1);
        if !self.decisions.is_multiple_of(TIMED_ONE_IN) {
            return;
        }
        let Ok(now) = now() else { return };
        if let Some(id) = self.id(Kind::Histogram, metrics::FILTER_MICROSECONDS) {
            let micros = now.saturating_since(began).div_euclid(1_000);
            record(id, micros);
        }
    }

    pub(crate) fn add_decisions(&mut self, tally: &mut Tally, policy: &Policy) {
        let minted = tally.take_minted();
        self.add(metrics::MINTED, minted);
        let rule_name = |index| policy.rules().nth(index).map(|rule| rule.name.as_str());
        tally.flush(rule_name, |name| define(Kind::Counter, name), increment);
    }

    pub(crate) fn add_events(&mut self, events: Events) {
        self.add(metrics::EVICTIONS, events.evictions);
        self.add(metrics::GIVE_UPS, events.give_ups);
        self.add(metrics::FAILURES, events.failures);
    }

    pub(crate) fn add_left_out(&mut self, lines: u64) {
        self.add(metrics::LINES_LEFT_OUT, lines);
    }

    /// Sets all gauges. Every worker sets them, from what all share, so it does not matter which is last.
    pub(crate) fn set_gauges(&mut self, gauges: &[Gauge], now: Timestamp) {
        for gauge in gauges {
            self.set(&format!("{}{}", metrics::PREFIX, gauge.name), gauge.value);
        }
        self.set_minting_rate(now);
    }

    /// From the count of all workers together.
    fn set_minting_rate(&mut self, now: Timestamp) {
        let Some(id) = self.id(Kind::Counter, metrics::MINTED) else {
            return;
        };
        let Some(minted) = get(id) else {
            return;
        };
        let (since, before) = *self.minted.get_or_insert((now, minted));
        let elapsed = now.saturating_since(since);
        if elapsed >= NANOS_PER_SECOND {
            let rate = u128::from(minted.saturating_sub(before))
                .saturating_mul(NANOS_PER_SECOND.into())
                .checked_div(elapsed.into())
                .and_then(|rate| u64::try_from(rate).ok());
            self.set(metrics::MINTING_RATE, rate.unwrap_or_default());
            self.minted = Some((now, minted));
        }
    }

    fn add(&mut self, name: &str, value: u64) {
        // Defined also when there is nothing to add, so that a dashboard shows a zero and not a gap.
        if let Some(id) = self.id(Kind::Counter, name) {
            increment(id, value);
        }
    }

    fn set(&mut self, name: &str, value: u64) {
        if let Some(id) = self.id(Kind::Gauge, name) {
            record(id, value);
        }
    }

    fn id(&mut self, kind: Kind, name: &str) -> Option<u32> {
        if let Some(id) = self.known.get(name) {
            return Some(*id);
        }
        let id = define(kind, name)?;
        self.known.insert(name.to_owned(), id);
        Some(id)
    }
}
