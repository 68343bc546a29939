//! What all VMs of one host share: data, queues and metrics.

mod data;
mod metrics;
mod queues;

pub(crate) use data::{Cas, SetOutcome, SharedData};
pub(crate) use metrics::{MetricKind, Metrics, Stat};
pub(crate) use queues::{QueueNotice, SharedQueues};

/// A bound of the host that a guest has run into.
#[derive(Debug, thiserror::Error)]
#[error("{what} is full: the bound is {bound} {unit}")]
pub(crate) struct Full {
    what: &'static str,
    bound: usize,
    unit: &'static str,
}

/// The state shared by the VMs of one host; lives as long as the last of them.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) data: SharedData,
    pub(crate) queues: SharedQueues,
    pub(crate) metrics: Metrics,
}
