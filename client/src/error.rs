//! Why a client gives a request up.

use core::time::Duration;
use levee_solver::SolveError;

/// Why a request is not repeated any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GiveUp {
    /// The challenge is of a version or algorithm that this client does not know, or damaged.
    #[error("the site's challenge cannot be solved: {0}; a newer client may know it")]
    UnknownChallenge(#[from] SolveError),
    /// The challenge asks for more than [`crate::Limits::work`].
    #[error(
        "the site asks for {work} hashes, and this client is to make {most} at most; allow more, or come back \
         later"
    )]
    TooMuchWork {
        /// What is asked for, in hashes on average.
        work: u64,
        /// The limit.
        most: u64,
    },
    /// The site goes on asking after [`crate::Limits::rounds`] challenges.
    #[error("the site still asks for a clearance after {rounds} challenges ({reason}); come back later")]
    TooManyRounds {
        /// How many were solved.
        rounds: u32,
        /// The site's reason for the last one.
        reason: String,
    },
    /// The site says to come back later than [`crate::Limits::wait`] allows.
    #[error(
        "the site says to wait {} s more ({reason}), which is past the limit of {} s in all; allow more, \
         or come back later",
        .next.as_secs_f64().ceil(), .most.as_secs()
    )]
    TooLongAWait {
        /// How long the next wait would be.
        next: Duration,
        /// The limit for all waits of a request.
        most: Duration,
        /// The site's reason.
        reason: String,
    },
    /// The place to redeem at is not a path of the site itself. Nothing is sent there.
    #[error(
        "the site wants the solution sent to \"{redeem}\", which is no path of its own; such a path begins with \
         one \"/\""
    )]
    ForeignRedemption {
        /// What stands in the challenge.
        redeem: String,
    },
    /// The answer to a solution is neither a clearance nor a refusal that leads on.
    #[error(
        "the site answered a solution with status {status}{}; expected a clearance",
        in_brackets(.reason)
    )]
    NoClearance {
        /// The status of that answer.
        status: u16,
        /// The reason in it; empty when there is none.
        reason: String,
    },
}

fn in_brackets(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(" ({reason})")
    }
}
