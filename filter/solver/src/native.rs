//! Solves whole challenges outside of a browser.

use crate::{Puzzle, Search, SolveError};
use core::{
    num::NonZero,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

/// Bytes of one sub-solution.
const SUB_SOLUTION_LENGTH: usize = 8;

/// Attempts between two looks at whether the work was cancelled: some milliseconds.
const CHUNK: u32 = 1 << 16;

/// Solves the challenge `token` on `threads` threads, and returns what is to be sent, base64url-encoded, in the
/// header `levee-solution`: the token and the sub-solutions in order.
///
/// Setting `cancel` ends the work within milliseconds.
///
/// # Errors
///
/// [`SolveError`]: the token is no challenge, or the work was cancelled.
pub fn solve(token: &[u8], threads: NonZero<usize>, cancel: &AtomicBool) -> Result<Vec<u8>, SolveError> {
    let puzzle = Puzzle::parse(token)?;
    let next = AtomicU32::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Ok(index) = u16::try_from(next.fetch_add(1, Ordering::Relaxed))
            && index < puzzle.count()
        {
            let mut search = Search::new(&puzzle, index);
            let n = loop {
                if cancel.load(Ordering::Relaxed) {
                    return found;
                }
                if let Some(n) = search.run(CHUNK) {
                    break n;
                }
            };
            found.push((index, n));
        }
        found
    };
    let mut found = if threads.get() == 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.get()).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap_or_default())
                .collect()
        })
    };
    if found.len() != usize::from(puzzle.count()) {
        return Err(SolveError::Cancelled);
    }
    found.sort_unstable();
    let mut solution = Vec::with_capacity(
        token
            .len()
            .saturating_add(found.len().saturating_mul(SUB_SOLUTION_LENGTH)),
    );
    solution.extend_from_slice(token);
    solution.extend(found.into_iter().flat_map(|(_, n)| n.to_be_bytes()));
    Ok(solution)
}
