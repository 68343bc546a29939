//! Solves the puzzle of a challenge: in browsers, as a script, and natively, for apps, tests and load.
//!
//! [`SCRIPT`] is what browsers load. Its parts stand in `js/`: the same search over one of three engines, whichever is the
//! fastest that a browser has. Natively, [`solve`] does a whole challenge and [`Search`] one sub-puzzle, with the
//! processor's own instructions for SHA-256 where there are some.
//!
//! What both know of a challenge is what `docs/protocol.md` says, and nothing of the filter's code: tests compare them with
//! what the filter verifies.
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

mod native;
mod puzzle;
#[cfg(test)]
mod script;
mod search;

pub use native::solve;
pub use puzzle::{Puzzle, SolveError};
pub use search::Search;

/// One classic script, without anything around it: a Web Worker when it is started as one, and in a window the object
/// `levee`, which spreads a challenge over such workers.
pub const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/solver.js"));

/// Another script, for the pages of the site itself: the object `levee` with a `fetch` that gets through, as
/// `docs/client-js.md` tells. It loads [`SCRIPT`] when there is something to solve.
pub const CLIENT: &str = include_str!(concat!(env!("OUT_DIR"), "/client.js"));
