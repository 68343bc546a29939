//! Configurations that scenarios start from.

use serde_json::{Value, json};

/// The first secret, as configured.
pub const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Another secret.
pub const OTHER_SECRET: &str = "_____wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// The id of the first key.
pub const KEY_ID: u8 = 1;

/// The work of all challenges here: little, so that scenarios take no time.
pub const WORK: u64 = 256;

/// A site that forwards nothing without a clearance, except what is open; with a rule of every kind.
#[must_use]
pub fn closed() -> Value {
    json!({
        "keys": [{ "id": KEY_ID, "secret": SECRET }],
        "challenge": { "sub_puzzles": 4, "lifetime_seconds": 300 },
        "price": { "floor": WORK, "ceiling": 64 * WORK, "target_per_second": 1000, "prefix": { "target_per_minute": 60_000 } },
        "clearance": {
            "lifetime_seconds": 3600,
            "quota": { "limit": 3, "window_seconds": 3600, "burst": 3 },
        },
        "rules": [
            { "name": "feed", "match": { "path": { "prefix": "/feed" } }, "access": "open" },
            { "name": "internal", "match": { "path": { "prefix": "/internal" } }, "access": "refuse" },
            { "name": "pay", "match": { "path": { "prefix": "/pay" } }, "access": "clearance", "work": 1024,
              "quota": { "limit": 3, "window_seconds": 3600 } },
            { "name": "site", "access": "clearance" },
        ],
    })
}

/// A site whose free lane has a burst of `budget` requests and hardly refills, with room for `of_a_prefix` of each prefix.
#[must_use]
pub fn free_lane(budget: u32, of_a_prefix: u32) -> Value {
    let mut configuration = closed();
    configuration["rules"] = json!([]);
    configuration["free_lane"] = json!({ "requests_per_second": 1, "burst": budget });
    configuration["prefix_quota"] =
        json!({ "limit": of_a_prefix, "window_seconds": 3600, "burst": of_a_prefix });
    configuration
}

/// A site whose origin carries two requests a second and eight at once. Clearances have quotas that are never in the way.
#[must_use]
pub fn narrow() -> Value {
    let configuration = with(
        closed(),
        "capacity",
        json!({ "requests_per_second": 2, "burst": 8, "visit_seconds": 60 }),
    );
    with(
        configuration,
        "clearance",
        json!({ "quota": { "limit": 1_000, "window_seconds": 3600 } }),
    )
}

/// The same configuration with `value` at `key`.
#[must_use]
pub fn with(mut configuration: Value, key: &str, value: Value) -> Value {
    configuration[key] = value;
    configuration
}
