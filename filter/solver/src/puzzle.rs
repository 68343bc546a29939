//! What a client reads in a challenge.

use sha2::{Digest as _, Sha256};

/// Bytes of a challenge token.
const TOKEN_LENGTH: usize = 66;

/// Version, kind (challenge) and algorithm (SHA-256 over one block) at the offsets 0, 1 and 3; the key's id between them
/// is the filter's own affair.
const KNOWN: [(usize, u8); 3] = [(0, 1), (1, 1), (3, 1)];

const WORK_OFFSET: usize = 12;
const COUNT_OFFSET: usize = 20;

/// Why a challenge was not solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SolveError {
    /// The bytes are no challenge of a kind that this solver knows.
    #[error("the token is not a challenge that this solver knows; it needs one of version 1, algorithm 1")]
    UnknownChallenge,
    /// The caller's flag was set before the end.
    #[error("solving was cancelled")]
    Cancelled,
}

/// The puzzle of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Puzzle {
    seed: [u8; 32],
    work: u64,
    count: u16,
}

impl Puzzle {
    /// The puzzle that the challenge `token` asks for. A client cannot check the token's MAC, and need not.
    ///
    /// # Errors
    ///
    /// [`SolveError::UnknownChallenge`] when the bytes are no challenge of version 1, algorithm 1.
    pub fn parse(token: &[u8]) -> Result<Self, SolveError> {
        let is_known = token.len() == TOKEN_LENGTH
            && KNOWN
                .iter()
                .all(|(offset, byte)| token.get(*offset) == Some(byte));
        let puzzle = Self {
            seed: Sha256::digest(token).into(),
            work: u64::from_be_bytes(field(token, WORK_OFFSET)?),
            count: u16::from_be_bytes(field(token, COUNT_OFFSET)?),
        };
        if is_known && puzzle.count > 0 {
            Ok(puzzle)
        } else {
            Err(SolveError::UnknownChallenge)
        }
    }

    /// The number of hashes that solving all of it takes on average.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.work
    }

    /// The number of sub-puzzles, at least one.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    pub(crate) const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// What the first eight bytes of a digest, as a number, must be less than.
    pub(crate) fn threshold(&self) -> u64 {
        (u128::from(self.count) << 64)
            .checked_div(u128::from(self.work))
            .and_then(|threshold| u64::try_from(threshold).ok())
            .unwrap_or(u64::MAX)
    }
}

fn field<const N: usize>(token: &[u8], offset: usize) -> Result<[u8; N], SolveError> {
    token
        .get(offset..)
        .and_then(|rest| rest.first_chunk())
        .copied()
        .ok_or(SolveError::UnknownChallenge)
}
