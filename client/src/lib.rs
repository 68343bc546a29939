//! Lets an app through Levee.
//!
//! In a flood Levee answers a request that comes without a clearance with a challenge, and one for which the
//! site has no room with a place in line. An app understands both from the answer, solves or waits, and
//! repeats the request. This crate does that, in two layers:
//!
//! - [`Session`] and [`Attempt`] decide what comes next and do no input or output: for apps with an HTTP
//!   client of their own, blocking or not. [`Challenge::solve`] is the only call that takes long.
//! - [`http::Client`] (feature `http`) is a blocking client that does all of it.
//!
//! ```no_run
//! let client = levee_client::http::Client::builder().build();
//! let request = http::Request::post("https://booking.example/api/numbers")
//!     .header("content-type", "application/json")
//!     .body(br#"{"department":"eyes"}"#.to_vec())?;
//! let mut answer = client.send(&request)?;
//! println!("{}: {}", answer.status(), answer.body_mut().read_to_string()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The protocol is described in `docs/protocol.md`.
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

mod attempt;
mod challenge;
mod error;
#[cfg(feature = "http")]
pub mod http;
mod limits;
mod refusal;
mod session;

pub use attempt::{Attempt, Pause, Place, Step};
pub use challenge::{Challenge, Solution};
pub use error::GiveUp;
pub use levee_solver::SolveError;
pub use limits::Limits;
pub use refusal::{MAX_REFUSAL_BYTES, may_be_refusal, may_be_refusal_of_head};
pub use session::{Clearance, Session};

/// The request header that a clearance travels in.
pub const CLEARANCE_HEADER: &str = "levee-clearance";

/// The request header that a ticket travels in.
pub const TICKET_HEADER: &str = "levee-ticket";

/// The request header that a solution travels in.
pub const SOLUTION_HEADER: &str = "levee-solution";
