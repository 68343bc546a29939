//! A challenge as a client sees it, and its solution.

use crate::{GiveUp, refusal::Question};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use core::{num::NonZero, sync::atomic::AtomicBool};
use levee_solver::{Puzzle, SolveError};

/// The most sub-puzzles that a filter asks for.
const MAX_SUB_PUZZLES: u16 = 256;

/// The longest path that a solution is sent to, in bytes.
const MAX_PATH: usize = 1024;

/// A challenge that a site has put to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    token: Vec<u8>,
    puzzle: Puzzle,
    redeem: String,
    reason: String,
}

/// The solution of a challenge, ready to be sent by POST to [`Solution::redeem`] in the header
/// [`SOLUTION_HEADER`](crate::SOLUTION_HEADER).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    redeem: String,
    value: String,
}

impl Challenge {
    /// The challenge in a refusal, if this client can and may solve it.
    pub(crate) fn of(question: Question, reason: String, most_work: u64) -> Result<Self, GiveUp> {
        let token = BASE64_URL_SAFE_NO_PAD
            .decode(&question.token)
            .map_err(|_| SolveError::UnknownChallenge)?;
        let puzzle = Puzzle::parse(&token)?;
        if puzzle.count() > MAX_SUB_PUZZLES {
            return Err(SolveError::UnknownChallenge.into());
        }
        if puzzle.work() > most_work {
            return Err(GiveUp::TooMuchWork {
                work: puzzle.work(),
                most: most_work,
            });
        }
        let redeem = question.redeem;
        if !is_own_path(&redeem) {
            return Err(GiveUp::ForeignRedemption { redeem });
        }
        Ok(Self {
            token,
            puzzle,
            redeem,
            reason,
        })
    }

    /// The number of hashes that solving it takes on average.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.puzzle.work()
    }

    /// The number of sub-puzzles that it is made of.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.puzzle.count()
    }

    /// The path that a solution is sent to.
    #[must_use]
    pub fn redeem(&self) -> &str {
        &self.redeem
    }

    /// The challenge's token in its text form, for whoever solves elsewhere.
    #[must_use]
    pub fn token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.token)
    }

    /// Why the site asks, in its own word, such as `free_lane_spent`.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Solves it on `threads` threads. Takes seconds, and all of these processors; setting `cancel` ends it
    /// within milliseconds.
    ///
    /// # Errors
    ///
    /// [`SolveError::Cancelled`].
    pub fn solve(&self, threads: NonZero<usize>, cancel: &AtomicBool) -> Result<Solution, SolveError> {
        let solution = levee_solver::solve(&self.token, threads, cancel)?;
        Ok(Solution {
            redeem: self.redeem.clone(),
            value: BASE64_URL_SAFE_NO_PAD.encode(solution),
        })
    }
}

impl Solution {
    /// The path to send it to, by POST, on the site that asked.
    #[must_use]
    pub fn redeem(&self) -> &str {
        &self.redeem
    }

    /// The value of the header.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Whether `path` leads to the site it is resolved against, whichever way it is resolved: two slashes, or a
/// slash and a backslash, name another host to some.
fn is_own_path(path: &str) -> bool {
    path.len() <= MAX_PATH
        && path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'"' | b'<' | b'>'))
}
