//! What all VMs of one host share: data, queues and metrics.

mod data;
mod metrics;
mod queues;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

pub(crate) use data::{SetOutcome, SharedData};
pub(crate) use metrics::{MetricKind, Metrics, Stat};
pub(crate) use queues::SharedQueues;

/// A bound of the host that a guest has run into.
#[derive(Debug, thiserror::Error)]
#[error("{what} is full: the bound is {bound} {unit}")]
pub(crate) struct Full {
    what: &'static str,
    bound: usize,
    unit: &'static str,
}

/// What outlives a host whose place another one takes.
#[derive(Debug, Default)]
pub(crate) struct Common {
    pub(crate) data: SharedData,
    pub(crate) metrics: Metrics,
    /// How many guests have trapped.
    pub(crate) traps: AtomicU64,
}

/// The state shared by the VMs of one host; lives as long as the last of them.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    common: Arc<Common>,
    pub(crate) queues: SharedQueues,
}

impl Shared {
    /// The same state for the VMs of another host.
    pub(crate) fn for_another_host(&self) -> Self {
        Self {
            common: self.common.clone(),
            queues: self.queues.for_another_host(),
        }
    }
}

impl Deref for Shared {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}
