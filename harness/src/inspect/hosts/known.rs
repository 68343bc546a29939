//! The hosts that something is known of, as data.

use super::super::wasi;
use super::Support::{Failing, Ignored, Missing, OtherType, RuledOut, Trapping, Untold, Working};
use super::{Allocator, ByVersion, Host};
use crate::module::AbiVersion::{self, V0_1_0, V0_2_0, V0_2_1};

/// The hosts that something is known of.
pub static HOSTS: &[Host] = &[LEVEE, ENVOY, NGX_WASM_MODULE, APISIX, MOSN, TRAFFICSERVER, GOOGLE];

const ALL_VERSIONS: &[AbiVersion] = &[V0_1_0, V0_2_0, V0_2_1];

const TCP: &str = "proxy_on_new_connection proxy_on_downstream_data proxy_on_downstream_connection_close \
    proxy_on_upstream_data proxy_on_upstream_connection_close";

const TRAILERS: &str = "proxy_on_request_trailers proxy_on_response_trailers";

/// Callbacks that only hosts built on proxy-wasm-cpp-host have.
const UNSPECIFIED: &str = "proxy_on_request_metadata proxy_on_response_metadata proxy_validate_configuration";

const GRPC_ANSWERS: &str = "proxy_on_grpc_receive_initial_metadata proxy_on_grpc_receive \
    proxy_on_grpc_receive_trailing_metadata proxy_on_grpc_close";

const GRPC: &str = "proxy_grpc_call proxy_grpc_stream proxy_grpc_send proxy_grpc_cancel proxy_grpc_close";

const SHARED_QUEUES: &str = "proxy_register_shared_queue proxy_resolve_shared_queue proxy_enqueue_shared_queue \
    proxy_dequeue_shared_queue";

const SHARED_DATA: &str = "proxy_get_shared_data proxy_set_shared_data";

const METRICS: &str = "proxy_define_metric proxy_increment_metric proxy_record_metric proxy_get_metric";

const ONLY_0_1_0: &str =
    "proxy_continue_request proxy_continue_response proxy_clear_route_cache proxy_get_configuration";

const EMSCRIPTEN: &str = "emscripten_notify_memory_growth pthread_equal";

/// Proposals that runtimes have only just begun to have, or do not have.
const NEW_PROPOSALS: &str = "wide-arithmetic custom-page-sizes stack-switching shared-everything-threads \
    memory-control custom-descriptors compact-imports";

/// What the specification names, apart from `proc_exit`.
const WASI: &str = "args_get args_sizes_get clock_time_get environ_get environ_sizes_get fd_write random_get";

const LEVEE: Host = Host {
    id: "levee",
    name: "levee (this program)",
    source: "this program",
    abi_versions: ALL_VERSIONS,
    takes_unversioned: false,
    allocator: Allocator::Wanted,
    memory_limit: Some(256 << 20),
    remarks: &[],
    required_exports: &[],
    uncalled_exports: &[UNSPECIFIED, "proxy_on_foreign_function"],
    lacking_proposals: Some(&[
        NEW_PROPOSALS,
        "threads gc-types exception-handling legacy-exception-handling",
    ]),
    by_version: ByVersion::Dropped,
    functions: &[],
    lacking_functions: &["pthread_equal"],
    extra_functions: &[],
    unknown: Trapping,
    memory: Missing,
    wasi_modules: &wasi::MODULES,
    wasi: &[(Working, &[WASI, "proc_exit"])],
    wasi_others: Failing,
};

/// Found by asking it: a module that imports a function with a wrong type makes it tell the right one, one that exports
/// a callback with a wrong type makes it tell whether it looks for it, and one that calls a function shows what that
/// answers.
const ENVOY: Host = Host {
    id: "envoy",
    name: "Envoy 1.40 (V8)",
    source: "experiments with Envoy 1.40.0 and its runtime envoy.wasm.runtime.v8; \
        proxy-wasm/proxy-wasm-cpp-host include/proxy-wasm/exports.h, src/wasm.cc, src/shared_data.cc; \
        envoyproxy/envoy source/extensions/common/wasm/context.cc",
    abi_versions: ALL_VERSIONS,
    takes_unversioned: false,
    allocator: Allocator::Required,
    memory_limit: Some(1 << 30),
    remarks: &[
        (
            "proxy_get_header_map_value",
            "gives the first of repeated headers",
        ),
        (
            "proxy_set_buffer_bytes",
            "prepends, appends or replaces all: no part of a body can be replaced",
        ),
        (
            "proxy_set_shared_data",
            "writes a missing key whatever the version: there is no insert-if-absent",
        ),
    ],
    required_exports: &[],
    uncalled_exports: &[],
    lacking_proposals: Some(&[NEW_PROPOSALS]),
    by_version: ByVersion::Exactly,
    functions: &[],
    lacking_functions: &[],
    extra_functions: &["envoy_resolve_dns"],
    unknown: Missing,
    memory: Working,
    wasi_modules: &wasi::MODULES,
    wasi: &[
        (
            Ignored,
            &[
                "fd_advise fd_allocate fd_close fd_datasync fd_fdstat_set_rights fd_filestat_set_size",
                "fd_filestat_set_times fd_pwrite fd_seek fd_sync fd_tell poll_oneoff",
            ],
        ),
        (
            Failing,
            &[
                "fd_fdstat_set_flags fd_filestat_get fd_pread fd_prestat_dir_name fd_read fd_readdir fd_renumber",
                "path_create_directory path_filestat_get path_filestat_set_times path_open path_readlink",
                "path_remove_directory path_rename path_unlink_file sock_accept sock_recv sock_send sock_shutdown",
            ],
        ),
        (OtherType, &["path_link path_symlink"]),
        (Missing, &["proc_raise"]),
    ],
    wasi_others: Working,
};

