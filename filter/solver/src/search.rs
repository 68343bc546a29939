//! The search for the solution of one sub-puzzle.

use crate::Puzzle;
use sha2::block_api::compress256;

/// The initial state of SHA-256 (FIPS 180-4 §5.3.3).
const INITIAL_STATE: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Where the number stands in the block.
const NUMBER: core::ops::Range<usize> = 36..44;

/// The length of seed, index and number in bits.
const MESSAGE_BITS: u32 = 44 * 8;

/// Looks for the least number that solves one sub-puzzle, as many attempts at a time as the caller likes.
#[derive(Clone, Debug)]
pub struct Search {
    /// The padded message, which is one block.
    block: [u8; 64],
    threshold: u64,
    next: u64,
}

impl Search {
    /// A search for the solution of the sub-puzzle `index` that has made no attempt yet.
    #[must_use]
    pub fn new(puzzle: &Puzzle, index: u16) -> Self {
        let seed = puzzle.seed().iter().copied();
        let message = seed.chain(u32::from(index).to_be_bytes()).chain([0; 8]);
        let padding = [0x80]
            .into_iter()
            .chain([0; 15])
            .chain(MESSAGE_BITS.to_be_bytes());
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(message.chain(padding)) {
            *place = byte;
        }
        Self {
            block,
            threshold: puzzle.threshold(),
            next: 0,
        }
    }

    /// Makes `attempts` more attempts. Returns the number as soon as it is found.
    pub fn run(&mut self, attempts: u32) -> Option<u64> {
        for _ in 0..attempts {
            let number = self.next;
            self.next = number.wrapping_add(1);
            self.block[NUMBER].copy_from_slice(&number.to_be_bytes());
            let mut state = INITIAL_STATE;
            compress256(&mut state, &[self.block]);
            let [high, low, ..] = state.map(u64::from);
            if (high << 32 | low) < self.threshold {
                return Some(number);
            }
        }
        None
    }
}
