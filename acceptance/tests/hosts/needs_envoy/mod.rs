//! The module in real Envoy, over real sockets.

use crate::{echo, wire};
use levee_behaviour::{Answer, Message, Site, configuration::closed};
use levee_core::time::Timestamp;
use levee_testing::{Envoy, EnvoyConfig, EnvoyOptions, StartError, tools};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};

mod apps;
mod needs_w3m;
mod operation;
mod reload;
mod workers;

levee_behaviour::suite!(start);

pub(crate) struct InEnvoy(Envoy);

pub(crate) fn start(configuration: &Value) -> InEnvoy {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    match launch(&bare(origin, configuration), 1) {
        Ok(envoy) => InEnvoy(envoy),
        Err(error) => panic!("{error}"),
    }
}

fn launch(config: &EnvoyConfig, workers: u32) -> Result<Envoy, StartError> {
    Envoy::start(EnvoyOptions {
        binary: &tools::path(tools::ENVOY),
        config,
        working_dir: &tools::root(),
        workers,
    })
}

/// As little of Envoy as possible in front of the filter: no normalisation, no rules about header names. Whatever reaches
/// the origin has been let through by the filter alone.
fn bare(origin: SocketAddr, configuration: &Value) -> EnvoyConfig {
    let bootstrap = json!({
        "admin": { "address": address(0) },
        "static_resources": { "listeners": [listener(configuration)], "clusters": [cluster(origin)] },
    });
    EnvoyConfig::parse(&bootstrap.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn address(port: u16) -> Value {
    json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } })
}

fn cluster(origin: SocketAddr) -> Value {
    json!({
        "name": "origin",
        "type": "STATIC",
        "circuit_breakers": { "thresholds": [{ "max_connections": 10_000, "max_pending_requests": 10_000, "max_requests": 10_000 }] },
        "load_assignment": { "cluster_name": "origin", "endpoints": [
            { "lb_endpoints": [{ "endpoint": { "address": address(origin.port()) } }] },
        ] },
    })
}

/// The listener with the filter in this configuration.
fn listener(configuration: &Value) -> Value {
    let any = |name: &str| format!("type.googleapis.com/envoy.extensions.filters.{name}");
    let wasm = json!({
        "@type": any("http.wasm.v3.Wasm"),
        "config": {
            "root_id": "levee",
            "failure_policy": "FAIL_CLOSED",
            "vm_config": { "vm_id": "levee", "runtime": "envoy.wasm.runtime.v8", "code": { "local": { "filename": tools::path(tools::WASM) } } },
            "configuration": { "@type": "type.googleapis.com/google.protobuf.StringValue", "value": configuration.to_string() },
        },
    });
    let manager = json!({
        "@type": any("network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "edge",
        "use_remote_address": true,
        "http_filters": [
            { "name": "levee", "typed_config": wasm },
            { "name": "router", "typed_config": { "@type": any("http.router.v3.Router") } },
        ],
        "route_config": { "virtual_hosts": [
            { "name": "all", "domains": ["*"], "routes": [{ "match": { "prefix": "" }, "route": { "cluster": "origin" } }] },
        ] },
    });
    json!({
        "name": "edge",
        "address": address(0),
        "filter_chains": [{ "filters": [{ "name": "http", "typed_config": manager }] }],
    })
}

impl Site for InEnvoy {
    fn send(&mut self, message: &Message) -> Answer {
        match wire::exchange(self.0.address(), message) {
            Ok(answer) => answer,
            Err(error) => panic!("{error}: {message:?}\n{}", self.0.program().log()),
        }
    }

    fn now(&self) -> Timestamp {
        wire::now()
    }

    fn pass(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

#[test]
fn a_configuration_that_is_refused_stops_envoy_with_every_problem_in_its_log() {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    let refused = json!({ "keys": [], "free_lain": 3, "price": { "floor": 1 } });
    match launch(&bare(origin, &refused), 1) {
        Err(StartError::Ended { log, .. }) => {
            for problem in [
                "keys: there is no key",
                "free_lain: unknown field",
                "price.floor: 1 is out of range",
            ] {
                assert!(log.contains(problem), "{problem:?} is not in {log}");
            }
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("Envoy starts with {refused}"),
    }
}

#[test]
fn the_shipped_configuration_works_as_it_stands() {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    let config = EnvoyConfig::shipped(&tools::root())
        .and_then(EnvoyConfig::with_free_ports)
        .and_then(|config| config.with_origin(origin))
        .and_then(|config| config.with_module(&tools::path(tools::WASM)))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut site = InEnvoy(launch(&config, 1).unwrap_or_else(|error| panic!("{error}")));
    let quiet = site.send(&Message::navigation("/"));
    assert!(quiet.was_forwarded(), "{quiet:?}");
    assert_eq!(
        quiet.origin_saw("levee-verdict"),
        ["forward;reason=free_lane;rule=\"default\""]
    );
    let flooded = (0..200)
        .map(|_| site.send(&Message::navigation("/")))
        .find(|answer| !answer.was_forwarded());
    assert_eq!(
        flooded.map(|answer| answer.status),
        Some(403),
        "one address got 200 requests through"
    );
    let forged = site.send(&Message::get("/healthz").with("levee-verdict", "forged"));
    assert_eq!(
        forged.origin_saw("levee-verdict"),
        ["forward;reason=open;rule=\"health\""]
    );
}

#[test]
fn the_log_of_envoy_has_the_refusals() {
    let mut site = start(&closed());
    let id = site.send(&Message::get("/")).problem()["support_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let log = site.0.program().log();
    let line = log.lines().find(|line| line.contains(&id));
    assert!(
        line.is_some_and(|line| line.contains("\"reason\":\"clearance_required\"")),
        "{id} is not in {log}"
    );
}