const NGX_WASM_MODULE: Host = Host {
    id: "ngx_wasm_module",
    name: "ngx_wasm_module (Kong)",
    source: "Kong/ngx_wasm_module docs/PROXY_WASM.md, src/common/proxy_wasm/ngx_proxy_wasm_host.c and \
        ngx_proxy_wasm.c, src/common/shm/ngx_wa_shm_kv.c, src/wasm/wasi/ngx_wasi_preview1_host.c, \
        src/wasm/vm/ngx_wavm.c; issue 682",
    abi_versions: ALL_VERSIONS,
    takes_unversioned: false,
    allocator: Allocator::Required,
    memory_limit: None,
    remarks: &[
        (
            "proxy_get_buffer_bytes",
            "ignores the offset: reading begins at 0",
        ),
        (
            "proxy_set_shared_data",
            "writes with version 0 missing keys only; tells keys apart by their CRC-32",
        ),
        (
            "proxy_get_shared_data",
            "traps unless a shm_kv zone is configured for the key",
        ),
        (
            "proxy_set_tick_period_milliseconds",
            "traps the second time, and outside of the root context",
        ),
        ("proxy_send_local_response", "appends a line feed to the body"),
        (
            "proxy_http_call",
            "calls a host and port instead of a cluster, and pauses the request",
        ),
        (
            "proxy_define_metric",
            "traps where misuse of metrics would give a status",
        ),
        ("environ_get", "gives the environment of nginx"),
        ("random_get", "is not made for secrets"),
    ],
    required_exports: &["proxy_on_context_create proxy_on_vm_start proxy_on_configure"],
    uncalled_exports: &[
        TCP,
        TRAILERS,
        UNSPECIFIED,
        GRPC_ANSWERS,
        "proxy_on_queue_ready main __main_void",
    ],
    lacking_proposals: None,
    by_version: ByVersion::No,
    functions: &[
        (
            Trapping,
            None,
            &[
                GRPC,
                "proxy_done proxy_close_stream proxy_continue_response proxy_clear_route_cache proxy_get_status",
                "proxy_resolve_shared_queue",
            ],
        ),
        (Ignored, None, &["proxy_set_effective_context"]),
        (OtherType, None, &["proxy_get_log_level"]),
    ],
    lacking_functions: &[EMSCRIPTEN, "proxy_get_buffer_status proxy_get_header_map_size"],
    // Names of a draft of the specification.
    extra_functions: &["proxy_get_buffer proxy_set_buffer proxy_send_http_response proxy_dispatch_http_call"],
    unknown: Missing,
    memory: Missing,
    wasi_modules: &["wasi_snapshot_preview1"],
    wasi: &[
        (Working, &[WASI, "fd_prestat_get"]),
        (Trapping, &["proc_exit"]),
        (
            Failing,
            &["fd_close fd_fdstat_get fd_prestat_dir_name fd_read fd_seek path_open"],
        ),
    ],
    // Prerelease 0.5.0 refuses them; pull request 684, of 2025, adds stubs.
    wasi_others: Missing,
};

const APISIX: Host = Host {
    id: "apisix",
    name: "wasm-nginx-module (APISIX)",
    source: "api7/wasm-nginx-module proxy_wasm_abi.md for what is implemented, src/http/ngx_http_wasm_api_def.h for what \
        is there so that modules load, src/http/ngx_http_wasm_module.c, src/vm/wasmtime.c",
    abi_versions: ALL_VERSIONS,
    takes_unversioned: true,
    allocator: Allocator::Wanted,
    memory_limit: None,
    remarks: &[(
        "proxy_send_local_response",
        "heeds, after its documentation, only the status and the body",
    )],
    required_exports: &[],
    uncalled_exports: &[
        TCP,
        TRAILERS,
        UNSPECIFIED,
        GRPC_ANSWERS,
        "proxy_on_vm_start proxy_on_tick proxy_on_queue_ready proxy_on_foreign_function proxy_on_log main __main_void",
    ],
    lacking_proposals: None,
    by_version: ByVersion::No,
    functions: &[(
        Ignored,
        None,
        &[
            SHARED_DATA,
            SHARED_QUEUES,
            GRPC,
            "proxy_set_effective_context proxy_set_buffer_bytes proxy_set_header_map_pairs proxy_get_status",
            "proxy_get_current_time_nanoseconds proxy_set_tick_period_milliseconds proxy_continue_request",
            "proxy_continue_response proxy_clear_route_cache proxy_continue_stream proxy_close_stream proxy_done",
            "proxy_call_foreign_function",
        ],
    )],
    lacking_functions: &[
        EMSCRIPTEN,
        "proxy_get_log_level proxy_get_buffer_status proxy_get_header_map_size",
    ],
    extra_functions: &["proxy_send_http_response"],
    unknown: Missing,
    memory: Missing,
    wasi_modules: &["wasi_snapshot_preview1"],
    wasi: &[],
    wasi_others: Working,
};

