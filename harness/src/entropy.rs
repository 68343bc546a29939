//! Randomness as a port, so that a test can repeat a run.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

/// Where `random_get` and request ids get their bytes from.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`; `false` when there is no randomness to be had.
    fn fill(&self, bytes: &mut [u8]) -> bool;
}

/// A generator that nobody can predict: seeded by the operating system, and again and again as it goes, but in this process,
/// because asking the system each time costs more than many a callback.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> bool {
        rand::rng().fill_bytes(bytes);
        true
    }
}

/// The same bytes on every run: for tests only.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    /// A generator that is wholly determined by `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(bytes);
        true
    }
}
