//! What is found to be wrong with a filter.

use std::fmt;

use super::growth::Growth;
use crate::abi::Direction;
use crate::vm::GuestTrap;

/// A way in which a filter must not behave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Finding {
    /// It has trapped, or did not come to an end.
    Trap(GuestTrap),
    /// It makes a message that is no HTTP.
    InvalidHttp {
        /// The request that is forwarded, or the response that the client gets.
        direction: Direction,
        /// What is wrong with it.
        what: String,
    },
    /// It holds an exchange that nothing will ever let go.
    Held {
        /// Whether it holds the request or the response.
        direction: Direction,
        /// Ticks that it was given.
        ticks: u32,
    },
    /// What it keeps grows with each exchange, without an end.
    Grows {
        /// What is kept.
        growth: Growth,
        /// What the exchanges differ in.
        with: String,
    },
}

impl Finding {
    /// What two findings of the same mistake have in common.
    pub(super) fn signature(&self) -> String {
        match self {
            Self::Trap(trap) => {
                let cause = trap.message.split(", in ").next().unwrap_or_default();
                format!("trap in {}: {cause}", trap.callback)
            }
            Self::InvalidHttp { direction, .. } => format!("invalid {direction:?}"),
            Self::Held { direction, .. } => format!("held {direction:?}"),
            Self::Grows { growth, with } => format!("{} {with}", growth.what),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(trap) => trap.fmt(f),
            Self::InvalidHttp {
                direction: Direction::Request,
                what,
            } => write!(f, "the request that is forwarded is no valid HTTP: {what}"),
            Self::InvalidHttp { what, .. } => {
                write!(f, "the response to the client is no valid HTTP: {what}")
            }
            Self::Held { direction, ticks: 0 } => write!(
                f,
                "the {} is paused for ever: no call to another service is under way, and no tick will come",
                word(*direction)
            ),
            Self::Held { direction, ticks } => {
                write!(f, "the {} is still paused after {ticks} ticks", word(*direction))
            }
            Self::Grows { growth, with } => write!(f, "{growth}, for requests that differ in {with}"),
        }
    }
}

const fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "request",
        Direction::Response => "response",
    }
}
