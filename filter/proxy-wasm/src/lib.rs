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

mod abi;
mod configuration;
mod exchange;
mod metrics;
mod plugin;
mod vm;
