//! HTTP calls to other services, what became of a call, and calls of functions of the host's own.

use crate::probe::{Answer, Arguments, Odd, pairs::encode, received, state};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_http_call(
        cluster: *const u8,
        cluster_size: usize,
        headers: *const u8,
        headers_size: usize,
        body: *const u8,
        body_size: usize,
        trailers: *const u8,
        trailers_size: usize,
        timeout: u32,
        token: *mut u32,
    ) -> u32;
    fn proxy_get_status(code: *mut u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_call_foreign_function(
        name: *const u8,
        name_size: usize,
        argument: *const u8,
        argument_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
}

pub(crate) fn http_call(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (cluster, timeout, body) = (arguments.bytes()?, arguments.number()?, arguments.bytes()?);
    let (headers, trailers) = (encode(&arguments.pairs()?), encode(&arguments.pairs()?));
    let mut token = 0;
    // SAFETY: the host reads from live slices and writes one number into a live local.
    let status = unsafe {
        proxy_http_call(
            cluster.as_ptr(),
            cluster.len(),
            headers.as_ptr(),
            headers.len(),
            body.as_ptr(),
            body.len(),
            trailers.as_ptr(),
            trailers.len(),
            timeout,
            &raw mut token,
        )
    };
    Ok(dispatched(status, token))
}

/// A call that is under way, if the host has taken it.
pub(crate) fn dispatched(status: u32, token: u32) -> Answer {
    if status == 0 {
        state::with(|state| state.last_call = token);
    }
    Answer::status(status)
}

/// The number and the message by which the last call has ended.
pub(crate) fn status(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let mut code = 0;
    // SAFETY: the host writes one number into a live local, and `received` says where else.
    let (status, message) = received(|data, size| unsafe { proxy_get_status(&raw mut code, data, size) });
    Ok(Answer::with(
        status,
        format_args!("{code} \"{}\"", message.escape_ascii()),
    ))
}

pub(crate) fn foreign(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (name, argument) = (arguments.bytes()?, arguments.text()?);
    // SAFETY: the host reads from live slices, and `received` says where it writes.
    Ok(Answer::bytes(received(|data, size| unsafe {
        proxy_call_foreign_function(
            name.as_ptr(),
            name.len(),
            argument.as_ptr(),
            argument.len(),
            data,
            size,
        )
    })))
}
