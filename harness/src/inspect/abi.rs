//! Proxy-Wasm as data: the functions a host offers, and the exports a host looks for.
//!
//! Source: proxy-wasm/spec, `abi-versions/v0.1.0`, `v0.2.0` and `v0.2.1`; the types and the versions are also what
//! Envoy 1.40.0 answers when a module asks for each function with a wrong type.

use std::fmt;

use serde::Serialize;

use super::signature::Signature;
use crate::module::AbiVersion::{self, V0_1_0, V0_2_0, V0_2_1};

/// How the exports that announce a version begin.
pub(super) const VERSION_MARK: &str = "proxy_abi_version_";

/// The version that an export of this name announces.
pub(super) fn announced_by(export: &str) -> Option<AbiVersion> {
    Some(match export.strip_prefix(VERSION_MARK)? {
        "0_1_0" => V0_1_0,
        "0_2_0" => V0_2_0,
        "0_2_1" => V0_2_1,
        _ => return None,
    })
}

/// The module from which a filter imports host functions.
pub(super) const HOST_MODULE: &str = "env";

/// What a group of host functions is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionGroup {
    /// Request, response and callout headers and trailers.
    Headers,
    /// Bodies, configurations and other byte buffers.
    Buffers,
    /// Continuing, closing and answering streams.
    Streams,
    /// What the host knows of connection, request and itself.
    Properties,
    /// Key-value store between VMs.
    SharedData,
    /// Queues between VMs.
    SharedQueues,
    /// Counters, gauges and histograms.
    Metrics,
    /// HTTP calls to other servers.
    HttpCalls,
    /// gRPC calls to other servers.
    GrpcCalls,
    /// Clock and ticks.
    Time,
    /// The host's log.
    Logging,
    /// Contexts, and configuration in 0.1.0.
    Contexts,
    /// Functions that a host offers beside the ABI.
    Foreign,
    /// What toolchains import beside the ABI.
    Toolchain,
}

impl fmt::Display for FunctionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Headers => "headers",
            Self::Buffers => "buffers",
            Self::Streams => "streams",
            Self::Properties => "properties",
            Self::SharedData => "shared data",
            Self::SharedQueues => "shared queues",
            Self::Metrics => "metrics",
            Self::HttpCalls => "HTTP calls",
            Self::GrpcCalls => "gRPC calls",
            Self::Time => "time",
            Self::Logging => "logging",
            Self::Contexts => "contexts",
            Self::Foreign => "foreign functions",
            Self::Toolchain => "toolchain",
        })
    }
}

/// A function that hosts offer in `env`.
#[derive(Debug)]
pub struct HostFunction {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub signature: Signature,
    /// What it is for.
    pub group: FunctionGroup,
    /// The first version that has it.
    pub since: AbiVersion,
    /// The last version that has it.
    pub until: AbiVersion,
}

impl HostFunction {
    const fn new(name: &'static str, letters: &'static str, group: FunctionGroup) -> Self {
        Self::between(V0_1_0, V0_2_1, name, letters, group)
    }

    const fn since(
        since: AbiVersion,
        name: &'static str,
        letters: &'static str,
        group: FunctionGroup,
    ) -> Self {
        Self::between(since, V0_2_1, name, letters, group)
    }

    const fn once(name: &'static str, letters: &'static str, group: FunctionGroup) -> Self {
        Self::between(V0_1_0, V0_1_0, name, letters, group)
    }

    const fn between(
        since: AbiVersion,
        until: AbiVersion,
        name: &'static str,
        letters: &'static str,
        group: FunctionGroup,
    ) -> Self {
        Self {
            name,
            signature: Signature::of(letters),
            group,
            since,
            until,
        }
    }

    /// Whether a version of the ABI has it.
    pub fn is_in(&self, version: AbiVersion) -> bool {
        (self.since..=self.until).contains(&version)
    }

    /// Where it stands in [`FUNCTIONS`], by which those that belong together come together; others come first.
    pub fn place(name: &str) -> Option<usize> {
        FUNCTIONS.iter().position(|function| function.name == name)
    }

    /// The host function of that name, of whatever version.
    pub fn named(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }
}

use FunctionGroup as Of;

