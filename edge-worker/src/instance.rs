//! The end of the instance of the module that this runs in.

use wasm_bindgen::{handler::set_on_abort, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/js/instance.js")]
extern "C" {
    fn ended();
}

/// From now on, a trap is noted where the next call looks whether it needs another instance.
///
/// The crate `worker` has a handler of its own; whichever is set last counts. A handler can call one function of JavaScript only,
/// for nothing returns into an instance that has ended.
pub(crate) fn watch() {
    set_on_abort(ended);
}
