//! What a guest offers the host to call.

use wasmtime::{AsContextMut, Instance, TypedFunc, WasmParams, WasmResults};

/// The callbacks that this host uses; a guest exports those that it wants.
pub(crate) struct Exports {
    pub(crate) context_create: Option<TypedFunc<(u32, u32), ()>>,
    pub(crate) vm_start: Option<TypedFunc<(u32, u32), u32>>,
    pub(crate) configure: Option<TypedFunc<(u32, u32), u32>>,
    pub(crate) tick: Option<TypedFunc<u32, ()>>,
    pub(crate) queue_ready: Option<TypedFunc<(u32, u32), ()>>,
    pub(crate) request_headers: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(crate) request_body: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(crate) request_trailers: Option<TypedFunc<(u32, u32), u32>>,
    pub(crate) response_headers: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(crate) response_body: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(crate) response_trailers: Option<TypedFunc<(u32, u32), u32>>,
    pub(crate) log: Option<TypedFunc<u32, ()>>,
    pub(crate) done: Option<TypedFunc<u32, u32>>,
    pub(crate) delete: Option<TypedFunc<u32, ()>>,
}

impl Exports {
    pub(crate) fn of(instance: &Instance, mut store: impl AsContextMut) -> wasmtime::Result<Self> {
        Ok(Self {
            context_create: optional(instance, &mut store, "proxy_on_context_create")?,
            vm_start: optional(instance, &mut store, "proxy_on_vm_start")?,
            configure: optional(instance, &mut store, "proxy_on_configure")?,
            tick: optional(instance, &mut store, "proxy_on_tick")?,
            queue_ready: optional(instance, &mut store, "proxy_on_queue_ready")?,
            request_headers: optional(instance, &mut store, "proxy_on_request_headers")?,
            request_body: optional(instance, &mut store, "proxy_on_request_body")?,
            request_trailers: optional(instance, &mut store, "proxy_on_request_trailers")?,
            response_headers: optional(instance, &mut store, "proxy_on_response_headers")?,
            response_body: optional(instance, &mut store, "proxy_on_response_body")?,
            response_trailers: optional(instance, &mut store, "proxy_on_response_trailers")?,
            log: optional(instance, &mut store, "proxy_on_log")?,
            done: optional(instance, &mut store, "proxy_on_done")?,
            delete: optional(instance, &mut store, "proxy_on_delete")?,
        })
    }
}

/// An export that may be missing, but must have the right type when it is there.
pub(crate) fn optional<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    mut store: impl AsContextMut,
    name: &str,
) -> wasmtime::Result<Option<TypedFunc<P, R>>> {
    let Some(function) = instance.get_func(&mut store, name) else {
        return Ok(None);
    };
    match function.typed(&store) {
        Ok(function) => Ok(Some(function)),
        Err(error) => Err(error.context(format!("the export {name} has the wrong type"))),
    }
}
