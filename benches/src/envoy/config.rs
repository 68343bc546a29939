//! The configuration of Envoy: a listener for each chain.

use std::path::Path;

use levee_testing::EnvoyConfig;
use serde_json::{Value, json};

use super::{chain::Chain, levee};

/// Bytes of a route's own answer.
const BODY: usize = 200;

/// What the script does: as much as a filter that decides by four headers would have to.
const LUA: &str = r#"
function envoy_on_request(handle)
  local headers = handle:headers()
  local read = { headers:get(":path"), headers:get("cookie"), headers:get("accept"), headers:get("user-agent") }
end
"#;

/// The whole configuration.
pub(super) fn of(chains: &[Chain], levee: &Path) -> anyhow::Result<EnvoyConfig> {
    let listeners: Vec<Value> = chains
        .iter()
        .map(|chain| listener(*chain, &filters(*chain, levee)))
        .collect();
    let config = json!({
        "admin": { "address": loopback() },
        "static_resources": { "listeners": listeners },
    });
    Ok(EnvoyConfig::parse(&config.to_string())?)
}

fn loopback() -> Value {
    json!({ "socket_address": { "address": "127.0.0.1", "port_value": 0 } })
}

fn listener(chain: Chain, filters: &[Value]) -> Value {
    let route = json!({
        "match": { "prefix": "/" },
        "direct_response": { "status": 200, "body": { "inline_string": "x".repeat(BODY) } },
    });
    json!({
        "name": chain.name(),
        "address": loopback(),
        "filter_chains": [{ "filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": chain.name(),
                "codec_type": "AUTO",
                // The client is who the field says: the load has only one address.
                "use_remote_address": false,
                "route_config": { "virtual_hosts": [{
                    "name": "site",
                    "domains": ["*"],
                    "rate_limits": [{ "actions": [{ "remote_address": {} }] }],
                    "routes": [route],
                }] },
                "http_filters": filters,
            },
        }] }],
    })
}

fn filters(chain: Chain, levee_module: &Path) -> Vec<Value> {
    let router = filter("envoy.filters.http.router", "router.v3.Router", json!({}));
    let first = match chain {
        Chain::Router => None,
        Chain::LocalRateLimit => Some(local_rate_limit(chain, false)),
        Chain::LocalRateLimitPerClient => Some(local_rate_limit(chain, true)),
        Chain::Lua => Some(filter(
            "envoy.filters.http.lua",
            "lua.v3.Lua",
            json!({ "default_source_code": { "inline_string": LUA } }),
        )),
        Chain::Floor(floor) => Some(wasm(chain, Path::new(&floor.file()), None)),
        _ => Some(wasm(chain, levee_module, levee::configuration(chain))),
    };
    first.into_iter().chain([router]).collect()
}

fn filter(name: &str, kind: &str, mut settings: Value) -> Value {
    settings["@type"] = json!(format!(
        "type.googleapis.com/envoy.extensions.filters.http.{kind}"
    ));
    json!({ "name": name, "typed_config": settings })
}

/// A limit that lets everything through.
fn local_rate_limit(chain: Chain, is_per_client: bool) -> Value {
    let bucket = json!({ "max_tokens": 1_000_000, "tokens_per_fill": 1_000_000, "fill_interval": "1s" });
    let always = json!({ "default_value": { "numerator": 100, "denominator": "HUNDRED" } });
    let mut settings = json!({
        "stat_prefix": chain.name(),
        "token_bucket": bucket,
        "filter_enabled": always,
        "filter_enforced": always,
    });
    if is_per_client {
        // Without a value: a bucket for each that is met, the one that was not for longest making room.
        settings["descriptors"] =
            json!([{ "entries": [{ "key": "remote_address" }], "token_bucket": bucket }]);
        settings["max_dynamic_descriptors"] = json!(100_000);
    }
    filter(
        "envoy.filters.http.local_ratelimit",
        "local_ratelimit.v3.LocalRateLimit",
        settings,
    )
}

/// A module in a VM of its own.
fn wasm(chain: Chain, module: &Path, configuration: Option<Value>) -> Value {
    let mut config = json!({
        "name": chain.name(),
        "root_id": chain.name(),
        "vm_config": {
            "vm_id": chain.name(),
            "runtime": "envoy.wasm.runtime.v8",
            "code": { "local": { "filename": module } },
        },
    });
    if let Some(configuration) = configuration {
        config["configuration"] = json!({
            "@type": "type.googleapis.com/google.protobuf.StringValue",
            "value": configuration.to_string(),
        });
    }
    filter(
        "envoy.filters.http.wasm",
        "wasm.v3.Wasm",
        json!({ "config": config }),
    )
}
