//! Queues that VMs share.

use crate::probe::{Answer, Arguments, Odd, received, state};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_register_shared_queue(name: *const u8, name_size: usize, token: *mut u32) -> u32;
    fn proxy_resolve_shared_queue(
        vm_id: *const u8,
        vm_id_size: usize,
        name: *const u8,
        name_size: usize,
        token: *mut u32,
    ) -> u32;
    fn proxy_enqueue_shared_queue(token: u32, value: *const u8, value_size: usize) -> u32;
    fn proxy_dequeue_shared_queue(token: u32, data: *mut *mut u8, size: *mut usize) -> u32;
}

pub(crate) fn register(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let name = arguments.bytes()?;
    let mut token = 0;
    // SAFETY: the host reads from a live slice and writes one number into a live local.
    let status = unsafe { proxy_register_shared_queue(name.as_ptr(), name.len(), &raw mut token) };
    Ok(obtained(status, token))
}

pub(crate) fn resolve(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (vm_id, name) = (arguments.bytes()?, arguments.bytes()?);
    let mut token = 0;
    // SAFETY: the host reads from live slices and writes one number into a live local.
    let status = unsafe {
        proxy_resolve_shared_queue(
            vm_id.as_ptr(),
            vm_id.len(),
            name.as_ptr(),
            name.len(),
            &raw mut token,
        )
    };
    Ok(obtained(status, token))
}

pub(crate) fn enqueue(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (token, value) = (token(arguments)?, arguments.bytes()?);
    // SAFETY: the host reads from a live slice.
    Ok(Answer::status(unsafe {
        proxy_enqueue_shared_queue(token, value.as_ptr(), value.len())
    }))
}

pub(crate) fn dequeue(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let token = token(arguments)?;
    // SAFETY: `received` says where the host writes.
    Ok(Answer::bytes(received(|data, size| unsafe {
        proxy_dequeue_shared_queue(token, data, size)
    })))
}

fn obtained(status: u32, token: u32) -> Answer {
    if status == 0 {
        state::with(|state| state.last_queue = token);
    }
    Answer::status(status)
}

fn token(arguments: &mut Arguments<'_>) -> Result<u32, Odd> {
    arguments.number_or_last(state::with(|state| state.last_queue))
}
