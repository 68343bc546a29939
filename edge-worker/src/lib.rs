//! Levee as a Cloudflare Worker.
//!
//! The adapter only translates: it reads what the core asks for, lets it decide, and carries the decision out. All
//! decisions are in `levee-core`. `js/entry.js` is the worker's main module, around what is exported here; whatever has to be
//! waited for is waited for in JavaScript, so that a call into this module never waits.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod counts;
mod exchange;
#[cfg(feature = "hazards")]
mod hazards;
mod head;
mod instance;
mod isolate;
mod journey;
mod object;
mod runtime;
mod settings;
mod shelf;
mod sources;
mod upkeep;

use exchange::Exchange;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{Context, Env, web_sys::Request, worker_sys};

/// What becomes of a request with this head: an answer, or the promise of one.
///
/// # Errors
/// When nothing could be decided or carried out. The request is refused then, never let through.
#[wasm_bindgen]
pub fn exchange(
    request: AssertUnwindSafe<Request>,
    head: String,
    env: AssertUnwindSafe<Env>,
    context: AssertUnwindSafe<worker_sys::Context>,
) -> Result<JsValue, JsValue> {
    instance::watch();
    let (request, env, context) = (request.0, env.0, Context::new(context.0));
    #[cfg(feature = "hazards")]
    if let Some(hazard) = hazards::wanted(&request) {
        return hazards::meet(&hazard, &request, &env);
    }
    match Exchange::new(request, head, env, context) {
        Some(exchange) => exchange.go_on(),
        None => Ok(runtime::unavailable()?.into()),
    }
}

/// Takes in what an answer of the origin was like, and how many milliseconds it took where its time was taken.
#[wasm_bindgen]
pub fn answered(status: u16, millis: Option<f64>) {
    isolate::answered(status, millis.map(sources::nanos));
}
