//! Solves the puzzle of a challenge: in the browser as WebAssembly, natively for tests and load.
//!
//! The work is done by [`Search`], which looks for the solution of one sub-puzzle in steps of as many attempts as
//! its caller likes, over the SHA-256 in [`kernel`]. Around it stand two fronts: `browser`, which `wasm-bindgen`
//! makes available to the worker script (`js/worker.js`), and `native`, a function that solves a whole challenge.
//!
//! Whatever the kernel proposes is checked with the very code that the filter verifies solutions with, so a fault in
//! the kernel could make a solver slow but never wrong.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

#[cfg(target_arch = "wasm32")]
mod browser;
pub mod kernel;
#[cfg(not(target_arch = "wasm32"))]
mod native;
mod search;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{SolveError, solve};
pub use search::Search;
