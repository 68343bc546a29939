//! Time and random bytes, from the runtime.

use levee_core::{Entropy, time::Timestamp};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::js_sys::Date;

const NANOS_PER_MILLISECOND: u64 = 1_000_000;

/// The time, in whole milliseconds. It stands still while the module calculates, and goes on when it has waited for
/// something: a precaution of the runtime against measuring from inside.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_nanos(nanos(Date::now()))
}

/// Milliseconds of JavaScript in nanoseconds.
pub(crate) const fn nanos(millis: f64) -> u64 {
    // Saturates: what is negative or no number becomes the epoch.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion from f64 that saturates is what is wanted"
    )]
    let millis = millis as u64;
    millis.saturating_mul(NANOS_PER_MILLISECOND)
}

/// Random bytes of the Web Crypto API.
pub(crate) struct RuntimeEntropy;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_with_random(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
}

impl Entropy for RuntimeEntropy {
    fn draw(&mut self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        fill_with_random(&mut bytes).is_ok().then_some(bytes)
    }
}
