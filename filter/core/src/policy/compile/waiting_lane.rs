//! The waiting lane.

use super::{Compiler, quotas::quota_of};
use crate::{policy::settings::WaitingLaneSettings, waiting_lane::WaitingLane};
use serde_json::{Value, json};

/// The quota of a clearance that was waited for, where none is configured.
fn default_quota() -> Value {
    json!({ "limit": 40, "window_seconds": 60, "burst": 20 })
}

impl Compiler<'_> {
    pub(super) fn waiting_lane(&mut self, settings: WaitingLaneSettings) -> WaitingLane {
        let WaitingLaneSettings {
            enabled,
            floor_seconds,
            ceiling_seconds,
            lifetime_seconds,
            quota,
            grants,
            grants_per_prefix,
        } = settings;
        self.range("waiting_lane.floor_seconds", floor_seconds, 1..=3_600);
        self.range(
            "waiting_lane.ceiling_seconds",
            ceiling_seconds,
            floor_seconds..=3_600,
        );
        // Counted from when the challenge was issued, so that a part of it is spent in waiting.
        let shortest = ceiling_seconds.saturating_mul(2);
        self.range(
            "waiting_lane.lifetime_seconds",
            lifetime_seconds,
            shortest..=86_400,
        );
        WaitingLane {
            is_open: enabled,
            floor: floor_seconds.into(),
            ceiling: ceiling_seconds.into(),
            lifetime: lifetime_seconds.into(),
            quota: self.meters(
                "waiting_lane",
                "waiting_lane.quota",
                quota.unwrap_or_else(default_quota),
            ),
            grants: self.meter("waiting_lane.grants", "waiting_lane.grants", &grants),
            prefix_grants: self.meter(
                "waiting_lane.grants_per_prefix",
                "waiting_lane.grants_per_prefix",
                &grants_per_prefix,
            ),
            once: quota_of(1, lifetime_seconds, 1),
        }
    }
}
