//! The search for the solution of one sub-puzzle.

use crate::kernel::{Block, Fastest, Lanes};
use levee_core::puzzle::Puzzle;

/// Looks for the least number that solves one sub-puzzle, as many attempts at a time as the caller likes.
#[derive(Clone, Debug)]
pub struct Search {
    puzzle: Puzzle,
    index: u16,
    block: Block,
    next: u64,
}

impl Search {
    /// A search for the solution of the sub-puzzle `index` that has made no attempt yet.
    #[must_use]
    pub fn new(puzzle: Puzzle, index: u16) -> Self {
        Self::starting_at(puzzle, index, 0)
    }

    fn starting_at(puzzle: Puzzle, index: u16, next: u64) -> Self {
        let block = Block::new(puzzle.seed(), index, high(next));
        Self {
            puzzle,
            index,
            block,
            next,
        }
    }

    /// Goes on for `attempts` more attempts, rounded up to what the vectors of this machine hold. Returns the number
    /// as soon as it is found.
    pub fn run(&mut self, attempts: u32) -> Option<u64> {
        self.run_in::<Fastest>(attempts)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no vector has zero lanes to divide by"
    )]
    fn run_in<L: Lanes>(&mut self, attempts: u32) -> Option<u64> {
        let limit = high(self.puzzle.threshold());
        let mut groups_left = attempts.div_ceil(L::COUNT);
        while groups_left > 0 {
            let low = low(self.next);
            // How many groups fit before the low half overflows. `next` always is a multiple of the lanes.
            let groups = (u32::MAX.wrapping_sub(low) / L::COUNT)
                .saturating_add(1)
                .min(groups_left);
            let found = self.block.first_group_at_most::<L>(limit, low, groups);
            let tried = found.map_or(groups, |group| group.saturating_add(1));
            let end = self
                .next
                .wrapping_add(u64::from(tried).wrapping_mul(u64::from(L::COUNT)));
            if found.is_some() {
                // The kernel compares half of the threshold; the other half decides here.
                let group = end.wrapping_sub(u64::from(L::COUNT))..end;
                let solution = group
                    .into_iter()
                    .find(|n| self.puzzle.is_solved_by(self.index, *n));
                if solution.is_some() {
                    return solution;
                }
            }
            if high(end) != high(self.next) {
                self.block = Block::new(self.puzzle.seed(), self.index, high(end));
            }
            self.next = end;
            groups_left = groups_left.saturating_sub(tried);
        }
        None
    }
}

const fn high(number: u64) -> u32 {
    (number >> 32) as u32
}

const fn low(number: u64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two attempts side by side: what the search must get right about groups shows with two as with four.
    #[derive(Clone, Copy)]
    struct Pair(u32, u32);

    impl Pair {
        fn map(self, change: impl Fn(u32) -> u32) -> Self {
            Self(change(self.0), change(self.1))
        }
    }

    impl Lanes for Pair {
        const COUNT: u32 = 2;

        fn splat(word: u32) -> Self {
            Self(word, word)
        }

        fn counting_from(first: u32) -> Self {
            Self(first, first.wrapping_add(1))
        }

        fn add(self, other: Self) -> Self {
            Self(Lanes::add(self.0, other.0), Lanes::add(self.1, other.1))
        }

        fn xor(self, other: Self) -> Self {
            Self(self.0 ^ other.0, self.1 ^ other.1)
        }

        fn select(self, ones: Self, zeros: Self) -> Self {
            Self(self.0.select(ones.0, zeros.0), self.1.select(ones.1, zeros.1))
        }

        fn shift_right<const N: u32>(self) -> Self {
            self.map(|word| word >> N)
        }

        fn rotate_right<const N: u32>(self) -> Self {
            self.map(|word| word.rotate_right(N))
        }

        fn any_at_most(self, limit: u32) -> bool {
            self.0 <= limit || self.1 <= limit
        }
    }

    /// The least number from `start` on that solves a sub-puzzle, found with the verifier alone.
    fn least(puzzle: &Puzzle, index: u16, start: u64) -> u64 {
        (start..).find(|n| puzzle.is_solved_by(index, *n)).unwrap()
    }

    fn found_in_chunks<L: Lanes>(mut search: Search, chunk: u32) -> u64 {
        loop {
            if let Some(n) = search.run_in::<L>(chunk) {
                return n;
            }
        }
    }

    fn puzzles() -> impl Strategy<Value = (Puzzle, u16)> {
        (any::<[u8; 32]>(), 1..4_000_u64, 1..200_u16, any::<u16>()).prop_map(|(seed, work, count, index)| {
            let work = work.saturating_mul(u64::from(count));
            (Puzzle::new(seed, work, count).unwrap(), index % count)
        })
    }

    proptest! {
        #[test]
        fn every_kernel_finds_the_least_number_whatever_the_chunks(
            (puzzle, index) in puzzles(),
            chunk in 1..5_000_u32,
        ) {
            let expected = least(&puzzle, index, 0);
            prop_assert_eq!(found_in_chunks::<u32>(Search::new(puzzle, index), chunk), expected);
            prop_assert_eq!(found_in_chunks::<Pair>(Search::new(puzzle, index), chunk), expected);
        }

        #[test]
        fn the_high_half_of_the_number_counts_on(
            (puzzle, index) in puzzles(),
            high in 0..u32::MAX,
            before in 0..64_u64,
        ) {
            let start = ((u64::from(high) + 1) << 32) - 4 * before;
            let expected = least(&puzzle, index, start);
            for chunk in [4, 100, 100_000] {
                let search = Search::starting_at(puzzle, index, start);
                prop_assert_eq!(found_in_chunks::<u32>(search.clone(), chunk), expected);
                prop_assert_eq!(found_in_chunks::<Pair>(search, chunk), expected);
            }
        }
    }
}
