//! The filter's configuration for the demonstration.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use std::time::Duration;

/// Expected hashes of a challenge: somewhat below a second on an old phone.
const WORK: u64 = 1 << 17;

/// The requests that need no clearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FreeLane {
    /// How many a second.
    pub(crate) requests_per_second: u32,
    /// How many at once, after a quiet time.
    pub(crate) burst: u32,
}

/// The free lane of the demonstration: what a small origin carries in its sleep.
pub(crate) const FREE_LANE: FreeLane = FreeLane {
    requests_per_second: 20,
    burst: 40,
};

impl FreeLane {
    /// How many requests without a clearance may reach the origin in this time.
    pub(crate) fn allowance(self, time: Duration) -> u64 {
        let refilled = u128::from(self.requests_per_second) * time.as_millis() / 1_000;
        u64::from(self.burst) + u64::try_from(refilled).unwrap_or(u64::MAX)
    }
}

/// The configuration as the filter reads it, with a secret that nobody else knows.
pub(crate) fn filter_configuration() -> String {
    let secret: [u8; 32] = rand::random();
    json!({
        "keys": [{ "id": 1, "secret": BASE64_URL_SAFE_NO_PAD.encode(secret) }],
        "challenge": { "sub_puzzles": 32, "lifetime_seconds": 300 },
        "price": { "floor": WORK },
        "clearance": {
            "lifetime_seconds": 3600,
            "quota": { "limit": 120, "window_seconds": 60, "burst": 60 }
        },
        "prefix_quota": { "limit": 60, "window_seconds": 60, "burst": 30 },
        "free_lane": { "requests_per_second": FREE_LANE.requests_per_second, "burst": FREE_LANE.burst },
        "rules": [{ "name": "health", "match": { "path": { "exact": "/healthz" } }, "access": "open" }],
        "page": { "site": "Bệnh viện Đa khoa Bến Đê", "telephone": "1900 0000", "default_language": "vi" }
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use levee_core::policy::{Access, Policy};

    #[test]
    fn the_filter_accepts_the_configuration_and_has_the_free_lane_that_is_counted_with() {
        let policy = Policy::from_json(filter_configuration().as_bytes()).unwrap();
        let last = policy.rules().last().unwrap();
        let Access::FreeLane(lane) = &last.access else {
            panic!("{last:?}")
        };
        assert_eq!(lane.quota.limit(), FREE_LANE.requests_per_second);
        assert_eq!(lane.quota.burst(), FREE_LANE.burst);
        assert_eq!(lane.quota.window_seconds(), 1);
    }

    #[test]
    fn the_allowance_is_the_burst_and_what_refills() {
        assert_eq!(FREE_LANE.allowance(Duration::ZERO), 40);
        assert_eq!(FREE_LANE.allowance(Duration::from_millis(45_060)), 941);
    }

    #[test]
    fn secrets_are_not_repeated() {
        assert_ne!(filter_configuration(), filter_configuration());
    }
}
