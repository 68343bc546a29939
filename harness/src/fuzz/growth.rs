//! Whether something grows without an end, or has only not come to its end yet.

use std::fmt;

/// What a filter keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Linear memory of all VMs.
    pub(super) memory_bytes: u64,
    pub(super) shared_keys: u64,
    pub(super) shared_bytes: u64,
}

/// Growth that is as fast at the end of a run as at its beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// What grows.
    pub what: &'static str,
    /// How much, for one exchange.
    pub per_exchange: f64,
    /// In how many exchanges.
    pub exchanges: u64,
    /// By how much in all of them.
    pub by: u64,
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} without an end: by {} in {} exchanges, {:.2} for each, and no slower in their second half",
            self.what, self.by, self.exchanges, self.per_exchange
        )
    }
}

/// Growth below which nothing is said, in all of a run: memory grows in pages, and a few keys are nobody's leak.
const LEAST_MEMORY: u64 = 1 << 20;
const LEAST_KEYS: u64 = 100;
const LEAST_BYTES: u64 = 16 << 10;

/// What has grown from `begin` over `middle` to `end` of so many exchanges, as much in the second half as in the first one.
///
/// What fills a table grows likewise, until the table is full: the run has to be longer than tables are large.
pub(super) fn steady(begin: Kept, middle: Kept, end: Kept, exchanges: u64) -> Option<Growth> {
    let over_time = |of: fn(Kept) -> u64| [begin, middle, end].map(of);
    let figures = [
        (
            "the keys of the shared data grow",
            LEAST_KEYS,
            over_time(|kept| kept.shared_keys),
        ),
        (
            "the bytes of the shared data grow",
            LEAST_BYTES,
            over_time(|kept| kept.shared_bytes),
        ),
        (
            "the memory of the VMs grows",
            LEAST_MEMORY,
            over_time(|kept| kept.memory_bytes),
        ),
    ];
    figures
        .into_iter()
        .find_map(|(what, least, [begin, middle, end])| {
            let (first, second) = (middle.saturating_sub(begin), end.saturating_sub(middle));
            let by = first + second;
            (by >= least && second * 2 >= first).then(|| Growth {
                what,
                per_exchange: by as f64 / exchanges.max(1) as f64,
                exchanges,
                by,
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(shared_keys: u64) -> Kept {
        Kept {
            shared_keys,
            ..Kept::default()
        }
    }

    #[test]
    fn what_grows_as_fast_at_the_end_has_no_end() {
        let growth = steady(keys(10), keys(1010), keys(2010), 2000).expect("grows");
        assert_eq!((growth.by, growth.per_exchange), (2000, 1.0));
    }

    #[test]
    fn a_table_that_has_filled_up_is_no_leak() {
        assert_eq!(steady(keys(0), keys(900), keys(1000), 2000), None);
        assert_eq!(steady(keys(0), keys(20), keys(40), 2000), None);
    }
}
