//! Levee as a Cloudflare Worker.
//!
//! The adapter only translates: it reads what the core asks for, lets it decide, and carries the decision out. All
//! decisions are in `levee-core`. `js/entry.js` is the worker's main module, around what is exported here.
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
mod forward;
mod guard;
#[cfg(feature = "hazards")]
mod hazards;
mod head;
mod instance;
mod isolate;
mod journey;
mod object;
mod settings;
mod shelf;
mod sources;
mod upkeep;

use wasm_bindgen::JsValue;
use worker::{Context, Env, event, web_sys};

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    instance::watch();
    Ok(guard::guarded(answer(request, env, context)).await?)
}

async fn answer(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response, JsValue> {
    #[cfg(feature = "hazards")]
    if let Some(hazard) = hazards::wanted(&request) {
        return hazards::meet(&hazard, &request, &env).await;
    }
    exchange::answer(request, env, context).await
}
