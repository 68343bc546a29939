//! How the host hands something over: it has this module allocate, writes there, and says where that is.

use std::{
    alloc::{Layout, alloc},
    ptr,
};

/// Not called `malloc`, which is what the Rust SDK exports: a host has to find either.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    match Layout::array::<u8>(size.max(1)) {
        // SAFETY: the layout has at least one byte.
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => ptr::null_mut(),
    }
}

/// Makes a call that answers with bytes; `call` is given where the host writes their address and their number. There are
/// none when the call fails.
pub(crate) fn received(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> (u32, Vec<u8>) {
    let mut data = ptr::null_mut();
    let mut size = 0_usize;
    let status = call(&raw mut data, &raw mut size);
    if status != 0 || data.is_null() || size == 0 {
        return (status, Vec::new());
    }
    // SAFETY: the host had them allocated above with this size, has filled them, and does not use them any more.
    (status, unsafe { Vec::from_raw_parts(data, size, size) })
}
