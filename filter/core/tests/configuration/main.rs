//! What a configuration may say, and what is told about one that says something else.

mod exclusions;

use levee_core::{Policy, Problem};
use serde_json::{Value, json};

const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A sensible configuration with `value` at `key`.
fn with(key: &str, value: Value) -> Value {
    let mut configuration = json!({ "keys": [{ "id": 1, "secret": SECRET }] });
    configuration[key] = value;
    configuration
}

fn problems(configuration: &Value) -> Vec<Problem> {
    Policy::from_json(configuration.to_string().as_bytes())
        .err()
        .unwrap_or_default()
}

/// The paths of all problems.
fn paths(configuration: &Value) -> Vec<String> {
    problems(configuration)
        .into_iter()
        .map(|problem| problem.path)
        .collect()
}

#[test]
fn a_secret_alone_is_a_sensible_start() {
    assert_eq!(problems(&json!({ "keys": [{ "id": 1, "secret": SECRET }] })), []);
}

#[test]
fn the_example_in_the_readme_is_right() {
    let readme = include_str!("../../../../README.md");
    let example = readme
        .split("```json")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap_or_default();
    assert_eq!(Policy::from_json(example.as_bytes()).err(), None);
}

#[test]
fn everything_that_can_be_said_may_be_said() {
    let configuration = json!({
        "keys": [{ "id": 2, "secret": SECRET }, { "id": 1, "secret": format!("{SECRET}=") }],
        "client": { "address": { "header": { "name": "X-Forwarded-For", "trusted_hops": 2 } }, "ipv4_prefix": 24, "ipv6_prefix": 56 },
        "mode": "observe",
        "challenge": { "sub_puzzles": 64, "lifetime_seconds": 120, "bind_to_prefix": true },
        "price": { "floor": 1_000_000, "ceiling": 8_000_000, "target_per_second": 5, "doubling_seconds": 20,
                   "prefix": { "target_per_minute": 30, "doubling_seconds": 40 } },
        "capacity": { "requests_per_second": 100, "burst": 200, "visit_seconds": 600, "latency_ms": 1500 },
        "clearance": { "lifetime_seconds": 7200, "quota": [
            { "limit": 60, "window_seconds": 60, "burst": 20 }, { "limit": 1000, "window_seconds": 86400 } ] },
        "rate_limit_fields": "refused",
        "observe_header": true,
        "prefix_quota": { "limit": 60, "window_seconds": 60 },
        "redeem": { "refusals_per_prefix": { "limit": 10, "window_seconds": 60 }, "tries_per_challenge": { "limit": 5, "window_seconds": 60 } },
        "free_lane": { "requests_per_second": 20, "burst": 100 },
        "ledger": { "clearances": 100_000, "prefixes": 100_000 },
        "exclusions": {
            "certificates": false, "robots": true, "favicon": true,
            "health": { "path": { "prefix": "/health" }, "clients": ["198.51.100.7", "2001:db8:1::/48"] },
            "call_backs": [
                { "name": "payment", "path": { "exact": "/payment/done" }, "clients": ["192.0.2.0/24"] },
                { "name": "bank", "path": { "prefix": "/bank" }, "methods": ["POST", "GET"], "clients": ["2001:db8:2::/48"] },
            ],
        },
        "page": { "site": "Bệnh viện Levee", "telephone": "1900 0000", "default_language": "en" },
        "rules": [
            { "name": "call-back", "access": "open", "prefix_quota": { "limit": 10, "window_seconds": 1 },
              "match": { "methods": ["POST"], "path": { "exact": "/pay/done" }, "clients": ["192.0.2.0/24", "2001:db8::1"] } },
            { "name": "desk", "access": "refuse", "match": { "host": "*.internal.example", "header": { "name": "X-Desk" } } },
            { "name": "booking", "access": "clearance", "work": 2_000_000, "mode": "enforce",
              "quota": { "limit": 6, "window_seconds": 60 }, "route_quota": { "limit": 50, "window_seconds": 1 },
              "match": { "path": { "prefix": "/đặt-lịch" } } },
            { "name": "images", "free_lane": { "requests_per_second": 200 }, "match": { "path": { "glob": "/img/**" } } },
            { "name": "abroad", "access": "clearance", "match": { "countries": ["VN", "t1"] } },
            { "name": "rest" },
        ],
    });
    assert_eq!(problems(&configuration), []);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_told() {
    for keys in [
        json!("hush-hush"),
        json!(["hush-hush"]),
        json!([{ "id": "hush-hush", "secret": 7 }]),
        json!([{ "hush-hush": 1 }]),
        json!([{ "id": 1, "secret": ["hush-hush"] }]),
        json!({ "id": 1, "secret": "hush-hush" }),
    ] {
        let told: Vec<String> = problems(&with("keys", keys.clone()))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(!told.is_empty(), "{keys}");
        assert!(!told.concat().contains("hush"), "{told:?}");
    }
}

#[test]
fn all_problems_are_told_at_once_each_with_its_place() {
    let configuration = json!({
        "keys": [{ "id": 300, "secret": "c2hvcnQ" }, { "secret": "not base64!" }, { "id": 1, "secret": SECRET }, { "id": 1, "secret": SECRET }],
        "client": { "adress": "peer", "ipv4_prefix": 33 },
        "challenge": { "sub_puzzles": 0, "lifetime_seconds": 5 },
        "price": { "floor": "a lot", "ceiling": 5, "target_per_second": 0, "prefix": { "doubling_seconds": 0, "target": 1 } },
        "capacity": { "requests_per_second": 0, "burst": 3, "visit_seconds": 90_000 },
        "clearance": { "quota": { "limit": 10, "window_seconds": 0, "burst": 11 } },
        "prefix_quota": [{ "limit": 1, "window_seconds": 60 }, { "limit": 2, "window_seconds": 60 }, { "limit": 2 }, 7],
        "mode": "off",
        "rate_limit_fields": true,
        "colour": "blue",
        "rules": [
            { "name": "Bad Name", "match": { "path": { "exact": "book" } } },
            { "match": { "methods": ["get"], "clients": ["10.0.0.0/33"], "countries": ["Vietnam"] }, "access": "allow" },
            { "name": "everything", "access": "open" },
            { "name": "everything", "match": { "path": { "glob": "/[a-z]" } }, "work": 0, "quota": [],
              "route_quota": "many" },
        ],
        "page": { "default_language": "de", "telephone": 1900 },
    });
    let mut paths = paths(&configuration);
    paths.sort();
    let expected = [
        "challenge.lifetime_seconds",
        "challenge.sub_puzzles",
        "capacity.burst",
        "capacity.requests_per_second",
        "capacity.visit_seconds",
        "clearance.quota.burst",
        "clearance.quota.window_seconds",
        "client.adress",
        "client.ipv4_prefix",
        "colour",
        "keys[0].id",
        "keys[0].secret",
        "keys[1].id",
        "keys[1].secret",
        "keys[3].id",
        "mode",
        "page.default_language",
        "page.telephone",
        "prefix_quota[1].window_seconds",
        "prefix_quota[2]",
        "prefix_quota[3]",
        "price.ceiling",
        "price.floor",
        "price.prefix.doubling_seconds",
        "price.prefix.target",
        "price.target_per_second",
        "rate_limit_fields",
        "rules[0].match.path.exact",
        "rules[0].name",
        "rules[1].access",
        "rules[1].match.clients[0]",
        "rules[1].match.countries[0]",
        "rules[1].match.methods[0]",
        "rules[1].name",
        "rules[2].access",
        "rules[3]",
        "rules[3].match.path.glob",
        "rules[3].name",
        "rules[3].quota",
        "rules[3].route_quota",
        "rules[3].work",
    ];
    for path in expected {
        assert!(
            paths.iter().any(|told| told == path),
            "{path} is not among {:#?}",
            problems(&configuration)
        );
    }
    for path in &paths {
        assert!(
            expected.contains(&path.as_str()),
            "{path} is told, but is right: {:#?}",
            problems(&configuration)
        );
    }
}

#[test]
fn a_problem_says_what_would_be_right() {
    for (key, value, message) in [
        ("free_lain", json!(1), "expected one of"),
        (
            "price",
            json!({ "floor": 5 }),
            "5 is out of range; expected 32 to 1099511627776",
        ),
        (
            "challenge",
            json!({ "lifetime_seconds": 4_000 }),
            "expected 30 to 3600",
        ),
        (
            "page",
            json!({ "default_language": "de" }),
            "expected `vi` or `en`",
        ),
        (
            "rules",
            json!([{ "name": "a", "match": { "path": { "prefix": "/a%2fb" } } }]),
            "can never match",
        ),
        (
            "rules",
            json!([{ "name": "a", "match": { "path": { "prefix": "/a//b" } } }]),
            "can never match",
        ),
        (
            "rules",
            json!([{ "name": "a", "access": "open" }]),
            "would open the whole site",
        ),
        ("rules", json!([{ "name": "default" }]), "expected another name"),
        (
            "rules",
            json!([{ "name": "a", "access": "open", "work": 7, "match": { "methods": ["GET"] } }]),
            "has no effect",
        ),
        (
            "rules",
            json!([{ "name": "a" }, { "name": "b" }]),
            "the rule \"a\" before it matches everything",
        ),
        (
            "clearance",
            json!({ "lifetime_seconds": 200 }),
            "expected more than challenge.lifetime_seconds (300)",
        ),
        ("keys", json!([]), "expected at least one"),
        (
            "ledger",
            json!({ "prefixes": "a lot" }),
            "expected a whole number, 1024 to 16777216",
        ),
        (
            "ledger",
            json!({ "prefixes": 2_000.5 }),
            "expected a whole number",
        ),
        ("ledger", json!({ "prefixes": -2_000 }), "expected a whole number"),
        ("ledger", Value::Null, "expected an object"),
        ("mode", Value::Null, "expected `enforce` or `observe`"),
        ("rules", json!({}), "expected a list"),
        ("page", json!({ "site": 7 }), "expected text"),
        (
            "client",
            json!({ "address": 7 }),
            "expected \"peer\", or a header",
        ),
        (
            "client",
            json!({ "address": { "header": { "name": "x" } } }),
            "missing field `trusted_hops`",
        ),
        (
            "rules",
            json!([{ "name": "a", "match": { "path": { "exact": "/a", "prefix": "/b" } } }]),
            "as the only key of an object",
        ),
    ] {
        let told = problems(&with(key, value.clone()));
        assert!(
            told.iter().any(|problem| problem.to_string().contains(message)),
            "{key}: {value}: {told:?}"
        );
    }
}

#[test]
fn what_stands_behind_something_wrong_is_told_in_its_own_place() {
    let rule = json!({ "name": "a", "match": {
        "methods": [7, "get"],
        "header": { "value": "x" },
        "path": { "exact": "/%2f" },
    } });
    assert_eq!(
        paths(&with("rules", json!([rule]))),
        [
            "rules[0].match.methods[0]",
            "rules[0].match.header",
            "rules[0].match.methods[1]",
            "rules[0].match.path.exact",
        ]
    );
}

#[test]
fn a_repeated_key_is_a_problem_wherever_it_stands() {
    let text = format!(
        r#"{{"keys":[{{"id":1,"secret":"{SECRET}","id":2}}],"free_lane":{{}},"page":{{"site":"a","site":"b"}},"free_lane":{{}}}}"#
    );
    let problems = Policy::from_json(text.as_bytes()).err().unwrap_or_default();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["keys[0].id", "page.site", "free_lane"]);
}

