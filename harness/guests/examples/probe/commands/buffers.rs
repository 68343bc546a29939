//! Bodies and other buffers.

use crate::probe::{Answer, Arguments, Odd, received};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_get_buffer_bytes(buffer: u32, start: u32, max: u32, data: *mut *mut u8, size: *mut usize)
    -> u32;
    fn proxy_get_buffer_status(buffer: u32, length: *mut u32, flags: *mut u32) -> u32;
    fn proxy_set_buffer_bytes(buffer: u32, start: u32, length: u32, data: *const u8, size: usize) -> u32;
}

/// A part of a buffer, with the host's status.
pub(crate) fn read(buffer: u32, start: u32, max: u32) -> (u32, Vec<u8>) {
    // SAFETY: `received` says where the host writes.
    received(|data, size| unsafe { proxy_get_buffer_bytes(buffer, start, max, data, size) })
}

pub(crate) fn body(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (buffer, start, max) = (arguments.buffer()?, arguments.number()?, arguments.number()?);
    Ok(Answer::bytes(read(buffer, start, max)))
}

pub(crate) fn status(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let buffer = arguments.buffer()?;
    let (mut length, mut flags) = (0, 0);
    // SAFETY: the host writes one number into each of two live locals.
    let status = unsafe { proxy_get_buffer_status(buffer, &raw mut length, &raw mut flags) };
    Ok(Answer::with(status, format_args!("{length} {flags}")))
}

pub(crate) fn set_body(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (buffer, start, length) = (arguments.buffer()?, arguments.number()?, arguments.number()?);
    let data = arguments.bytes()?;
    // SAFETY: the host reads from a live slice.
    Ok(Answer::status(unsafe {
        proxy_set_buffer_bytes(buffer, start, length, data.as_ptr(), data.len())
    }))
}