/// Every host function of the three versions, and the two that Emscripten imports.
pub static FUNCTIONS: &[HostFunction] = &[
    HostFunction::new("proxy_log", "iii>i", Of::Logging),
    HostFunction::since(V0_2_1, "proxy_get_log_level", "i>i", Of::Logging),
    HostFunction::new("proxy_get_current_time_nanoseconds", "i>i", Of::Time),
    HostFunction::new("proxy_set_tick_period_milliseconds", "i>i", Of::Time),
    HostFunction::new("proxy_get_buffer_bytes", "iiiii>i", Of::Buffers),
    HostFunction::new("proxy_set_buffer_bytes", "iiiii>i", Of::Buffers),
    HostFunction::new("proxy_get_buffer_status", "iii>i", Of::Buffers),
    HostFunction::new("proxy_get_header_map_pairs", "iii>i", Of::Headers),
    HostFunction::new("proxy_set_header_map_pairs", "iii>i", Of::Headers),
    HostFunction::new("proxy_get_header_map_value", "iiiii>i", Of::Headers),
    HostFunction::new("proxy_add_header_map_value", "iiiii>i", Of::Headers),
    HostFunction::new("proxy_replace_header_map_value", "iiiii>i", Of::Headers),
    HostFunction::new("proxy_remove_header_map_value", "iii>i", Of::Headers),
    HostFunction::new("proxy_get_header_map_size", "ii>i", Of::Headers),
    HostFunction::new("proxy_send_local_response", "iiiiiiii>i", Of::Streams),
    HostFunction::since(V0_2_0, "proxy_continue_stream", "i>i", Of::Streams),
    HostFunction::since(V0_2_0, "proxy_close_stream", "i>i", Of::Streams),
    HostFunction::once("proxy_continue_request", ">i", Of::Streams),
    HostFunction::once("proxy_continue_response", ">i", Of::Streams),
    HostFunction::once("proxy_clear_route_cache", ">i", Of::Streams),
    HostFunction::new("proxy_get_property", "iiii>i", Of::Properties),
    HostFunction::new("proxy_set_property", "iiii>i", Of::Properties),
    HostFunction::new("proxy_get_shared_data", "iiiii>i", Of::SharedData),
    HostFunction::new("proxy_set_shared_data", "iiiii>i", Of::SharedData),
    HostFunction::new("proxy_register_shared_queue", "iii>i", Of::SharedQueues),
    HostFunction::new("proxy_resolve_shared_queue", "iiiii>i", Of::SharedQueues),
    HostFunction::new("proxy_enqueue_shared_queue", "iii>i", Of::SharedQueues),
    HostFunction::new("proxy_dequeue_shared_queue", "iii>i", Of::SharedQueues),
    HostFunction::new("proxy_define_metric", "iiii>i", Of::Metrics),
    HostFunction::new("proxy_increment_metric", "iI>i", Of::Metrics),
    HostFunction::new("proxy_record_metric", "iI>i", Of::Metrics),
    HostFunction::new("proxy_get_metric", "ii>i", Of::Metrics),
    HostFunction::new("proxy_http_call", "iiiiiiiiii>i", Of::HttpCalls),
    HostFunction::new("proxy_get_status", "iii>i", Of::HttpCalls),
    HostFunction::new("proxy_grpc_call", "iiiiiiiiiiii>i", Of::GrpcCalls),
    HostFunction::new("proxy_grpc_stream", "iiiiiiiii>i", Of::GrpcCalls),
    HostFunction::new("proxy_grpc_send", "iiii>i", Of::GrpcCalls),
    HostFunction::new("proxy_grpc_cancel", "i>i", Of::GrpcCalls),
    HostFunction::new("proxy_grpc_close", "i>i", Of::GrpcCalls),
    HostFunction::new("proxy_set_effective_context", "i>i", Of::Contexts),
    HostFunction::new("proxy_done", ">i", Of::Contexts),
    HostFunction::once("proxy_get_configuration", "ii>i", Of::Contexts),
    HostFunction::new("proxy_call_foreign_function", "iiiiii>i", Of::Foreign),
    HostFunction::new("emscripten_notify_memory_growth", "i>", Of::Toolchain),
    HostFunction::new("pthread_equal", "ii>i", Of::Toolchain),
];

/// What an export that hosts look for is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportGroup {
    /// Requests and responses.
    Http,
    /// Connections and their bytes.
    Tcp,
    /// The plugin itself: configuration, ticks, queues.
    Root,
    /// Answers to calls that the filter made.
    Calls,
    /// The life of contexts.
    Contexts,
    /// How a module is started.
    Start,
    /// Memory for what the host hands over.
    Memory,
}

impl fmt::Display for ExportGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "HTTP",
            Self::Tcp => "TCP",
            Self::Root => "root",
            Self::Calls => "calls",
            Self::Contexts => "contexts",
            Self::Start => "start",
            Self::Memory => "memory",
        })
    }
}

