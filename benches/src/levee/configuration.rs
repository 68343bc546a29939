//! Levee's configurations.

use serde_json::{Value, json};

/// The key that all of them have, and that traffic is signed with.
pub(crate) const KEY_ID: u8 = 1;
/// Its secret.
pub(crate) const SECRET: [u8; 32] = *b"signs tokens of the bench only!!";

/// More than any burst of a session uses up.
pub(crate) const PLENTY: u32 = 1_000_000;

/// Entries of a ledger for clearances, and as many for prefixes.
pub(crate) const ROOM: u64 = 1 << 20;
/// The same of one with next to no room.
pub(crate) const LITTLE_ROOM: u64 = 1 << 10;

/// The work of challenges here, which traffic solves in advance.
pub(crate) const WORK: u64 = 1024;

/// Nothing is forwarded without a clearance, whose quota is not used up.
pub(crate) fn closed() -> Value {
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

/// A free lane that everybody fits into.
pub(crate) fn free_lane() -> Value {
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
pub(crate) fn used_up() -> Value {
    with(
        closed(),
        "clearance",
        json!({ "quota": { "limit": 1, "window_seconds": 3600, "burst": 1 } }),
    )
}

/// A rule that asks for nothing and counts nothing.
pub(crate) fn open() -> Value {
    with(
        closed(),
        "rules",
        json!([{ "name": "site", "match": { "path": { "prefix": "/departments" } }, "access": "open" }]),
    )
}

/// The same, only observed.
pub(crate) fn observed(configuration: Value) -> Value {
    with(configuration, "mode", json!("observe"))
}

/// So many rules, of which the last matches.
pub(crate) fn rules(count: u32) -> Value {
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

/// The same with another value of `key`.
pub(crate) fn with(mut configuration: Value, key: &str, value: Value) -> Value {
    configuration[key] = value;
    configuration
}
