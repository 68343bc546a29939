//! What is done to a stream, and on whose behalf the module acts. `continue_stream` and `close_stream` are matters of the
//! ABI's version.

use crate::probe::{Answer, Arguments, Odd, pairs::encode, state};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: u32,
    ) -> u32;
    fn proxy_set_effective_context(context: u32) -> u32;
    fn proxy_done() -> u32;
}

pub(crate) fn reply(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (status, details, body) = (arguments.number()?, arguments.bytes()?, arguments.bytes()?);
    let grpc_status = arguments.number()?;
    let headers = encode(&arguments.pairs()?);
    // SAFETY: the host reads from live slices.
    Ok(Answer::status(unsafe {
        proxy_send_local_response(
            status,
            details.as_ptr(),
            details.len(),
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            grpc_status,
        )
    }))
}

pub(crate) fn effective(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let context = match arguments.clone().word()? {
        kind @ ("root" | "http" | "tcp") => state::with(|state| state.contexts.last(kind)).ok_or(Odd)?,
        _ => arguments.number()?,
    };
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_set_effective_context(context) }))
}

pub(crate) fn done(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_done() }))
}