/// An export that a host looks for.
#[derive(Debug)]
pub struct WantedExport {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub group: ExportGroup,
    /// The type it must have.
    pub signature: Signature,
    /// The type it must have in a module of ABI 0.1.0, if it is another.
    signature_0_1_0: Option<Signature>,
}

impl WantedExport {
    const fn new(name: &'static str, letters: &'static str, group: ExportGroup) -> Self {
        Self {
            name,
            group,
            signature: Signature::of(letters),
            signature_0_1_0: None,
        }
    }

    const fn changed(
        name: &'static str,
        once: &'static str,
        letters: &'static str,
        group: ExportGroup,
    ) -> Self {
        Self {
            name,
            group,
            signature: Signature::of(letters),
            signature_0_1_0: Some(Signature::of(once)),
        }
    }

    /// The type it must have in a module of a version.
    pub fn signature_in(&self, version: Option<AbiVersion>) -> &Signature {
        match &self.signature_0_1_0 {
            Some(signature) if version == Some(V0_1_0) => signature,
            _ => &self.signature,
        }
    }

    /// The wanted export of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        EXPORTS.iter().find(|export| export.name == name)
    }
}

/// Every export that a host looks for. The specification has no metadata callbacks and no
/// `proxy_validate_configuration`; hosts built on proxy-wasm-cpp-host call them all the same.
pub static EXPORTS: &[WantedExport] = &[
    WantedExport::changed("proxy_on_request_headers", "ii>i", "iii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_request_body", "iii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_request_trailers", "ii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_request_metadata", "ii>i", ExportGroup::Http),
    WantedExport::changed("proxy_on_response_headers", "ii>i", "iii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_response_body", "iii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_response_trailers", "ii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_response_metadata", "ii>i", ExportGroup::Http),
    WantedExport::new("proxy_on_new_connection", "i>i", ExportGroup::Tcp),
    WantedExport::new("proxy_on_downstream_data", "iii>i", ExportGroup::Tcp),
    WantedExport::new("proxy_on_downstream_connection_close", "ii>", ExportGroup::Tcp),
    WantedExport::new("proxy_on_upstream_data", "iii>i", ExportGroup::Tcp),
    WantedExport::new("proxy_on_upstream_connection_close", "ii>", ExportGroup::Tcp),
    WantedExport::new("proxy_on_vm_start", "ii>i", ExportGroup::Root),
    WantedExport::new("proxy_on_configure", "ii>i", ExportGroup::Root),
    WantedExport::new("proxy_validate_configuration", "ii>i", ExportGroup::Root),
    WantedExport::new("proxy_on_tick", "i>", ExportGroup::Root),
    WantedExport::new("proxy_on_queue_ready", "ii>", ExportGroup::Root),
    WantedExport::new("proxy_on_http_call_response", "iiiii>", ExportGroup::Calls),
    WantedExport::new(
        "proxy_on_grpc_receive_initial_metadata",
        "iii>",
        ExportGroup::Calls,
    ),
    WantedExport::new("proxy_on_grpc_receive", "iii>", ExportGroup::Calls),
    WantedExport::new(
        "proxy_on_grpc_receive_trailing_metadata",
        "iii>",
        ExportGroup::Calls,
    ),
    WantedExport::new("proxy_on_grpc_close", "iii>", ExportGroup::Calls),
    WantedExport::new("proxy_on_foreign_function", "iii>", ExportGroup::Calls),
    WantedExport::new("proxy_on_context_create", "ii>", ExportGroup::Contexts),
    WantedExport::new("proxy_on_done", "i>i", ExportGroup::Contexts),
    WantedExport::new("proxy_on_log", "i>", ExportGroup::Contexts),
    WantedExport::new("proxy_on_delete", "i>", ExportGroup::Contexts),
    WantedExport::new("_initialize", ">", ExportGroup::Start),
    WantedExport::new("_start", ">", ExportGroup::Start),
    WantedExport::new("main", "ii>i", ExportGroup::Start),
    WantedExport::new("__main_void", ">i", ExportGroup::Start),
    WantedExport::new("proxy_on_memory_allocate", "i>i", ExportGroup::Memory),
    WantedExport::new("malloc", "i>i", ExportGroup::Memory),
];

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;
    use crate::module::AbiVersion;

    #[test]
    fn version_0_2_1_has_39_functions() {
        let of_the_abi = FUNCTIONS
            .iter()
            .filter(|function| function.name.starts_with("proxy_"));
        assert_eq!(
            of_the_abi
                .filter(|function| function.is_in(AbiVersion::V0_2_1))
                .count(),
            39
        );
    }
}
