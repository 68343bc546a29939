//! Properties.

use crate::probe::{Answer, Arguments, Odd, received};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_get_property(path: *const u8, path_size: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_set_property(path: *const u8, path_size: usize, value: *const u8, value_size: usize) -> u32;
}

pub(crate) fn get(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let path = arguments.path()?;
    // SAFETY: the path is a live slice, and `received` says where the host writes.
    Ok(Answer::bytes(received(|data, size| unsafe {
        proxy_get_property(path.as_ptr(), path.len(), data, size)
    })))
}

pub(crate) fn set(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (path, value) = (arguments.path()?, arguments.bytes()?);
    // SAFETY: the host reads from live slices.
    Ok(Answer::status(unsafe {
        proxy_set_property(path.as_ptr(), path.len(), value.as_ptr(), value.len())
    }))
}
