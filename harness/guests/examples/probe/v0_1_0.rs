//! What is special about ABI 0.1.0.

use crate::probe::{Answer, Arguments, Odd, callbacks::on_http, commands::Command, received};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_get_configuration(data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_continue_request() -> u32;
    fn proxy_continue_response() -> u32;
    fn proxy_clear_route_cache() -> u32;
}

#[unsafe(no_mangle)]
extern "C" fn proxy_abi_version_0_1_0() {}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_headers(context: u32, count: u32) -> u32 {
    on_http("request_headers", context, &[&count])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_headers(context: u32, count: u32) -> u32 {
    on_http("response_headers", context, &[&count])
}

/// The VM configuration, which has `size` bytes.
pub(crate) fn vm_configuration(size: u32) -> Vec<u8> {
    // A host might give the plugin's where the VM has none.
    if size == 0 { Vec::new() } else { configuration().1 }
}

/// The plugin configuration.
pub(crate) fn plugin_configuration(_size: u32) -> Vec<u8> {
    configuration().1
}

/// Which of the two it is depends on the callback.
fn configuration() -> (u32, Vec<u8>) {
    // SAFETY: the host writes one address and one number where `received` says.
    received(|data, size| unsafe { proxy_get_configuration(data, size) })
}

/// A command that only this version has.
pub(crate) fn command(name: &str) -> Option<Command> {
    Some(match name {
        "get_configuration" => |_: &mut Arguments<'_>| Ok(Answer::bytes(configuration())),
        "continue_request" => continue_request,
        "continue_response" => continue_response,
        "clear_route_cache" => clear_route_cache,
        _ => return None,
    })
}

fn continue_request(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_continue_request() }))
}

fn continue_response(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_continue_response() }))
}

fn clear_route_cache(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_clear_route_cache() }))
}
