//! Properties and foreign functions.

use crate::{
    message::Message,
    play::{Play, probe},
};

const ATTRIBUTES: &str = "request.path request.url_path request.query request.host request.scheme request.method request.headers.x-one
    request.headers.X-One request.headers.none request.headers request.referer request.useragent request.id request.protocol request.time
    request.duration request.size request.total_size request.none request
    response.code response.code_details response.flags response.headers.x-origin response.headers response.trailers
    response.trailers.x-t response.grpc_status response.size response.total_size response.none
    connection.id connection.mtls connection.requested_server_name connection.tls_version
    connection.subject_local_certificate connection.termination_details connection.transport_failure_reason connection.none
    source.address source.port source.none destination.address destination.port
    filter_state filter_state.none plugin_name plugin_root_id plugin_vm_id connection_id
    none \"\" request.path.more";

/// What is known of what is around the filter.
const SURROUNDINGS: &str = "response.backend_latency upstream.tls_version upstream.transport_failure_reason
    upstream.request_attempt_count upstream.none upstream
    xds.cluster_name xds.cluster_metadata xds.route_name xds.route_metadata xds.upstream_host_metadata xds.listener_direction
    xds.listener_metadata xds.filter_chain_name xds.virtual_host_name xds.none xds
    metadata metadata.filter_metadata metadata.filter_metadata.none upstream_filter_state
    node node.id node.cluster node.locality node.none
    listener_direction listener_metadata cluster_name cluster_metadata route_name route_metadata upstream_host_metadata";

/// Reads these properties in a callback.
fn read(callback: &str, attributes: &str) -> String {
    let lines = attributes
        .split_whitespace()
        .map(|path| format!("{callback}: property {path}\n"));
    lines.collect()
}

fn in_callback(name: &'static str, callback: &str) -> Play {
    let attributes = match callback {
        // Envoy has added a date meanwhile.
        "log" => ATTRIBUTES
            .replace("response.headers ", "")
            .replace("response.total_size ", ""),
        _ => ATTRIBUTES.to_owned(),
    };
    probe(name, &read(callback, &attributes))
        .send(
            Message::request("POST", "/p/q?a=1&b=2")
                .with("x-one", "1")
                .with("X-One", "2")
                .with("referer", "r")
                .with("user-agent", "u")
                .with("x-request-id", "id")
                .with_pieces(&["abc"])
                .with_trailer("x-t", "1"),
        )
        .origin(
            Message::response(200)
                .with("x-origin", "1")
                .with_pieces(&["def"])
                .with_trailer("x-t", "2"),
        )
}

const SET: &str = "request_headers: set_property own 1
    request_headers: property own
    request_headers: property filter_state.wasm.own
    request_headers: property wasm.own
    request_headers: set_property own 2
    request_headers: property own
    request_headers: set_property a.b 3
    request_headers: property a.b
    request_headers: property a
    request_headers: set_property plugin_name other
    request_headers: property plugin_name
    request_headers: set_property request.path other
    request_headers: property request.path
    request_headers: set_property bytes \\xff\\0
    request_headers: property bytes
    request_headers: set_property empty \"\"
    request_headers: property empty
    request_headers: set_property \"\" x
    request_headers: property \"\"
    response_headers: property own
    response_body: set_property late 1
    log: property own
    log: property late
    log: property bytes
    log: set_property logged 1
    log: property logged
    done: property own
    configure: set_property own 1
    configure: property own
    context_create: set_property own 0";

pub(super) fn plays() -> Vec<Play> {
    vec![
        in_callback("property_request_headers", "request_headers"),
        in_callback("property_request_body", "request_body"),
        in_callback("property_response_headers", "response_headers"),
        in_callback("property_response_trailers", "response_trailers"),
        in_callback("property_log", "log"),
        in_callback("property_done", "done"),
        in_callback("property_configure", "configure"),
        in_callback("property_create", "context_create"),
        probe("property_surroundings", &read("response_headers", SURROUNDINGS)).get(),
        probe("property_set", SET).get(),
        probe(
            "foreign",
            "request_headers: foreign none x
             request_headers: foreign \"\" x
             request_headers: foreign clear_route_cache \"\"
             request_headers: foreign uncompress xyz
             request_headers: foreign uncompress \\x78\\x9c\\x4b\\x4c\\x4a\\x06\\0\\x02\\x4d\\x01\\x27
             request_headers: foreign set_envoy_filter_state \\x0a\\x1benvoy.ratelimit.hits_addend\\x12\\x013
             request_headers: foreign set_envoy_filter_state \\x0a\\x04none\\x12\\x013
             request_headers: foreign set_envoy_filter_state xyz
             request_headers: foreign set_envoy_filter_state \"\"
             request_headers: foreign declare_property \\x0a\\x04mine
             request_headers: foreign declare_property \\x0a\\x04mine
             request_headers: foreign declare_property xyz
             request_headers: set_property mine 1
             request_headers: property mine
             configure: foreign clear_route_cache \"\"
             configure: foreign none x
             configure: foreign set_envoy_filter_state \\x0a\\x1benvoy.ratelimit.hits_addend\\x12\\x013
             log: foreign clear_route_cache \"\"",
        )
        .get(),
        probe(
            "foreign_compress",
            "request_headers: foreign compress abcabcabcabc\nrequest_headers: foreign compress \"\"",
        )
        .get(),
        probe(
            "foreign_declared",
            // Read only; as bytes, and for the connection.
            "request_headers: foreign declare_property \\x0a\\x02ro\\x10\\x01
             request_headers: foreign declare_property \\x0a\\x02by\\x18\\0
             request_headers: set_property ro 1
             request_headers: set_property ro 2
             request_headers: property ro
             request_headers: set_property by \\xff
             request_headers: property by",
        )
        .get(),
    ]
}
