//! How far a client goes for an answer.

use core::time::Duration;

/// How far a client goes for one request before it gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most challenges that are solved.
    pub rounds: u32,
    /// The longest time that is spent waiting, in line and for quotas, all waits together.
    pub wait: Duration,
    /// The most work that one challenge may ask for, in hashes on average. What a site asks for is the site's
    /// to say, but the battery is the client's.
    pub work: u64,
}

impl Default for Limits {
    /// Three rounds, ten minutes, and four times the highest price of a filter whose configuration does not
    /// set one.
    fn default() -> Self {
        Self {
            rounds: 3,
            wait: Duration::from_secs(600),
            work: 1 << 25,
        }
    }
}
