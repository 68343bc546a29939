//! Logs from the root context: a greeting at the start, then the time and a random number at every tick. Requests pass as they
//! are.
//!
//! Configuration: none.
#![expect(missing_docs, reason = "the SDK's macro exports an undocumented function")]

use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::LogLevel,
};
use std::time::{Duration, UNIX_EPOCH};

const PERIOD: Duration = Duration::from_secs(5);

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(HelloWorld));
    // Without one, the SDK panics at the first request.
    proxy_wasm::set_http_context(|_, _| Box::new(Exchange));
}}

struct HelloWorld;

impl Context for HelloWorld {}

impl RootContext for HelloWorld {
    fn on_vm_start(&mut self, _: usize) -> bool {
        log::info!("Hello, world!");
        hostcalls::set_tick_period(PERIOD).is_ok()
    }

    fn on_tick(&mut self) {
        let now = hostcalls::get_current_time().ok();
        let since_epoch = now.and_then(|now| now.duration_since(UNIX_EPOCH).ok());
        match (since_epoch, random()) {
            (Some(time), Some(number)) => log::info!(
                "It is {} seconds after 1970, and your lucky number is {number}.",
                time.as_secs()
            ),
            (None, _) => log::warn!("The host has no clock."),
            (_, None) => log::warn!("The host has no randomness."),
        }
    }
}

struct Exchange;

impl Context for Exchange {}

impl HttpContext for Exchange {}

/// A random byte of the host's: the SDK has none.
#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "a call to the host passes a raw pointer")]
fn random() -> Option<u8> {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    unsafe extern "C" {
        fn random_get(buffer: *mut u8, size: usize) -> u32;
    }
    let mut byte = 0;
    // SAFETY: the host writes one byte into a live local.
    let failed = unsafe { random_get(&raw mut byte, 1) };
    (failed == 0).then_some(byte)
}

/// Outside of a host there is none.
#[cfg(not(target_arch = "wasm32"))]
fn random() -> Option<u8> {
    None
}
