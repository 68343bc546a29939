//! Every decision of Levee, without host, clock, random source or panic.
//!
//! A host hands a [`Request`] to [`Filter::decide`] together with the time, a random source ([`Entropy`]) and the
//! place where quota state lives ([`Ledger`](ledger::Ledger)), and carries out the [`Decision`] that comes back. The
//! same code runs inside Envoy, on Cloudflare's edge and in ordinary unit tests.
//!
//! The pipeline is in [`filter`]; each step of it is a module of its own.
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

pub mod capacity;
pub mod challenge;
pub mod clearance;
pub mod client;
mod digits;
pub mod filter;
pub mod ledger;
pub mod line;
pub mod log;
pub mod metrics;
pub mod page;
pub mod path;
pub mod policy;
pub mod price;
pub mod puzzle;
pub mod quota;
pub mod request;
pub mod response;
mod scan;
pub mod time;
pub mod token;
pub mod verdict;
pub mod waiting_lane;

pub use filter::{Assets, Entropy, Filter, Ports};
pub use policy::{Policy, Problem};
pub use request::{Header, Request};
pub use verdict::{Action, Decision, Forward, Reason, Verdict};
