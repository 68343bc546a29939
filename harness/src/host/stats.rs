//! What a host tells of itself and its guest.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::shared::{MetricKind, Shared};

/// Figures about a host and its guest.
#[derive(Clone, Debug)]
pub struct HostStats {
    pub(super) shared: Arc<Shared>,
}

impl HostStats {
    /// The value of a metric that the guest has defined: for a histogram, the sum of what was recorded.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<i64> {
        self.shared
            .metrics
            .all()
            .into_iter()
            .find(|(other, _)| other == name)
            .map(|(_, stat)| stat.value())
    }

    /// A value in the shared data store.
    #[must_use]
    pub fn shared_data(&self, key: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        self.shared.data.get(key.as_ref()).map(|(value, _)| value)
    }

    /// How many VMs have trapped.
    #[must_use]
    pub fn traps(&self) -> u64 {
        self.shared.traps.load(Ordering::Relaxed)
    }

    /// Keys in the shared data store, and bytes of keys and values.
    #[must_use]
    pub fn shared_data_size(&self) -> (usize, usize) {
        self.shared.data.size()
    }

    /// Every metric of the guest as name and value; a histogram gives `name.count` and `name.sum`.
    #[must_use]
    pub fn metrics(&self) -> Vec<(String, i64)> {
        let all = self.shared.metrics.all();
        all.into_iter()
            .flat_map(|(name, stat)| match stat.kind() {
                MetricKind::Counter | MetricKind::Gauge => vec![(name, stat.value())],
                MetricKind::Histogram => {
                    let count = i64::try_from(stat.records()).unwrap_or(i64::MAX);
                    vec![
                        (format!("{name}.count"), count),
                        (format!("{name}.sum"), stat.value()),
                    ]
                }
            })
            .collect()
    }
}
