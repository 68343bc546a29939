//! The proof of work inside a challenge, and the check of a solution.
//!
//! A puzzle is `count` independent sub-puzzles: many small ones make the time to solve predictable and give a true
//! progress bar. For each index `i` a solver looks for a 64-bit `n` with
//!
//! ```text
//! u64_be(SHA-256(seed || u32_be(i) || u64_be(n))[0..8]) < 2^64 * count / work
//! ```
//!
//! The 44-byte message fits one compression block, so an attempt costs exactly one compression.

use sha2::{Digest as _, Sha256};

/// Bytes of a puzzle's seed.
pub const SEED_LENGTH: usize = 32;

/// Bytes of one sub-solution: a big-endian 64-bit number.
pub const SUB_SOLUTION_LENGTH: usize = 8;

/// The kinds of puzzle that a challenge can ask for. A field of the token, so that a second kind can stand beside
/// this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Algorithm {
    /// SHA-256 over a one-block message, as described in [the module](self).
    Sha256OneBlock = 1,
}

impl Algorithm {
    /// The algorithm that `byte` stands for in a token, if there is one.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Sha256OneBlock),
            _ => None,
        }
    }
}

/// What is asked of a solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Puzzle {
    seed: [u8; SEED_LENGTH],
    count: u16,
    threshold: u64,
}

/// Why a solution was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongSolution {
    /// It does not hold one 64-bit number for each sub-puzzle.
    Length,
    /// The sub-solution at this index does not meet the threshold; those before it do.
    SubSolution(u16),
}

impl Puzzle {
    /// A puzzle of `count` sub-puzzles that takes `work` hashes to solve on average.
    ///
    /// A `work` below `count` asks for one hash a sub-puzzle. `None` when `count` is zero.
    #[must_use]
    pub fn new(seed: [u8; SEED_LENGTH], work: u64, count: u16) -> Option<Self> {
        if count == 0 {
            return None;
        }
        let targets = (u128::from(count) << 64)
            .checked_div(u128::from(work))
            .unwrap_or(u128::MAX);
        let threshold = u64::try_from(targets).unwrap_or(u64::MAX);
        Some(Self {
            seed,
            count,
            threshold,
        })
    }

    /// The seed that every message of this puzzle begins with.
    #[must_use]
    pub const fn seed(&self) -> &[u8; SEED_LENGTH] {
        &self.seed
    }

    /// The number of sub-puzzles, at least one.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// What the first eight bytes of a hash, read as a big-endian number, must stay below.
    #[must_use]
    pub const fn threshold(&self) -> u64 {
        self.threshold
    }

    /// Whether `n` solves the sub-puzzle `index`. Costs one hash.
    #[must_use]
    pub fn is_solved_by(&self, index: u16, n: u64) -> bool {
        let digest = Sha256::new()
            .chain_update(self.seed)
            .chain_update(u32::from(index).to_be_bytes())
            .chain_update(n.to_be_bytes())
            .finalize();
        digest
            .first_chunk::<8>()
            .is_some_and(|head| u64::from_be_bytes(*head) < self.threshold)
    }

    /// Checks a whole solution: the sub-solutions in order of their index. Stops at the first wrong one, so that a
    /// refusal costs one hash more than what was really worked for.
    ///
    /// # Errors
    ///
    /// [`WrongSolution`] says what is wrong first.
    pub fn verify(&self, solution: &[u8]) -> Result<(), WrongSolution> {
        let (numbers, rest) = solution.as_chunks::<SUB_SOLUTION_LENGTH>();
        if !rest.is_empty() || numbers.len() != usize::from(self.count) {
            return Err(WrongSolution::Length);
        }
        for (index, number) in (0..self.count).zip(numbers) {
            if !self.is_solved_by(index, u64::from_be_bytes(*number)) {
                return Err(WrongSolution::SubSolution(index));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solve(puzzle: &Puzzle) -> Vec<u8> {
        (0..puzzle.count())
            .flat_map(|index| {
                (0..)
                    .find(|n| puzzle.is_solved_by(index, *n))
                    .unwrap()
                    .to_be_bytes()
            })
            .collect()
    }

    #[test]
    fn a_solution_is_accepted_and_each_of_its_sub_solutions_counts() {
        let puzzle = Puzzle::new([7; SEED_LENGTH], 256, 4).unwrap();
        let solution = solve(&puzzle);
        assert_eq!(puzzle.verify(&solution), Ok(()));
        for index in 0..4_u16 {
            let mut broken = solution.clone();
            let wrong = (0..).find(|n| !puzzle.is_solved_by(index, *n)).unwrap();
            broken[usize::from(index) * 8..][..8].copy_from_slice(&u64::to_be_bytes(wrong));
            assert_eq!(puzzle.verify(&broken), Err(WrongSolution::SubSolution(index)));
        }
    }

    #[test]
    fn a_solution_of_another_length_is_refused() {
        let puzzle = Puzzle::new([7; SEED_LENGTH], 4, 4).unwrap();
        let solution = solve(&puzzle);
        for length in [0, 8, 31] {
            assert_eq!(puzzle.verify(&solution[..length]), Err(WrongSolution::Length));
        }
        let too_long = [solution, vec![0; 8]].concat();
        assert_eq!(puzzle.verify(&too_long), Err(WrongSolution::Length));
    }

    #[test]
    fn solving_takes_as_many_hashes_as_the_work_says() {
        let puzzle = Puzzle::new([1; SEED_LENGTH], 64_000, 64).unwrap();
        let solution = solve(&puzzle);
        let hashes: u64 = solution
            .as_chunks::<8>()
            .0
            .iter()
            .map(|n| u64::from_be_bytes(*n) + 1)
            .sum();
        // 64 geometric draws: the standard deviation of their sum is an eighth of the mean.
        assert!(
            (40_000..96_000).contains(&hashes),
            "{hashes} hashes for a work of 64,000"
        );
    }

    #[test]
    fn a_puzzle_without_sub_puzzles_does_not_exist() {
        assert_eq!(Puzzle::new([0; SEED_LENGTH], 1, 0), None);
    }

    #[test]
    fn the_least_work_asks_for_one_hash_a_sub_puzzle() {
        let puzzle = Puzzle::new([0; SEED_LENGTH], 0, 2).unwrap();
        assert_eq!(puzzle.threshold(), u64::MAX);
    }
}
