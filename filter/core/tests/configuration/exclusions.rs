//! Exclusions.

use super::{paths, problems, with};
use levee_core::Policy;
use serde_json::{Value, json};

#[test]
fn an_exclusion_that_is_unsafe_or_without_effect_is_a_problem() {
    let call_back = |key: &str, value: Value| {
        let mut call_back =
            json!({ "name": "paid", "path": { "exact": "/paid" }, "clients": ["192.0.2.0/24"] });
        call_back[key] = value;
        json!({ "call_backs": [call_back] })
    };
    let place = |key: &str| format!("exclusions.call_backs[0].{key}");
    let health = |value: Value| json!({ "health": value });
    for (exclusions, path, message) in [
        (
            json!({ "icons": false }),
            "exclusions.icons".to_owned(),
            "unknown field",
        ),
        (
            json!({ "robots": "off" }),
            "exclusions.robots".to_owned(),
            "expected a boolean",
        ),
        (
            call_back("clients", json!([])),
            place("clients"),
            "open to everybody",
        ),
        (call_back("clients", json!(["192.0.2.0"])), String::new(), ""),
        (
            call_back("clients", json!(["0.0.0.0/0"])),
            place("clients[0]"),
            "8 bits or more",
        ),
        (
            call_back("clients", json!(["10.0.0.0/8", "2000::/3"])),
            place("clients[1]"),
            "16 bits or more",
        ),
        (
            call_back("clients", json!(["::ffff:192.0.2.1"])),
            place("clients[0]"),
            "expected \"192.0.2.1\"",
        ),
        (
            call_back("clients", json!(["everybody"])),
            place("clients[0]"),
            "is no prefix",
        ),
        (call_back("path", Value::Null), place("path"), "missing"),
        (
            call_back("path", json!({ "prefix": "/" })),
            place("path.prefix"),
            "the whole site",
        ),
        (
            call_back("path", json!({ "glob": "/**" })),
            place("path"),
            "expected `exact` or `prefix`",
        ),
        (
            call_back("path", json!({ "exact": "/a/../b" })),
            place("path.exact"),
            "can never match",
        ),
        (
            call_back("methods", json!([])),
            place("methods"),
            "the list is empty",
        ),
        (
            call_back("methods", json!(["post"])),
            place("methods[0]"),
            "capital letters",
        ),
        (call_back("name", Value::Null), place("name"), "missing"),
        (
            call_back("name", json!("default")),
            place("name"),
            "expected another name",
        ),
        (
            call_back("name", json!("health_public")),
            place("name"),
            "names an exclusion already",
        ),
        (call_back("quota", json!(1)), place("quota"), "unknown field"),
        (
            health(json!(3)),
            "exclusions.health".to_owned(),
            "expected true, false",
        ),
        (
            health(json!({ "path": { "prefix": "/" } })),
            "exclusions.health.path.prefix".to_owned(),
            "the whole site",
        ),
        (
            health(json!({ "path": { "exact": "/robots.txt" } })),
            "exclusions.health.path".to_owned(),
            "\"robots\"",
        ),
        (
            health(json!({ "clients": ["x"] })),
            "exclusions.health.clients[0]".to_owned(),
            "is no prefix",
        ),
    ] {
        let told: Vec<_> = problems(&with("exclusions", exclusions.clone()))
            .into_iter()
            .map(|problem| (problem.path, problem.message))
            .collect();
        match told.as_slice() {
            [] => assert_eq!(path, "", "{exclusions} is taken"),
            [(its_path, its_message)] => assert!(
                *its_path == path && its_message.contains(message),
                "{exclusions}: {told:?}"
            ),
            _ => panic!("{exclusions}: {told:?}"),
        }
    }
    let twice = json!({ "name": "paid", "path": { "exact": "/paid" }, "clients": ["192.0.2.1"] });
    assert_eq!(
        paths(&with("exclusions", json!({ "call_backs": [twice, twice] }))),
        ["exclusions.call_backs[1].name"]
    );
}

#[test]
fn exclusions_stand_in_front_of_the_rules_and_each_knows_its_place() {
    let mut configuration = with(
        "rules",
        json!([{ "name": "mine", "match": { "methods": ["GET"] } }]),
    );
    configuration["exclusions"] = json!({
        "robots": false,
        "call_backs": [{ "name": "paid", "path": { "exact": "/paid" }, "clients": ["192.0.2.1"] }],
    });
    let policy = match Policy::from_json(configuration.to_string().as_bytes()) {
        Ok(policy) => policy,
        Err(problems) => panic!("{problems:?}"),
    };
    let names: Vec<&str> = policy.rules().map(|rule| rule.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "certificates",
            "favicon",
            "health",
            "health_public",
            "paid",
            "mine",
            "default"
        ]
    );
    // Metrics find a rule's name by it.
    assert!(
        policy
            .rules()
            .enumerate()
            .all(|(place, rule)| rule.index == place)
    );
}

#[test]
fn a_rule_that_an_exclusion_is_called_like_or_stands_in_front_of_is_a_problem() {
    let rules = |name: &str, matched: Value, exclusions: Value| {
        let mut configuration = with(
            "rules",
            json!([{ "name": name, "access": "clearance", "match": matched }]),
        );
        configuration["exclusions"] = exclusions;
        paths(&configuration)
    };
    let icon = json!({ "path": { "exact": "/favicon.ico" } });
    let none: [&str; 0] = [];
    assert_eq!(
        rules("favicon", json!({ "host": "x" }), json!({})),
        ["rules[0].name"]
    );
    assert_eq!(rules("icon", icon.clone(), json!({})), ["rules[0].match"]);
    assert_eq!(rules("favicon", icon, json!({ "favicon": false })), none);
    for (matched, is_told) in [
        (
            json!({ "path": { "glob": "/.well-known/acme-challenge/*" }, "methods": ["POST", "HEAD"] }),
            true,
        ),
        (
            json!({ "path": { "exact": "/healthz" }, "host": "example.org" }),
            true,
        ),
        (
            json!({ "path": { "exact": "/robots.txt" }, "methods": ["POST"] }),
            false,
        ),
        (json!({ "path": { "prefix": "/robots.txt" } }), false),
        (json!({ "path": { "prefix": "/.well-known" } }), false),
        (json!({ "methods": ["GET"] }), false),
    ] {
        let expected: &[&str] = if is_told { &["rules[0].match"] } else { &[] };
        assert_eq!(rules("mine", matched.clone(), json!({})), expected, "{matched}");
    }
    // Whoever is not among its clients meets the rule.
    let limited = json!({ "health": { "clients": ["192.0.2.1"] } });
    assert_eq!(
        rules("mine", json!({ "path": { "exact": "/healthz" } }), limited),
        none
    );
}
