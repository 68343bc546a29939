//! Levee's configurations in the chains.

use serde_json::{Value, json};

use super::chain::Chain;

/// The key that all of them have, and that traffic is signed with.
pub(super) const KEY_ID: u8 = 1;
pub(super) const SECRET: [u8; 32] = *b"signs tokens of the bench only!!";
/// More than any burst of a session uses up.
const PLENTY: u32 = 1_000_000;

/// Entries of a ledger for clearances, and as many for prefixes.
pub(super) const ROOM: u64 = 1 << 20;
/// The same of one with next to no room.
pub(super) const LITTLE_ROOM: u64 = 1 << 10;

/// The work of challenges here, which traffic solves in advance.
pub(super) const WORK: u64 = 1024;

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
        Chain::Observe => with(closed(), "mode", json!("observe")),
        Chain::ObserveQuota => with(used_up(), "mode", json!("observe")),
        Chain::LittleRoom => with(
            closed(),
            "ledger",
            json!({ "clearances": LITTLE_ROOM, "prefixes": LITTLE_ROOM }),
        ),
        Chain::Open => with(
            closed(),
            "rules",
            json!([{ "name": "site", "match": { "path": { "prefix": "/departments" } }, "access": "open" }]),
        ),
        Chain::Rules10 => with(closed(), "rules", rules(10)),
        Chain::Rules1000 => with(closed(), "rules", rules(1000)),
    })
}

/// Nothing is forwarded without a clearance, whose quota is not used up.
fn closed() -> Value {
    json!({
        "keys": [{ "id": KEY_ID, "secret": levee_core::token::encode(&SECRET) }],
        "price": {
            "floor": WORK,
            "ceiling": 4 * WORK,
            "target_per_second": PLENTY,
            "prefix": { "target_per_minute": PLENTY },
        },
        "clearance": { "quota": { "limit": 1_000, "window_seconds": 60 } },
        "ledger": { "clearances": ROOM, "prefixes": ROOM },
        "rules": [{ "name": "site", "access": "clearance" }],
    })
}

fn free_lane() -> Value {
    let configuration = with(closed(), "rules", json!([]));
    let configuration = with(
        configuration,
        "free_lane",
        json!({ "requests_per_second": PLENTY, "burst": PLENTY }),
    );
    with(
        configuration,
        "prefix_quota",
        json!({ "limit": 1_000, "window_seconds": 60 }),
    )
}

/// One request an hour.
fn used_up() -> Value {
    with(
        closed(),
        "clearance",
        json!({ "quota": { "limit": 1, "window_seconds": 3600, "burst": 1 } }),
    )
}

/// So many rules, of which the last matches.
fn rules(count: u32) -> Value {
    let others = (1..count).map(|n| {
        json!({
            "name": format!("other-{n}"),
            "match": { "path": { "prefix": format!("/other/{n}") } },
            "access": "refuse",
        })
    });
    others
        .chain([json!({ "name": "site", "access": "clearance" })])
        .collect()
}

fn with(mut configuration: Value, key: &str, value: Value) -> Value {
    configuration[key] = value;
    configuration
}
