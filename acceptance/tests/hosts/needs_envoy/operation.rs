//! What an operator sees of Envoy.

use super::{InEnvoy, launch};
use crate::echo;
use levee_behaviour::{
    Message, Site,
    configuration::{SECRET, closed, with},
};
use levee_testing::{EnvoyConfig, tools};
use serde_json::json;
use std::time::Duration;

/// The configuration that is shipped, with this one of the filter.
fn shipped(configuration: &serde_json::Value) -> InEnvoy {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    let config = EnvoyConfig::shipped(&tools::root())
        .and_then(EnvoyConfig::with_free_ports)
        .and_then(|config| config.with_origin(origin))
        .and_then(|config| config.with_module(&tools::path(tools::WASM)))
        .and_then(|config| config.with_plugin_configuration(&configuration.to_string()))
        .unwrap_or_else(|error| panic!("{error}"));
    InEnvoy(launch(&config, 2).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn prometheus_gets_verdict_reason_and_rule_as_labels() {
    let mut site = shipped(&with(closed(), "capacity", json!({ "requests_per_second": 50 })));
    for _ in 0..20 {
        let _ = site.send(&Message::get("/"));
        let _ = site.send(&Message::get("/healthz"));
    }
    let _ = site.send(&Message::get("/internal"));
    site.pass(Duration::from_secs(2));
    let told = site.0.ask("/stats/prometheus?filter=levee");
    for line in [
        "levee_decisions{levee_verdict=\"challenge\",levee_reason=\"clearance_required\",levee_rule=\"site\"} 20",
        "levee_decisions{levee_verdict=\"forward\",levee_reason=\"open\",levee_rule=\"health\"} 20",
        "levee_decisions{levee_verdict=\"refuse\",levee_reason=\"rule_refuses\",levee_rule=\"internal\"} 1",
        "levee_price_work{} 256",
        "levee_line_length{} 0",
        "levee_capacity_health_permille{} 1000",
        "levee_minting_clearances{} 0",
        "levee_minting_per_second{} 0",
        "levee_ledger_evictions{} 0",
        "levee_ledger_give_ups{} 0",
        "levee_log_left_out{} 0",
    ] {
        assert!(told.lines().any(|told| told == line), "{line} is not in\n{told}");
    }
    assert!(told.contains("levee_filter_microseconds_bucket{le="), "{told}");
}

#[test]
fn a_lane_is_a_label_and_what_is_observed_is_a_metric_of_its_own() {
    let mut site = shipped(&json!({
        "mode": "observe",
        "keys": [{ "id": 1, "secret": SECRET }],
        "rules": [{ "name": "look", "match": { "path": { "prefix": "/look" } },
                    "free_lane": { "requests_per_second": 1, "burst": 4 } }],
    }));
    for _ in 0..10 {
        assert!(site.send(&Message::get("/look")).was_forwarded());
    }
    site.pass(Duration::from_secs(1));
    let told = site.0.ask("/stats/prometheus?filter=levee");
    let observed =
        "levee_observed{levee_verdict=\"challenge\",levee_reason=\"free_lane_spent\",levee_rule=\"look\"} ";
    assert!(told.lines().any(|line| line.starts_with(observed)), "{told}");
    for lane in ["free_lane", "look_free_lane"] {
        let line = format!("levee_free_lane_fill_permille{{levee_lane=\"{lane}\"}} ");
        assert!(
            told.lines().any(|told| told.starts_with(&line)),
            "{line} is not in\n{told}"
        );
    }
}