#[test]
fn what_is_no_json_object_is_told_with_its_place_in_the_text() {
    for text in [
        &b""[..],
        b"{",
        b"[]",
        b"null",
        b"\"x\"",
        b"{}}",
        b"{\"keys\": \xff}",
        b"\0",
    ] {
        let problems = Policy::from_json(text).err().unwrap_or_default();
        assert_eq!(problems.len(), 1, "{}: {problems:?}", text.escape_ascii());
    }
    let told = Policy::from_json(b"{\n  \"keys\": oops\n}")
        .err()
        .unwrap_or_default();
    assert!(told[0].message.contains("line 2 column"), "{told:?}");
}

#[test]
fn a_secret_never_appears_in_a_problem_or_in_debug_output() {
    for secret in [
        json!("hunter2hunter2"),
        json!(20_071_969),
        json!(["hunter2"]),
        json!({ "hunter2": "hunter2" }),
        json!("hunter2 hunter2"),
    ] {
        let told = format!(
            "{:?}",
            problems(&with("keys", json!([{ "id": 1, "secret": secret }])))
        );
        assert!(told.contains("keys[0].secret"), "{told}");
        assert!(!told.contains("hunter2") && !told.contains("20071969"), "{told}");
    }
    let Ok(policy) = Policy::from_json(with("page", json!({})).to_string().as_bytes()) else {
        panic!("it is right")
    };
    let shown = format!("{policy:?}");
    assert!(
        !shown.contains(SECRET) && !shown.contains("[0, 1, 2, 3"),
        "{shown}"
    );
}

#[test]
fn deep_nesting_is_refused_and_does_not_overflow() {
    let text = "[".repeat(100_000);
    assert!(Policy::from_json(text.as_bytes()).is_err());
    let text = r#"{"a":"#.repeat(100_000);
    assert!(Policy::from_json(text.as_bytes()).is_err());
}
