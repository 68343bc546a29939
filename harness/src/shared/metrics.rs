//! Metrics that guests define, by name and shared by all VMs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Full;

/// Most metrics of different names.
const MAX_METRICS: usize = 16_384;

/// What a metric does with a value. The numbers are the ABI's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MetricKind {
    Counter = 0,
    Gauge = 1,
    Histogram = 2,
}

impl MetricKind {
    pub(crate) const fn from_abi(kind: u32) -> Option<Self> {
        match kind {
            0 => Some(Self::Counter),
            1 => Some(Self::Gauge),
            2 => Some(Self::Histogram),
            _ => None,
        }
    }
}

/// The value of a metric: for a histogram, the sum of what was recorded.
#[derive(Debug)]
pub(crate) struct Stat {
    kind: MetricKind,
    value: AtomicI64,
    records: AtomicU64,
}

impl Stat {
    fn new(kind: MetricKind) -> Self {
        Self {
            kind,
            value: AtomicI64::new(0),
            records: AtomicU64::new(0),
        }
    }

    pub(crate) const fn kind(&self) -> MetricKind {
        self.kind
    }

    pub(crate) fn value(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }

    /// How often a value was recorded in a histogram.
    pub(crate) fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, offset: i64) {
        self.value.fetch_add(offset, Ordering::Relaxed);
    }

    /// Adds to a counter, sets a gauge, records in a histogram.
    pub(crate) fn record(&self, value: i64) {
        match self.kind {
            MetricKind::Counter => self.add(value),
            MetricKind::Gauge => self.value.store(value, Ordering::Relaxed),
            MetricKind::Histogram => {
                self.add(value);
                self.records.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// All metrics of a host.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<(String, MetricKind), Arc<Stat>>>);

impl Metrics {
    /// The metric of that name and kind, created when there is none yet.
    pub(crate) fn define(&self, name: String, kind: MetricKind) -> Result<Arc<Stat>, Full> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = all.len() >= MAX_METRICS;
        match all.entry((name, kind)) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.get().clone()),
            std::collections::btree_map::Entry::Vacant(_) if full => Err(Full {
                what: "the table of metrics",
                bound: MAX_METRICS,
                unit: "names",
            }),
            std::collections::btree_map::Entry::Vacant(entry) => {
                Ok(entry.insert(Arc::new(Stat::new(kind))).clone())
            }
        }
    }

    /// Every metric in the order of names.
    pub(crate) fn all(&self) -> Vec<(String, Arc<Stat>)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .map(|((name, _), stat)| (name.clone(), stat.clone()))
            .collect()
    }
}
