//! What is asked of the runtime for a request: `js/exchange.js`.

use crate::exchange::Exchange;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{
    Env,
    js_sys::Promise,
    web_sys::{Request, Response},
};

#[wasm_bindgen(module = "/js/exchange.js")]
extern "C" {
    /// What is answered when nothing can be decided.
    #[wasm_bindgen(catch)]
    pub(crate) fn unavailable() -> Result<Response, JsValue>;

    /// An answer of the filter's own.
    #[wasm_bindgen(catch)]
    pub(crate) fn respond(status: u16, headers: &str, body: &[u8]) -> Result<Response, JsValue>;

    /// Sends the request to the origin; a promise of the answer.
    #[wasm_bindgen(catch)]
    pub(crate) fn forward(
        request: &Request,
        remove: &str,
        client: &str,
        verdict: &str,
    ) -> Result<Promise, JsValue>;

    /// The same, and adds headers to the answer, and tells what it was like by [`crate::answered`].
    #[wasm_bindgen(catch, js_name = forwardAndWatch)]
    pub(crate) fn forward_and_watch(
        request: &Request,
        remove: &str,
        client: &str,
        verdict: &str,
        added: &str,
        is_watched: bool,
    ) -> Result<Promise, JsValue>;

    /// Asks the object called `home`, and lets the exchange go on; a promise of what becomes of it.
    pub(crate) fn ask(env: &Env, home: &str, asks: &str, exchange: Exchange) -> Promise;

    /// A promise of what the object called `home` answers.
    pub(crate) fn serve(env: &Env, home: &str, asks: &str) -> Promise;
}

/// Names and values, a line each. A line break in one would be a header of its own, which is none that the core writes.
pub(crate) fn lines<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        lines.extend([name, "\n", value, "\n"]);
    }
    lines
}
