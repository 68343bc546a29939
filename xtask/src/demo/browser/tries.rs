//! How often a browser tries, and how long it waits in between.

use super::lost::Lost;
use crate::demo::{line::Told, loopback::Answer};
use std::time::Duration;

/// Rounds of solving after which the challenge page gives up, too.
pub(super) const ROUNDS: u32 = 3;

/// Times that one request waits because it is over a quota.
pub(super) const WAITS: u32 = 5;

/// The longest that one `Retry-After` of a quota is honoured.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Times that one request asks again in the waiting line. It asks at most once a second, and its patient is out of
/// patience long before.
pub(super) const ASKS_IN_LINE: u32 = 600;

/// The longest that one `Retry-After` of the waiting line is honoured.
const LONGEST_WAIT_IN_LINE: Duration = Duration::from_secs(60);

/// How often one request was tried already, and for what reason again.
#[derive(Debug)]
pub(super) struct Tries<'p> {
    path: &'p str,
    rounds: u32,
    waits: u32,
    asks_in_line: u32,
}

impl<'p> Tries<'p> {
    /// Of a request for this path that was not sent yet.
    pub(super) const fn none_of(path: &'p str) -> Self {
        Self {
            path,
            rounds: 0,
            waits: 0,
            asks_in_line: 0,
        }
    }

    /// Begins another round of solving; `reason` is the filter's word for why it is asked for.
    pub(super) fn solve(&mut self, reason: impl FnOnce() -> String) -> Result<(), Lost> {
        if self.rounds == ROUNDS {
            return Err(Lost::StillChallenged {
                path: self.path.to_owned(),
                reason: reason(),
            });
        }
        self.rounds += 1;
        Ok(())
    }

    /// Waits as the `Retry-After` of an answer says that is about a quota, within bounds. `path` is what was asked for,
    /// which may be the redeem endpoint.
    pub(super) async fn wait(&mut self, path: &str, answer: &Answer) -> Result<(), Lost> {
        if self.waits == WAITS {
            return Err(Lost::StillWaiting {
                path: path.to_owned(),
            });
        }
        self.waits += 1;
        tokio::time::sleep(answer.retry_after().min(LONGEST_WAIT)).await;
        Ok(())
    }

    /// Waits until it is time to ask the waiting line again.
    pub(super) async fn wait_in_line(&mut self, told: &Told) -> Result<(), Lost> {
        if self.asks_in_line == ASKS_IN_LINE {
            return Err(Lost::StillInLine {
                path: self.path.to_owned(),
            });
        }
        self.asks_in_line += 1;
        tokio::time::sleep(told.ask_again.min(LONGEST_WAIT_IN_LINE)).await;
        Ok(())
    }
}
