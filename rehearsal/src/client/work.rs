//! The work that a challenge asks for, really done.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_solver::{Puzzle, Search, SolveError};

/// Attempts between two looks at whether a number was found.
const CHUNK: u32 = 1 << 12;

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
}
