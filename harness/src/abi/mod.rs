//! The Proxy-Wasm ABI, seen from the guest: the 39 host functions of 0.2.1, the four that only 0.1.0 has, and what of WASI
//! goes with them.

mod attributes;
mod buffers;
mod call;
mod callouts;
mod codec;
mod context;
mod counted;
mod foreign;
mod headers;
mod local_response;
mod logging;
mod metrics;
mod properties;
mod shared_data;
mod shared_queue;
mod status;
mod time;
mod wasi;
pub(crate) mod well_known;

use std::collections::HashSet;

use wasmtime::{Caller, ImportType, Linker, Module};

use self::call::Call;
pub(crate) use self::counted::HostFunctions;
pub use self::status::{Direction, LocalReply};
use crate::module::AbiVersion;
use crate::vm::VmState;

/// Links every host function, and for imports that this host does not know a function that traps.
///
/// Returns the functions by their numbers, and the names of the unknown imports.
pub(crate) fn link(
    linker: &mut Linker<VmState>,
    module: &Module,
    abi: AbiVersion,
) -> wasmtime::Result<(HostFunctions, Vec<String>)> {
    let mut linked = HashSet::new();
    let mut functions = HostFunctions::default();
    macro_rules! link {
        ($($name:literal => $function:path, ($($arg:ident: $ty:ty),*);)*) => {$(
            let function = functions.number($name);
            linker.func_wrap("env", $name, move |caller: Caller<'_, VmState>, $($arg: $ty),*| {
                let mut call = Call::enter(caller, function)?;
                Call::finish($function(&mut call, $($arg),*))
            })?;
            linked.insert(("env", $name));
        )*};
    }
    link! {
        "proxy_log" => logging::log, (level: u32, message: u32, len: u32);
        "proxy_get_log_level" => logging::get_log_level, (out: u32);

        "proxy_get_current_time_nanoseconds" => time::get_current_time_nanoseconds, (out: u32);
        "proxy_set_tick_period_milliseconds" => time::set_tick_period_milliseconds, (period: u32);

        "proxy_set_buffer_bytes" => buffers::set_bytes, (id: u32, start: u32, len: u32, data: u32, data_len: u32);
        "proxy_get_buffer_bytes" => buffers::get_bytes, (id: u32, start: u32, max: u32, out: u32, out_len: u32);
        "proxy_get_buffer_status" => buffers::get_status, (id: u32, out_len: u32, out_flags: u32);

        "proxy_get_header_map_size" => headers::get_map_size, (map: u32, out: u32);
        "proxy_get_header_map_pairs" => headers::get_map_pairs, (map: u32, out: u32, out_len: u32);
        "proxy_set_header_map_pairs" => headers::set_map_pairs, (map: u32, pairs: u32, len: u32);
        "proxy_get_header_map_value" => headers::get_map_value,
            (map: u32, key: u32, key_len: u32, out: u32, out_len: u32);
        "proxy_add_header_map_value" => headers::add_map_value,
            (map: u32, key: u32, key_len: u32, value: u32, value_len: u32);
        "proxy_replace_header_map_value" => headers::replace_map_value,
            (map: u32, key: u32, key_len: u32, value: u32, value_len: u32);
        "proxy_remove_header_map_value" => headers::remove_map_value, (map: u32, key: u32, key_len: u32);

        "proxy_continue_stream" => local_response::continue_stream, (stream_type: u32);
        "proxy_close_stream" => local_response::close_stream, (stream_type: u32);
        "proxy_send_local_response" => local_response::send_local_response,
            (status: u32, details: u32, details_len: u32, body: u32, body_len: u32, headers: u32, headers_len: u32,
             grpc_status: i32);

        "proxy_http_call" => callouts::http_call,
            (cluster: u32, cluster_len: u32, headers: u32, headers_len: u32, body: u32, body_len: u32, trailers: u32,
             trailers_len: u32, timeout: u32, out: u32);
        "proxy_grpc_call" => callouts::grpc_call,
            (cluster: u32, cluster_len: u32, service: u32, service_len: u32, method: u32, method_len: u32,
             metadata: u32, metadata_len: u32, message: u32, message_len: u32, timeout: u32, out: u32);
        "proxy_grpc_stream" => callouts::grpc_stream,
            (cluster: u32, cluster_len: u32, service: u32, service_len: u32, method: u32, method_len: u32,
             metadata: u32, metadata_len: u32, out: u32);
        "proxy_grpc_send" => callouts::grpc_send, (id: u32, message: u32, len: u32, end_of_stream: u32);
        "proxy_grpc_cancel" => callouts::grpc_cancel, (id: u32);
        "proxy_grpc_close" => callouts::grpc_close, (id: u32);
        "proxy_get_status" => callouts::get_status, (out_status: u32, out: u32, out_len: u32);
        "proxy_call_foreign_function" => foreign::call_foreign_function,
            (name: u32, name_len: u32, arguments: u32, arguments_len: u32, out: u32, out_len: u32);

        "proxy_get_shared_data" => shared_data::get, (key: u32, key_len: u32, out: u32, out_len: u32, out_cas: u32);
        "proxy_set_shared_data" => shared_data::set, (key: u32, key_len: u32, value: u32, value_len: u32, cas: u32);
        "proxy_register_shared_queue" => shared_queue::register, (name: u32, name_len: u32, out: u32);
        "proxy_resolve_shared_queue" => shared_queue::resolve,
            (vm_id: u32, vm_id_len: u32, name: u32, name_len: u32, out: u32);
        "proxy_enqueue_shared_queue" => shared_queue::enqueue, (id: u32, value: u32, value_len: u32);
        "proxy_dequeue_shared_queue" => shared_queue::dequeue, (id: u32, out: u32, out_len: u32);

        "proxy_define_metric" => metrics::define, (kind: u32, name: u32, name_len: u32, out: u32);
        "proxy_record_metric" => metrics::record, (id: u32, value: i64);
        "proxy_increment_metric" => metrics::increment, (id: u32, offset: i64);
        "proxy_get_metric" => metrics::get, (id: u32, out: u32);

        "proxy_get_property" => properties::get, (path: u32, path_len: u32, out: u32, out_len: u32);
        "proxy_set_property" => properties::set, (path: u32, path_len: u32, value: u32, value_len: u32);

        "proxy_set_effective_context" => context::set_effective_context, (id: u32);
        "proxy_done" => context::done, ();
    }
    if abi == AbiVersion::V0_1_0 {
        link! {
            "proxy_get_configuration" => buffers::get_configuration, (out: u32, out_len: u32);
            "proxy_continue_request" => local_response::continue_request, ();
            "proxy_continue_response" => local_response::continue_response, ();
            "proxy_clear_route_cache" => foreign::clear_route_cache, ();
        }
    }
    linker.func_wrap("env", "emscripten_notify_memory_growth", |_memory: u32| {})?;
    linked.insert(("env", "emscripten_notify_memory_growth"));
    wasi::link(linker, &mut linked, &mut functions)?;

    let missing = |import: &ImportType<'_>| {
        import.ty().func().is_some() && !linked.contains(&(import.module(), import.name()))
    };
    for import in module.imports().filter(missing) {
        wasi::link_unsupported(linker, &import)?;
    }

    let unknown: Vec<String> = module
        .imports()
        .filter(|import| missing(import) && !wasi::is_unsupported(import))
        .map(|import| format!("{}.{}", import.module(), import.name()))
        .collect();
    linker.define_unknown_imports_as_traps(module)?;
    Ok((functions, unknown))
}
