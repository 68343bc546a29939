//! What the host calls. Nothing is exported that does nothing: each export is a crossing for every request.

use super::Next;
use crate::vm;

/// Tells the host which ABI this module speaks. Never called.
#[unsafe(no_mangle)]
extern "C" fn proxy_abi_version_0_2_1() {}

/// A context is there: with a parent, a request's; without (0), a configuration's.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_context_create(context: u32, parent: u32) {
    vm::create(context, parent);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_configure(context: u32, size: usize) -> u32 {
    vm::configure(context, size).into()
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_tick(context: u32) {
    vm::tick(context);
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_headers(context: u32, _: u32, end_of_stream: u32) -> u32 {
    vm::request(context, end_of_stream != 0) as u32
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_headers(context: u32, _: u32, _: u32) -> u32 {
    vm::answer(context);
    Next::Continue as u32
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_delete(context: u32) {
    vm::delete(context);
}
