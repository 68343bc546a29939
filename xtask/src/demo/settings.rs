//! The filter's configuration for the demonstration.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::json;
use std::time::Duration;

/// Expected hashes of a challenge when nobody attacks: a quarter of a second on an old phone. Hundreds of phones are played
/// by one machine, which has to do their work all at once, so it is less than a site would ask for.
pub(crate) const PRICE_FLOOR: u64 = 1 << 15;

/// Expected hashes of a challenge at most: a quarter of a minute on an old phone.
const PRICE_CEILING: u64 = 1 << 21;

/// So many requests a window, and how many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// How many a window.
    pub(crate) requests: u32,
    /// The window.
    pub(crate) window_seconds: u32,
    /// How many at once, after a quiet time.
    pub(crate) burst: u32,
}

/// The requests that need no clearance: what a small origin carries in its sleep.
pub(crate) const FREE_LANE: Budget = Budget {
    requests: 20,
    window_seconds: 1,
    burst: 40,
};

/// All that the origin can carry.
pub(crate) const CAPACITY: Budget = Budget {
    requests: 40,
    window_seconds: 1,
    burst: 40,
};

/// What the holder of one clearance may send.
pub(crate) const CLEARANCE_QUOTA: Budget = Budget {
    requests: 120,
    window_seconds: 60,
    burst: 60,
};

/// What an examination costs, in dong.
pub(crate) const FEE: u64 = 50_000;

/// Where the provider reports payments.
pub(crate) const PAYMENT_PATH: &str = "/payment/callback";

/// The address that it reports from.
pub(crate) const PROVIDER: &str = "192.0.2.20";

/// A key that the provider and the origin share, and nobody else knows.
pub(crate) fn payment_key() -> String {
    let key: [u8; 32] = rand::random();
    format!("whsec_{}", BASE64_STANDARD.encode(key))
}

impl Budget {
    /// How many requests it lets through in this time.
    pub(crate) fn allowance(self, time: Duration) -> u64 {
        let window_ms = u128::from(self.window_seconds.max(1)) * 1_000;
        let refilled = u128::from(self.requests) * time.as_millis() / window_ms;
        u64::from(self.burst) + u64::try_from(refilled).unwrap_or(u64::MAX)
    }
}

/// The configuration as the filter reads it, with a secret that nobody else knows.
pub(crate) fn filter_configuration() -> String {
    let secret: [u8; 32] = rand::random();
    json!({
        "keys": [{ "id": 1, "secret": BASE64_URL_SAFE_NO_PAD.encode(secret) }],
        "challenge": { "sub_puzzles": 32, "lifetime_seconds": 300 },
        "price": {
            "floor": PRICE_FLOOR,
            "ceiling": PRICE_CEILING,
            "target_per_second": 10,
            "doubling_seconds": 10
        },
        "capacity": {
            "requests_per_second": CAPACITY.requests,
            "burst": CAPACITY.burst,
            "visit_seconds": 300
        },
        "clearance": {
            "lifetime_seconds": 3600,
            "quota": {
                "limit": CLEARANCE_QUOTA.requests,
                "window_seconds": CLEARANCE_QUOTA.window_seconds,
                "burst": CLEARANCE_QUOTA.burst
            }
        },
        "exclusions": {
            "call_backs": [{
                "name": "payment",
                "path": { "exact": PAYMENT_PATH },
                // Where clients with the provider's address come from on this machine.
                "clients": ["127.0.2.20/32"]
            }]
        },
        "prefix_quota": { "limit": 60, "window_seconds": 60, "burst": 30 },
        "free_lane": { "requests_per_second": FREE_LANE.requests, "burst": FREE_LANE.burst },
        "page": { "site": "Bệnh viện Đa khoa Bến Đê", "telephone": "1900 0000", "default_language": "vi" }
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use levee_core::policy::{Access, Policy};

    #[test]
    fn the_filter_accepts_the_configuration_and_has_the_budgets_that_are_counted_with() {
        let policy = Policy::from_json(filter_configuration().as_bytes()).unwrap();
        let last = policy.rules().last().unwrap();
        let Access::FreeLane(lane) = &last.access else {
            panic!("{last:?}")
        };
        let capacity = policy.capacity.as_ref().unwrap();
        for (budget, quota) in [
            (FREE_LANE, &lane.quota),
            (CAPACITY, &capacity.meter.quota),
            (CLEARANCE_QUOTA, &last.clearance_meters[0].quota),
        ] {
            assert_eq!(quota.limit(), budget.requests);
            assert_eq!(quota.burst(), budget.burst);
            assert_eq!(quota.window_seconds(), budget.window_seconds);
        }
        assert_eq!(
            (policy.price.floor, policy.price.ceiling),
            (PRICE_FLOOR, PRICE_CEILING)
        );
    }

    #[test]
    fn the_allowance_is_the_burst_and_what_refills() {
        assert_eq!(FREE_LANE.allowance(Duration::ZERO), 40);
        assert_eq!(FREE_LANE.allowance(Duration::from_millis(45_060)), 941);
        assert_eq!(CLEARANCE_QUOTA.allowance(Duration::from_secs(30)), 120);
    }

    #[test]
    fn secrets_are_not_repeated() {
        assert_ne!(filter_configuration(), filter_configuration());
    }
}
