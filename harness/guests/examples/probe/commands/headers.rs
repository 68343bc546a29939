//! Header maps.

use crate::probe::{Answer, Arguments, Odd, pairs::encode, received};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_get_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_header_map_size(map: u32, size: *mut u32) -> u32;
    fn proxy_set_header_map_pairs(map: u32, data: *const u8, size: usize) -> u32;
    fn proxy_add_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_replace_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_remove_header_map_value(map: u32, key: *const u8, key_size: usize) -> u32;
}

pub(crate) fn get(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (map, key) = (arguments.map()?, arguments.bytes()?);
    // SAFETY: the key is a live slice, and `received` says where the host writes.
    Ok(Answer::bytes(received(|data, size| unsafe {
        proxy_get_header_map_value(map, key.as_ptr(), key.len(), data, size)
    })))
}

pub(crate) fn pairs(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let map = arguments.map()?;
    // SAFETY: `received` says where the host writes.
    Ok(Answer::pairs(received(|data, size| unsafe {
        proxy_get_header_map_pairs(map, data, size)
    })))
}

pub(crate) fn size(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let map = arguments.map()?;
    let mut size = 0;
    // SAFETY: the host writes one number into a live local.
    let status = unsafe { proxy_get_header_map_size(map, &raw mut size) };
    Ok(Answer::with(status, size))
}

pub(crate) fn add(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (map, key, value) = (arguments.map()?, arguments.bytes()?, arguments.bytes()?);
    // SAFETY: the host reads from live slices.
    Ok(Answer::status(unsafe {
        proxy_add_header_map_value(map, key.as_ptr(), key.len(), value.as_ptr(), value.len())
    }))
}

pub(crate) fn replace(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (map, key, value) = (arguments.map()?, arguments.bytes()?, arguments.bytes()?);
    // SAFETY: the host reads from live slices.
    Ok(Answer::status(unsafe {
        proxy_replace_header_map_value(map, key.as_ptr(), key.len(), value.as_ptr(), value.len())
    }))
}

pub(crate) fn remove(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (map, key) = (arguments.map()?, arguments.bytes()?);
    // SAFETY: the host reads from a live slice.
    Ok(Answer::status(unsafe {
        proxy_remove_header_map_value(map, key.as_ptr(), key.len())
    }))
}

pub(crate) fn set_pairs(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let map = arguments.map()?;
    let pairs = encode(&arguments.pairs()?);
    Ok(set(map, &pairs))
}

/// Bytes that need not be a list of pairs.
pub(crate) fn set_pairs_raw(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (map, bytes) = (arguments.map()?, arguments.bytes()?);
    Ok(set(map, &bytes))
}

fn set(map: u32, bytes: &[u8]) -> Answer {
    // SAFETY: the host reads from a live slice.
    Answer::status(unsafe { proxy_set_header_map_pairs(map, bytes.as_ptr(), bytes.len()) })
}
