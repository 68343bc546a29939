//! Levee's configurations in the chains.

use serde_json::{Value, json};

use super::chain::Chain;
use crate::levee::configuration::{
    LITTLE_ROOM, PLENTY, closed, free_lane, observed, open, rules, used_up, with,
};

/// The plugin configuration of a chain; `None` for one without Levee.
pub(super) fn configuration(chain: Chain) -> Option<Value> {
    Some(match chain {
        Chain::Router
        | Chain::LocalRateLimit
        | Chain::LocalRateLimitPerClient
        | Chain::Lua
        | Chain::Floor(_) => return None,
        Chain::Clearance => closed(),
        Chain::Capacity => with(
            closed(),
            "capacity",
            json!({ "requests_per_second": PLENTY, "burst": PLENTY }),
        ),
        Chain::FreeLane => free_lane(),
        Chain::Quota => used_up(),
        Chain::Observe => observed(closed()),
        Chain::ObserveQuota => observed(used_up()),
        Chain::LittleRoom => with(
            closed(),
            "ledger",
            json!({ "clearances": LITTLE_ROOM, "prefixes": LITTLE_ROOM }),
        ),
        Chain::Open => open(),
        Chain::Rules10 => with(closed(), "rules", rules(10)),
        Chain::Rules1000 => with(closed(), "rules", rules(1000)),
    })
}
