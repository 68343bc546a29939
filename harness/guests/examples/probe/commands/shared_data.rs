//! Data that VMs share.

use crate::probe::{Answer, Arguments, Odd, received, state};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_get_shared_data(
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
        cas: *mut u32,
    ) -> u32;
    fn proxy_set_shared_data(
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
        cas: u32,
    ) -> u32;
}

pub(crate) fn get(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let key = arguments.bytes()?;
    let mut cas = 0;
    // SAFETY: the key is a live slice, and the host writes one number into a live local and where `received` says.
    let (status, value) = received(|data, size| unsafe {
        proxy_get_shared_data(key.as_ptr(), key.len(), data, size, &raw mut cas)
    });
    if status == 0 {
        state::with(|state| state.last_cas = cas);
    }
    Ok(Answer::bytes((status, value)))
}

pub(crate) fn set(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (key, value) = (arguments.bytes()?, arguments.bytes()?);
    let cas = arguments.number_or_last(state::with(|state| state.last_cas))?;
    // SAFETY: the host reads from live slices.
    Ok(Answer::status(unsafe {
        proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), cas)
    }))
}
