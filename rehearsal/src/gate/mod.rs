//! What stands before the origin: the filter, or something else for comparison.

mod address_limit;
mod challenge_all;
mod module;
mod open;

pub use address_limit::AddressLimit;
pub use challenge_all::ChallengeAll;
pub use module::{Filter, Started};
pub use open::Open;

use levee_harness::{Passage, Request, Response};
use std::time::Duration;

/// What stands before the origin, or one worker of it.
pub trait Gate: Send {
    /// A request arrives on this connection.
    fn arrive(&mut self, now: Duration, request: Request, connection: u64) -> Arrived;

    /// The origin has answered a request that was let through. Returns what the client gets.
    fn answer(&mut self, now: Duration, let_through: LetThrough, answer: Response) -> Option<Response>;

    /// When it wants to do something by itself.
    fn next_tick(&self) -> Option<Duration> {
        None
    }

    /// It does.
    fn tick(&mut self, _now: Duration) {}

    /// Memory that it holds, in bytes.
    fn memory_bytes(&self) -> u64 {
        0
    }
}

/// What becomes of a request that arrives.
#[derive(Debug)]
pub enum Arrived {
    /// It is answered without the origin; `None` when the connection is cut off.
    Answered(Option<Response>),
    /// It goes to the origin.
    LetThrough(LetThrough),
}

/// A request that was let through.
#[derive(Debug)]
pub enum LetThrough {
    /// Nothing has to be remembered.
    Plain,
    /// The filter holds the exchange.
    Held(Box<Passage>),
}
