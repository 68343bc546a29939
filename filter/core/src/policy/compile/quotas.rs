//! Quotas and budgets, each with a name of its own.

use super::Compiler;
use crate::{
    policy::{
        Meter,
        settings::{FreeLaneSettings, QuotaSettings},
        strict,
    },
    quota::{Quota, at_least_one},
};
use core::hash::Hasher as _;
use serde_json::Value;
use siphasher::sip::SipHasher24;

/// A day; no quota needs a longer window, and no token a longer life than thirty of them.
pub(super) const DAY_SECONDS: u32 = 86_400;

/// The meters of rules that have none of their own.
pub(super) struct SharedMeters {
    pub(super) clearance: Vec<Meter>,
    pub(super) prefix: Vec<Meter>,
    pub(super) free_lane: Meter,
}

impl Compiler<'_> {
    /// The meters for one quota or a list of them. A single one has the `name` itself, those of a list have their window
    /// behind it, which therefore must differ.
    pub(super) fn meters(&mut self, name: &str, path: &str, value: Value) -> Vec<Meter> {
        let Value::Array(values) = value else {
            return self.read_meter(name, path, value).into_iter().collect();
        };
        if values.is_empty() {
            self.problems
                .add(path, "the list is empty; expected at least one quota, or no list");
        }
        let mut meters: Vec<Meter> = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let path = format!("{path}[{index}]");
            let Some(mut meter) = self.read_meter(name, &path, value) else {
                continue;
            };
            let window = meter.quota.window_seconds();
            if meters
                .iter()
                .any(|earlier| earlier.quota.window_seconds() == window)
            {
                self.problems.add(
                    format!("{path}.window_seconds"),
                    format!("{window} is the window of an earlier quota of this list; expected windows that differ"),
                );
            }
            meter.name = format!("{name}.{window}s");
            meter.id = id_of(&meter.name);
            meters.push(meter);
        }
        meters
    }

    fn read_meter(&mut self, name: &str, path: &str, value: Value) -> Option<Meter> {
        let settings: QuotaSettings = strict::read(value, path, self.problems);
        if self.problems.any_at_or_below(path) {
            return None;
        }
        Some(self.meter(name, path, &settings))
    }

    pub(super) fn meter(&mut self, name: &str, path: &str, settings: &QuotaSettings) -> Meter {
        Meter {
            name: name.into(),
            id: id_of(name),
            quota: self.quota(path, settings),
        }
    }

    pub(super) fn free_lane(&mut self, name: &str, path: &str, settings: &FreeLaneSettings) -> Meter {
        self.range(
            &format!("{path}.requests_per_second"),
            settings.requests_per_second,
            1..=1_000_000,
        );
        let burst = settings
            .burst
            .unwrap_or_else(|| settings.requests_per_second.saturating_mul(2));
        self.range(&format!("{path}.burst"), burst, 1..=10_000_000);
        let quota = quota_of(settings.requests_per_second, 1, burst);
        Meter {
            name: name.into(),
            id: id_of(name),
            quota,
        }
    }

    pub(super) fn quota(&mut self, path: &str, settings: &QuotaSettings) -> Quota {
        let burst = settings.burst.unwrap_or(settings.limit);
        self.range(&format!("{path}.limit"), settings.limit, 1..=1_000_000_000);
        self.range(
            &format!("{path}.window_seconds"),
            settings.window_seconds,
            1..=DAY_SECONDS,
        );
        self.range(&format!("{path}.burst"), burst, 1..=settings.limit.max(1));
        quota_of(settings.limit, settings.window_seconds, burst)
    }
}

/// Zeroes have been told as problems; one in their place lets compilation go on.
pub(super) fn quota_of(limit: u32, window_seconds: u32, burst: u32) -> Quota {
    Quota::new(
        at_least_one(limit),
        at_least_one(window_seconds),
        at_least_one(burst),
    )
}

/// What stands for a name where a fixed size is needed: the same on every node and after every reload.
pub(super) fn id_of(name: &str) -> u64 {
    let mut hasher = SipHasher24::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// The low half of [`id_of`]. It only tells which rule a challenge came from; nothing is decided by it.
pub(super) fn scope_of(name: &str) -> u32 {
    let [.., a, b, c, d] = id_of(name).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}
