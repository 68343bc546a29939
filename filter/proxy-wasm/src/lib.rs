//! Levee as a Proxy-Wasm module, for Envoy and other hosts.
//!
//! The adapter only translates: it reads what the core asks for, lets it decide, and carries the decision out. All
//! decisions are in `levee-core`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![expect(
    missing_docs,
    reason = "the SDK's macro exports an undocumented function, and nothing else is public"
)]

mod clock;
mod exchange;
mod host;
mod metrics;
mod plugin;
mod root;

use proxy_wasm::types::LogLevel;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(root::Root::default()));
}}
