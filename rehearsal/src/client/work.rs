//! The work that a challenge asks for, really done.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_solver::{Puzzle, Search, SolveError};

/// Attempts between two looks at whether a number was found.
const CHUNK: u32 = 1 << 12;

/// Most work that is begun with, in expected hashes: some minutes of one core. Nobody is kept busy for ever by what a site asks.
const MOST_WORK: u64 = 1 << 32;

/// A challenge that is solved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// What is sent to redeem it, in its text form.
    pub text: String,
    /// Hashes that it took.
    pub hashes: u64,
}

/// A challenge that cannot be solved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsolvable {
    /// The token is not in its text form.
    #[error("the challenge token is not base64url without padding")]
    NotText,
    /// The token is not a challenge.
    #[error(transparent)]
    Token(#[from] SolveError),
    /// It would take too long.
    #[error("the challenge asks for {0} hashes, and no more than {MOST_WORK} are begun with")]
    TooMuch(u64),
}

/// Solves the challenge of a token in its text form.
///
/// # Errors
/// [`Unsolvable`], at once.
pub fn solve(token: &str) -> Result<Solution, Unsolvable> {
    let token = BASE64_URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| Unsolvable::NotText)?;
    let puzzle = Puzzle::parse(&token)?;
    if puzzle.work() > MOST_WORK {
        return Err(Unsolvable::TooMuch(puzzle.work()));
    }
    let mut solution = token;
    let mut hashes: u64 = 0;
    for index in 0..puzzle.count() {
        let mut search = Search::new(&puzzle, index);
        let number = loop {
            if let Some(number) = search.run(CHUNK) {
                break number;
            }
        };
        // A search begins at zero, so the number that it finds says how many it tried.
        hashes = hashes.saturating_add(number).saturating_add(1);
        solution.extend(number.to_be_bytes());
    }
    Ok(Solution {
        text: BASE64_URL_SAFE_NO_PAD.encode(solution),
        hashes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_challenge_is_told_apart() {
        assert_eq!(solve("not base64!"), Err(Unsolvable::NotText));
        assert!(matches!(solve("AQEB"), Err(Unsolvable::Token(_))));
    }

    #[test]
    fn work_without_end_is_not_begun_with() {
        let mut token = vec![1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        token.extend(u64::MAX.to_be_bytes());
        token.extend(32_u16.to_be_bytes());
        token.resize(66, 0);
        let solved = solve(&BASE64_URL_SAFE_NO_PAD.encode(token));
        assert_eq!(solved, Err(Unsolvable::TooMuch(u64::MAX)));
    }
}
