//! Why a browser came away without the page.

use super::tries::{ASKS_IN_LINE, ROUNDS, WAITS};
use crate::demo::{device::Unsolvable, loopback::NoAnswer};
use http::StatusCode;

/// Why a page could not be reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    /// The server gave no answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// A challenge that cannot be solved.
    #[error(transparent)]
    Unsolvable(#[from] Unsolvable),
    /// Solved, again and again, and still challenged.
    #[error("{path}: still challenged after {ROUNDS} solutions{}", reason_suffix(.reason))]
    StillChallenged {
        /// What was asked for.
        path: String,
        /// The filter's word for why, if it gave one.
        reason: String,
    },
    /// Waited, again and again, and still told to wait.
    #[error("{path}: still told to wait after {WAITS} times")]
    StillWaiting {
        /// What was asked for.
        path: String,
    },
    /// Asked in the waiting line, again and again, and never let in.
    #[error("{path}: still in line after asking {ASKS_IN_LINE} times")]
    StillInLine {
        /// What was asked for.
        path: String,
    },
    /// An answer that a patient has no use for.
    #[error("{path}: answered {status}{}", reason_suffix(.reason))]
    Status {
        /// What was asked for.
        path: String,
        /// The status.
        status: StatusCode,
        /// The filter's word for why, if it gave one.
        reason: String,
    },
    /// A path that cannot be asked for.
    #[error("{0:?} is not a path that can be asked for")]
    Path(String),
}

fn reason_suffix(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(" ({reason})")
    }
}
