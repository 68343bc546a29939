//! What the worker script sees of this crate.
//!
//! Bytes in, bytes out: numbers of 64 bits would need `BigInt` on the other side.

use crate::Search;
use levee_core::{challenge::Challenge, puzzle::Puzzle};
use wasm_bindgen::prelude::wasm_bindgen;

/// Solves the sub-puzzles of one challenge, one after the other.
#[wasm_bindgen]
pub struct Solver {
    puzzle: Puzzle,
    search: Search,
}

#[wasm_bindgen]
impl Solver {
    /// A solver for the challenge `token`, set to its first sub-puzzle; `undefined` when the token is no challenge of
    /// a kind that this solver knows.
    pub fn open(token: &[u8]) -> Option<Solver> {
        let puzzle = Challenge::puzzle_for_client(token).ok()?;
        let search = Search::new(puzzle, 0);
        Some(Self { puzzle, search })
    }

    /// The number of sub-puzzles.
    pub fn count(&self) -> u16 {
        self.puzzle.count()
    }

    /// Turns to the sub-puzzle `index`.
    pub fn begin(&mut self, index: u16) {
        self.search = Search::new(self.puzzle, index);
    }

    /// Makes `attempts` more attempts at the present sub-puzzle. Returns its solution, eight bytes, once it is found.
    pub fn run(&mut self, attempts: u32) -> Option<Vec<u8>> {
        self.search.run(attempts).map(|n| n.to_be_bytes().to_vec())
    }
}