const MOSN: Host = Host {
    id: "mosn",
    name: "proxy-wasm-go-host (MOSN)",
    source: "mosn/proxy-wasm-go-host internal/imports/v1/imports.go and v2/imports.go, proxywasm/v1 and v2, \
        wazero/instance.go",
    abi_versions: &[V0_1_0, V0_2_0],
    takes_unversioned: false,
    allocator: Allocator::MallocWanted,
    memory_limit: None,
    remarks: &[],
    required_exports: &[],
    uncalled_exports: &[
        GRPC_ANSWERS,
        "proxy_validate_configuration proxy_on_foreign_function",
    ],
    lacking_proposals: None,
    by_version: ByVersion::Exactly,
    functions: &[(
        Missing,
        Some(V0_2_0),
        &[
            METRICS,
            SHARED_DATA,
            SHARED_QUEUES,
            "proxy_get_property proxy_set_property proxy_set_buffer_bytes proxy_set_header_map_pairs proxy_done",
            "proxy_add_header_map_value proxy_remove_header_map_value proxy_set_tick_period_milliseconds",
            "proxy_get_current_time_nanoseconds proxy_grpc_call proxy_call_foreign_function",
        ],
    )],
    lacking_functions: &[
        ONLY_0_1_0,
        EMSCRIPTEN,
        "proxy_get_buffer_status proxy_get_header_map_size proxy_send_local_response proxy_continue_stream",
        "proxy_get_status proxy_grpc_stream proxy_grpc_send proxy_grpc_cancel proxy_grpc_close",
    ],
    // Names of a draft of the specification.
    extra_functions: &["proxy_send_http_response proxy_dispatch_http_call proxy_dispatch_grpc_call"],
    unknown: Missing,
    memory: Missing,
    wasi_modules: &["wasi_snapshot_preview1"],
    wasi: &[],
    wasi_others: Working,
};

const TRAFFICSERVER: Host = Host {
    id: "trafficserver",
    name: "Traffic Server (wasm plugin)",
    source: "apache/trafficserver doc/admin-guide/plugins/wasm.en.rst, limitations, and the version of \
        proxy-wasm-cpp-host that it names: include/proxy-wasm/exports.h",
    abi_versions: ALL_VERSIONS,
    takes_unversioned: false,
    allocator: Allocator::Required,
    memory_limit: None,
    remarks: &[],
    required_exports: &[],
    uncalled_exports: &[
        TCP,
        TRAILERS,
        GRPC_ANSWERS,
        "proxy_on_request_metadata proxy_on_response_metadata __main_void",
    ],
    lacking_proposals: None,
    by_version: ByVersion::Exactly,
    functions: &[(RuledOut, None, &[GRPC])],
    lacking_functions: &[],
    extra_functions: &[],
    unknown: Missing,
    memory: Untold,
    wasi_modules: &wasi::MODULES,
    wasi: &[
        (Working, &[WASI, "fd_fdstat_get fd_prestat_get proc_exit"]),
        (
            Failing,
            &["fd_close fd_prestat_dir_name fd_read fd_seek path_open"],
        ),
    ],
    wasi_others: Missing,
};

const GOOGLE: Host = Host {
    id: "google",
    name: "Google Service Extensions",
    source: "docs.cloud.google.com/service-extensions/docs/plugins-overview, limitations, as of April 2026",
    abi_versions: &[],
    takes_unversioned: false,
    allocator: Allocator::Wanted,
    memory_limit: Some(16 << 20),
    remarks: &[],
    required_exports: &[],
    uncalled_exports: &[
        TCP,
        TRAILERS,
        GRPC_ANSWERS,
        "proxy_on_tick proxy_on_queue_ready proxy_on_http_call_response",
    ],
    lacking_proposals: None,
    by_version: ByVersion::No,
    functions: &[(
        RuledOut,
        None,
        &[
            METRICS,
            SHARED_DATA,
            SHARED_QUEUES,
            GRPC,
            "proxy_set_tick_period_milliseconds proxy_http_call",
        ],
    )],
    lacking_functions: &[],
    extra_functions: &[],
    unknown: Untold,
    memory: Untold,
    wasi_modules: &[],
    wasi: &[],
    wasi_others: Untold,
};
