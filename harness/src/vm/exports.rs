//! What a guest offers the host to call.

use std::sync::Arc;

use wasmtime::{AsContextMut, Instance, TypedFunc, WasmParams, WasmResults};

use crate::module::AbiVersion;

/// A callback. Shared, because copies of a typed function keep count of its type in the engine.
pub(crate) type Callback<P, R> = Arc<TypedFunc<P, R>>;

/// `proxy_on_request_headers` or its counterpart for responses.
#[derive(Clone)]
pub(crate) enum HeadersCallback {
    /// ABI 0.1.0: without `end_of_stream`.
    Old(Callback<(u32, u32), u32>),
    /// ABI 0.2.0 and newer.
    New(Callback<(u32, u32, u32), u32>),
}

/// Declares the callbacks and how each one is found.
macro_rules! exports {
    ($($field:ident: $params:ty => $results:ty, $name:literal;)*) => {
        /// The callbacks that this host uses; a guest exports those that it wants.
        pub(crate) struct Exports {
            pub(crate) request_headers: Option<HeadersCallback>,
            pub(crate) response_headers: Option<HeadersCallback>,
            $(pub(crate) $field: Option<Callback<$params, $results>>,)*
        }

        impl Exports {
            pub(crate) fn of(
                instance: &Instance,
                mut store: impl AsContextMut,
                abi: AbiVersion,
            ) -> wasmtime::Result<Self> {
                Ok(Self {
                    request_headers: headers(instance, &mut store, abi, "proxy_on_request_headers")?,
                    response_headers: headers(instance, &mut store, abi, "proxy_on_response_headers")?,
                    $($field: optional(instance, &mut store, $name)?,)*
                })
            }
        }
    };
}

exports! {
    context_create: (u32, u32) => (), "proxy_on_context_create";
    vm_start: (u32, u32) => u32, "proxy_on_vm_start";
    configure: (u32, u32) => u32, "proxy_on_configure";
    tick: u32 => (), "proxy_on_tick";
    queue_ready: (u32, u32) => (), "proxy_on_queue_ready";
    request_body: (u32, u32, u32) => u32, "proxy_on_request_body";
    request_trailers: (u32, u32) => u32, "proxy_on_request_trailers";
    response_body: (u32, u32, u32) => u32, "proxy_on_response_body";
    response_trailers: (u32, u32) => u32, "proxy_on_response_trailers";
    http_call_response: (u32, u32, u32, u32, u32) => (), "proxy_on_http_call_response";
    grpc_initial_metadata: (u32, u32, u32) => (), "proxy_on_grpc_receive_initial_metadata";
    grpc_receive: (u32, u32, u32) => (), "proxy_on_grpc_receive";
    grpc_trailing_metadata: (u32, u32, u32) => (), "proxy_on_grpc_receive_trailing_metadata";
    grpc_close: (u32, u32, u32) => (), "proxy_on_grpc_close";
    new_connection: u32 => u32, "proxy_on_new_connection";
    downstream_data: (u32, u32, u32) => u32, "proxy_on_downstream_data";
    upstream_data: (u32, u32, u32) => u32, "proxy_on_upstream_data";
    downstream_close: (u32, u32) => (), "proxy_on_downstream_connection_close";
    upstream_close: (u32, u32) => (), "proxy_on_upstream_connection_close";
    log: u32 => (), "proxy_on_log";
    done: u32 => u32, "proxy_on_done";
    delete: u32 => (), "proxy_on_delete";
}

fn headers(
    instance: &Instance,
    store: impl AsContextMut,
    abi: AbiVersion,
    name: &str,
) -> wasmtime::Result<Option<HeadersCallback>> {
    Ok(if abi == AbiVersion::V0_1_0 {
        optional(instance, store, name)?.map(HeadersCallback::Old)
    } else {
        optional(instance, store, name)?.map(HeadersCallback::New)
    })
}

/// An export that may be missing, but must have the right type when it is there.
pub(crate) fn optional<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    mut store: impl AsContextMut,
    name: &str,
) -> wasmtime::Result<Option<Callback<P, R>>> {
    let Some(function) = instance.get_func(&mut store, name) else {
        return Ok(None);
    };
    match function.typed(&store) {
        Ok(function) => Ok(Some(Arc::new(function))),
        Err(error) => Err(error.context(format!("the export {name} has the wrong type"))),
    }
}
