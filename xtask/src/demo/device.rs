//! A patient's phone: it solves puzzles, and takes its time.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_solver::{Puzzle, SolveError};
use std::{num::NonZero, sync::atomic::AtomicBool, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// Hashes a second of an old phone whose browser has no WebAssembly, hence runs the plain JavaScript solver.
///
/// An ordinary one is ten times as fast or more, so what the demonstration reports is the slow end.
const HASHES_PER_SECOND: u64 = 150_000;

/// Phones share this machine with the filter, so they calculate one after the other. What a phone would still be busy
/// with at that time is waited for anyway.
static CALCULATING: Semaphore = Semaphore::const_new(1);

/// A challenge that cannot be solved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsolvable {
    /// The token is not in its text form.
    #[error("the challenge token is not base64url without padding")]
    NotText,
    /// The token is not a challenge.
    #[error(transparent)]
    Token(#[from] SolveError),
    /// The solver's thread went away.
    #[error("the solver's thread stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// The solution of a challenge, as the redeem endpoint takes it. Takes as long as the phone would need.
///
/// # Errors
///
/// [`Unsolvable`] when the token is no challenge.
pub(crate) async fn solve(token: &str) -> Result<String, Unsolvable> {
    let started = Instant::now();
    let token = BASE64_URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| Unsolvable::NotText)?;
    let work = Puzzle::parse(&token)?.work();
    let turn = CALCULATING.acquire().await;
    let solution = tokio::task::spawn_blocking(move || {
        levee_solver::solve(&token, NonZero::<usize>::MIN, &AtomicBool::new(false))
    })
    .await??;
    drop(turn);
    tokio::time::sleep_until(started + time_on_phone(work)).await;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(solution))
}

/// How long the phone needs for so much work on average.
const fn time_on_phone(work: u64) -> Duration {
    Duration::from_millis(work.saturating_mul(1_000) / HASHES_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_puzzle_takes_a_phone_as_long_as_its_work_says() {
        assert_eq!(time_on_phone(150_000), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn what_is_no_challenge_is_said_to_be_none() {
        for token in ["", "AQ", "not base64!", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"] {
            let refused = solve(token).await;
            assert!(
                matches!(refused, Err(Unsolvable::NotText | Unsolvable::Token(_))),
                "{token}: {refused:?}"
            );
        }
    }
}
