//! The configuration of Envoy: a listener a play, and as little as possible beside the filter.

use crate::{
    play::{Play, Policy},
    services,
};
use levee_testing::{EnvoyConfig, tools};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Where everything is that Envoy talks to.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// One for each play.
    pub(crate) origins: Vec<SocketAddr>,
    pub(crate) http: SocketAddr,
    pub(crate) closed: SocketAddr,
    /// By cluster.
    pub(crate) grpc: Vec<(&'static str, SocketAddr)>,
}

pub(crate) fn of(plays: &[Play], surroundings: &Surroundings) -> EnvoyConfig {
    let mut clusters = vec![
        cluster(services::HTTP, Some(surroundings.http), false),
        cluster(services::HTTPBIN, Some(surroundings.http), false),
        cluster(services::CLOSED, Some(surroundings.closed), false),
        cluster(services::EMPTY, None, false),
    ];
    for (name, address) in &surroundings.grpc {
        clusters.push(cluster(name, Some(*address), true));
    }
    for (play, origin) in plays.iter().zip(&surroundings.origins) {
        clusters.push(cluster(&origin_of(play), Some(*origin), false));
    }
    let listeners: Vec<Value> = plays.iter().map(listener).collect();
    let bootstrap = json!({
        "admin": { "address": address(SocketAddr::from(([127, 0, 0, 1], 0))) },
        "node": { "id": "fidelity", "cluster": "plays" },
        "static_resources": { "listeners": listeners, "clusters": clusters },
    });
    EnvoyConfig::parse(&bootstrap.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn origin_of(play: &Play) -> String {
    format!("origin_{}", play.name)
}

fn address(address: SocketAddr) -> Value {
    json!({ "socket_address": { "address": address.ip().to_string(), "port_value": address.port() } })
}

fn cluster(name: &str, host: Option<SocketAddr>, http2: bool) -> Value {
    let hosts: Vec<Value> = host
        .map(|host| json!({ "endpoint": { "address": address(host) } }))
        .into_iter()
        .collect();
    let protocol = if http2 {
        json!({ "http2_protocol_options": {} })
    } else {
        json!({ "http_protocol_options": { "enable_trailers": true } })
    };
    json!({
        "name": name,
        "type": "STATIC",
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": protocol,
            },
        },
        "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": hosts }] },
    })
}

fn any(name: &str) -> String {
    format!("type.googleapis.com/envoy.extensions.filters.{name}")
}

fn text(value: &str) -> Value {
    json!({ "@type": "type.googleapis.com/google.protobuf.StringValue", "value": value })
}

fn plugin(play: &Play) -> Value {
    let module = tools::path(tools::GUESTS).join(format!("{}.wasm", play.guest));
    let mut plugin = json!({
        "name": play.name,
        "vm_config": {
            "vm_id": play.name,
            "runtime": "envoy.wasm.runtime.v8",
            "code": { "local": { "filename": module } },
            "configuration": text(&play.vm_configuration),
        },
        "configuration": text(&play.configuration),
        "failure_policy": match play.policy {
            Policy::Closed => "FAIL_CLOSED",
            Policy::Open => "FAIL_OPEN",
            Policy::Reload(_) => "FAIL_RELOAD",
        },
    });
    if let Policy::Reload(interval) = play.policy {
        let interval = format!("{}s", interval.as_secs_f64());
        plugin["reload_config"] = json!({ "backoff": { "base_interval": interval } });
    }
    plugin
}

fn listener(play: &Play) -> Value {
    let manager = json!({
        "@type": any("network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "play",
        "generate_request_id": false,
        "server_header_transformation": "PASS_THROUGH",
        "use_remote_address": false,
        "skip_xff_append": true,
        "http_protocol_options": { "enable_trailers": true },
        "http_filters": [
            { "name": "wasm", "typed_config": { "@type": any("http.wasm.v3.Wasm"), "config": plugin(play) } },
            {
                "name": "router",
                "typed_config": { "@type": any("http.router.v3.Router"), "suppress_envoy_headers": true },
            },
        ],
        "route_config": {
            "name": "routes",
            "virtual_hosts": [{
                "name": "all",
                "domains": ["*"],
                "routes": [{ "name": "any", "match": { "prefix": "" }, "route": { "cluster": origin_of(play) } }],
            }],
        },
    });
    json!({
        "name": play.name,
        "address": address(SocketAddr::from(([127, 0, 0, 1], 0))),
        "per_connection_buffer_limit_bytes": play.buffer,
        "filter_chains": [{ "filters": [{ "name": "http", "typed_config": manager }] }],
    })
}
