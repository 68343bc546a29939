//! What is special about ABI 0.2.1.

use crate::probe::{
    Answer, Arguments, Odd,
    callbacks::{CONTINUE, on, on_http},
    commands::{Command, buffers},
};

const STREAMS: [&str; 4] = ["request", "response", "downstream", "upstream"];
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_continue_stream(stream: u32) -> u32;
    fn proxy_close_stream(stream: u32) -> u32;
    fn proxy_get_log_level(level: *mut u32) -> u32;
}

#[unsafe(no_mangle)]
extern "C" fn proxy_abi_version_0_2_1() {}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_headers(context: u32, count: u32, end: u32) -> u32 {
    on_http("request_headers", context, &[&count, &(end != 0)])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_headers(context: u32, count: u32, end: u32) -> u32 {
    on_http("response_headers", context, &[&count, &(end != 0)])
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_foreign_function(context: u32, _function: u32, size: u32) {
    on("foreign_function", context, &[&size], CONTINUE);
}

/// The VM configuration, which has `size` bytes.
pub(crate) fn vm_configuration(size: u32) -> Vec<u8> {
    buffers::read(VM_CONFIGURATION, 0, size).1
}

/// The plugin configuration, which has `size` bytes.
pub(crate) fn plugin_configuration(size: u32) -> Vec<u8> {
    buffers::read(PLUGIN_CONFIGURATION, 0, size).1
}

/// A command that only this version has.
pub(crate) fn command(name: &str) -> Option<Command> {
    Some(match name {
        "continue_stream" => continue_stream,
        "close_stream" => close_stream,
        "log_level" => log_level,
        _ => return None,
    })
}

fn continue_stream(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let stream = arguments.named(&STREAMS)?;
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_continue_stream(stream) }))
}

fn close_stream(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let stream = arguments.named(&STREAMS)?;
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_close_stream(stream) }))
}

fn log_level(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let mut level = 0;
    // SAFETY: the host writes one number into a live local.
    let status = unsafe { proxy_get_log_level(&raw mut level) };
    Ok(Answer::with(status, level))
}
