//! gRPC calls and streams.

use super::callouts::dispatched;
use crate::probe::{Answer, Arguments, Odd, pairs::encode, state};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_grpc_call(
        cluster: *const u8,
        cluster_size: usize,
        service: *const u8,
        service_size: usize,
        method: *const u8,
        method_size: usize,
        metadata: *const u8,
        metadata_size: usize,
        message: *const u8,
        message_size: usize,
        timeout: u32,
        token: *mut u32,
    ) -> u32;
    fn proxy_grpc_stream(
        cluster: *const u8,
        cluster_size: usize,
        service: *const u8,
        service_size: usize,
        method: *const u8,
        method_size: usize,
        metadata: *const u8,
        metadata_size: usize,
        token: *mut u32,
    ) -> u32;
    fn proxy_grpc_send(token: u32, message: *const u8, size: usize, end: u32) -> u32;
    fn proxy_grpc_cancel(token: u32) -> u32;
    fn proxy_grpc_close(token: u32) -> u32;
}

pub(crate) fn call(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (cluster, service, method) = (arguments.bytes()?, arguments.bytes()?, arguments.bytes()?);
    let (timeout, message) = (arguments.number()?, arguments.bytes()?);
    let metadata = encode(&arguments.pairs()?);
    let mut token = 0;
    // SAFETY: the host reads from live slices and writes one number into a live local.
    let status = unsafe {
        proxy_grpc_call(
            cluster.as_ptr(),
            cluster.len(),
            service.as_ptr(),
            service.len(),
            method.as_ptr(),
            method.len(),
            metadata.as_ptr(),
            metadata.len(),
            message.as_ptr(),
            message.len(),
            timeout,
            &raw mut token,
        )
    };
    Ok(dispatched(status, token))
}

pub(crate) fn stream(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (cluster, service, method) = (arguments.bytes()?, arguments.bytes()?, arguments.bytes()?);
    let metadata = encode(&arguments.pairs()?);
    let mut token = 0;
    // SAFETY: the host reads from live slices and writes one number into a live local.
    let status = unsafe {
        proxy_grpc_stream(
            cluster.as_ptr(),
            cluster.len(),
            service.as_ptr(),
            service.len(),
            method.as_ptr(),
            method.len(),
            metadata.as_ptr(),
            metadata.len(),
            &raw mut token,
        )
    };
    Ok(dispatched(status, token))
}

pub(crate) fn send(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (token, message, end) = (token(arguments)?, arguments.bytes()?, arguments.truth()?);
    // SAFETY: the host reads from a live slice.
    Ok(Answer::status(unsafe {
        proxy_grpc_send(token, message.as_ptr(), message.len(), end.into())
    }))
}

pub(crate) fn cancel(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let token = token(arguments)?;
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_grpc_cancel(token) }))
}

pub(crate) fn close(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let token = token(arguments)?;
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_grpc_close(token) }))
}

fn token(arguments: &mut Arguments<'_>) -> Result<u32, Odd> {
    arguments.number_or_last(state::with(|state| state.last_call))
}
