//! What the host calls, in every version of the ABI alike.

use super::{commands, contexts::Kind, script, state, trace};
use crate::version;
use std::fmt::Display;

/// `Action::Continue`, which is also what a callback without a result comes to.
pub(crate) const CONTINUE: u32 = 0;
const TRUE: u32 = 1;

/// Tells of a callback and carries out what the script says about it; returns what the callback is to return, `usual` unless
/// the script says otherwise.
pub(crate) fn on(callback: &'static str, context: u32, details: &[&dyn Display], usual: u32) -> u32 {
    tell(callback, context, details);
    commands::carry_out(&script::commands(callback), usual)
}

/// The same for one that only HTTP contexts have.
pub(crate) fn on_http(callback: &'static str, context: u32, details: &[&dyn Display]) -> u32 {
    state::with(|state| state.contexts.note(context, Kind::Http));
    on(callback, context, details, CONTINUE)
}

/// The same for one that only TCP contexts have.
fn on_tcp(callback: &'static str, context: u32, details: &[&dyn Display]) -> u32 {
    state::with(|state| state.contexts.note(context, Kind::Tcp));
    on(callback, context, details, CONTINUE)
}

fn tell(callback: &str, context: u32, details: &[&dyn Display]) {
    let name = state::with(|state| state.contexts.name(context));
    trace::callback(callback, name, details);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_context_create(context: u32, parent: u32) {
    state::with(|state| state.contexts.create(context, parent));
    on("context_create", context, &[], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_vm_start(root: u32, size: u32) -> u32 {
    tell("vm_start", root, &[&size]);
    script::load(&version::vm_configuration(size));
    commands::carry_out(&script::commands("vm_start"), TRUE)
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_configure(root: u32, size: u32) -> u32 {
    tell("configure", root, &[&size]);
    script::load(&version::plugin_configuration(size));
    commands::carry_out(&script::commands("configure"), TRUE)
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_tick(root: u32) {
    on("tick", root, &[], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_queue_ready(root: u32, _queue: u32) {
    on("queue_ready", root, &[], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_body(context: u32, size: u32, end: u32) -> u32 {
    on_http("request_body", context, &[&size, &(end != 0)])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_trailers(context: u32, count: u32) -> u32 {
    on_http("request_trailers", context, &[&count])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_body(context: u32, size: u32, end: u32) -> u32 {
    on_http("response_body", context, &[&size, &(end != 0)])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_trailers(context: u32, count: u32) -> u32 {
    on_http("response_trailers", context, &[&count])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_http_call_response(context: u32, _token: u32, headers: u32, size: u32, trailers: u32) {
    let details: [&dyn Display; 3] = [&headers, &size, &trailers];
    on("http_call_response", context, &details, CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_grpc_receive_initial_metadata(context: u32, _token: u32, count: u32) {
    on("grpc_initial_metadata", context, &[&count], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_grpc_receive(context: u32, _token: u32, size: u32) {
    on("grpc_receive", context, &[&size], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_grpc_receive_trailing_metadata(context: u32, _token: u32, count: u32) {
    on("grpc_trailing_metadata", context, &[&count], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_grpc_close(context: u32, _token: u32, status: u32) {
    on("grpc_close", context, &[&status], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_new_connection(context: u32) -> u32 {
    on_tcp("new_connection", context, &[])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_downstream_data(context: u32, size: u32, end: u32) -> u32 {
    on_tcp("downstream_data", context, &[&size, &(end != 0)])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_upstream_data(context: u32, size: u32, end: u32) -> u32 {
    on_tcp("upstream_data", context, &[&size, &(end != 0)])
}

/// The peer is a number of the ABI: 0 unknown, 1 local, 2 remote.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_downstream_connection_close(context: u32, peer: u32) {
    on_tcp("downstream_close", context, &[&peer]);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_upstream_connection_close(context: u32, peer: u32) {
    on_tcp("upstream_close", context, &[&peer]);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_done(context: u32) -> u32 {
    on("done", context, &[], TRUE)
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_log(context: u32) {
    on("log", context, &[], CONTINUE);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_delete(context: u32) {
    on("delete", context, &[], CONTINUE);
    state::with(|state| state.contexts.delete(context));
}
