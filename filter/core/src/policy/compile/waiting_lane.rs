//! The waiting lane.

use super::quotas::{meter, meters, quota_of};
use crate::{policy::settings::WaitingLaneSettings, waiting_lane::WaitingLane};

pub(super) fn waiting_lane(settings: &WaitingLaneSettings) -> WaitingLane {
    WaitingLane {
        is_open: settings.enabled,
        floor: settings.floor_seconds.into(),
        ceiling: settings.ceiling_seconds.into(),
        lifetime: settings.lifetime_seconds.into(),
        quota: meters("waiting_lane", &settings.quota),
        grants: meter("waiting_lane.grants", &settings.grants),
        prefix_grants: meter("waiting_lane.grants_per_prefix", &settings.grants_per_prefix),
        once: quota_of(1, settings.lifetime_seconds, 1),
    }
}
