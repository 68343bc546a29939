//! What whoever operates the worker sees and says.

use super::behaviour::{InWorkerd, launch};
use crate::{over_sockets::Edge as _, wire};
use levee_behaviour::{
    Message, Site,
    configuration::{closed, with},
};
use levee_testing::{Workerd, WranglerConfig, tools};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn start(configuration: &Value) -> InWorkerd {
    let workerd = launch(configuration, 1, None).unwrap_or_else(|error| panic!("{error}"));
    InWorkerd::new(workerd)
}

/// The first line of the log that `is_it`, which may be still to come.
fn line_of_log(site: &mut InWorkerd, is_it: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    while began.elapsed() < wire::PATIENCE {
        let log = site.workerd().program().log();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str(line).ok());
        if let Some(line) = lines.find(|line| is_it(line)) {
            return line;
        }
        site.pass(Duration::from_millis(100));
    }
    panic!("not in the log: {}", site.workerd().program().log());
}

#[test]
fn the_log_has_the_refusals() {
    let mut site = start(&closed());
    let refused = site.send(&Message::get("/"));
    let id = refused.problem()["support_id"].clone();
    let line = line_of_log(&mut site, |line| line["support_id"] == id);
    assert_eq!(
        (&line["verdict"], &line["reason"], &line["rule"]),
        (&json!("challenge"), &json!("clearance_required"), &json!("site"))
    );
}

/// By the names that they have in Envoy.
#[test]
fn the_log_has_the_metrics_after_a_while() {
    let mut site = start(&closed());
    for _ in 0..3 {
        site.send(&Message::get("/"));
    }
    site.send(&Message::get("/feed"));
    let line = line_of_log(&mut site, |line| line["counters"].is_object());
    for (name, value) in [
        (
            "levee.decisions.verdict.challenge.reason.clearance_required.rule.site",
            3,
        ),
        ("levee.decisions.verdict.forward.reason.open.rule.feed", 1),
    ] {
        assert_eq!(line["counters"][name], value, "{name}: {line}");
    }
    assert_eq!(line["gauges"]["levee.price.work"], 256, "{line}");
}

#[test]
fn a_configuration_that_is_refused_forwards_nothing_and_tells_every_problem() {
    let mut site = start(&json!({ "keys": [], "free_lain": 3, "price": { "floor": 1 } }));
    let refused = site.send(&Message::get("/feed"));
    assert_eq!((refused.status, refused.was_forwarded()), (503, false));
    let log = site.workerd().program().log();
    for problem in [
        "keys: there is no key",
        "free_lain: unknown field",
        "price.floor: 1 is out of range",
    ] {
        assert!(log.contains(problem), "{problem:?} is not in {log}");
    }
}

#[test]
fn secrets_are_in_no_log() {
    let mut site = start(&json!({ "keys": [{ "id": 1, "secret": "c2hvcnQ-secret" }, "c2VjcmV0-text"] }));
    site.send(&Message::get("/"));
    let log = site.workerd().program().log();
    assert!(log.contains("keys[0].secret"), "{log}");
    assert!(!log.contains("c2hvcnQ") && !log.contains("c2VjcmV0"), "{log}");
}

#[test]
fn a_rule_can_be_for_the_countries_that_the_edge_tells() {
    let rules = json!([
        { "name": "abroad", "access": "clearance", "match": { "countries": ["US", "T1"] } },
        { "name": "home", "access": "open", "match": { "path": { "prefix": "/" } } },
    ]);
    let mut site = start(&with(closed(), "rules", rules));
    let mut verdict_for = |cf: Value| {
        let message = Message::get("/").with(Workerd::CF, cf.to_string());
        site.send(&message).status
    };
    assert_eq!(verdict_for(json!({ "country": "US" })), 403);
    assert_eq!(verdict_for(json!({ "country": "T1" })), 403);
    assert_eq!(verdict_for(json!({ "country": "VN" })), 200);
    assert_eq!(verdict_for(json!({ "country": null, "colo": "HAN" })), 200);
    assert_eq!(verdict_for(json!({ "country": 7 })), 200);
}

/// Whoever says `cf-connecting-ip` is Cloudflare; who says it differently is nobody.
#[test]
fn a_client_that_the_edge_does_not_tell_is_unknown_and_not_everybody() {
    let mut site = start(&levee_behaviour::configuration::free_lane(100, 3));
    let address = site.address();
    let mut passed = 0;
    for claimed in ["", "nonsense", "192.0.2.1, 192.0.2.2", "999.1.1.1", "::::"] {
        let message = Message::get("/").with("cf-connecting-ip", claimed);
        let answer = wire::exchange(address, &message).unwrap_or_else(|error| panic!("{error}"));
        passed += usize::from(answer.was_forwarded());
    }
    assert_eq!(passed, 3, "all of them share one prefix");
    assert!(site.send(&Message::get("/").from(3, 3)).was_forwarded());
}

#[test]
fn the_shipped_configuration_works_as_it_stands() {
    let text = WranglerConfig::shipped(&tools::root())
        .and_then(|config| config.variable("LEVEE_CONFIG").map(str::to_owned))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut configuration: Value = serde_json::from_str(&text).unwrap_or_default();
    configuration["keys"] = closed()["keys"].clone();
    let mut site = start(&configuration);
    let quiet = site.send(&Message::navigation("/"));
    assert_eq!(
        quiet.origin_saw("levee-verdict"),
        ["forward;reason=free_lane;rule=\"default\""]
    );
    let flooded = (0..200)
        .map(|_| site.send(&Message::navigation("/")))
        .find(|answer| !answer.was_forwarded());
    assert_eq!(flooded.map(|answer| answer.status), Some(403));
}
