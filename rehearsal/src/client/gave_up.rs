//! Why somebody has left without what they came for.

use std::time::Duration;

/// Why somebody has left without what they came for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GaveUp {
    /// It took too long.
    #[error("not served within {} s", .0.as_secs())]
    OutOfPatience(Duration),
    /// The page asked for work again and again, and then gave up as the challenge page does.
    #[error("{path}: challenged again after each solution")]
    StillChallenged {
        /// What was asked for.
        path: String,
    },
    /// The challenge is none that the device can solve, or that is worth beginning with.
    #[error("{path}: the challenge cannot be solved")]
    Unsolvable {
        /// What was asked for.
        path: String,
    },
    /// The answer is nothing that somebody can go on from.
    #[error("{path}: answered with {status}")]
    Answered {
        /// What was asked for.
        path: String,
        /// The status code.
        status: u16,
    },
}
