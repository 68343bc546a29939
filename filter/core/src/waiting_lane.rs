//! The waiting lane: the way in for browsers that run no script. They pay in seconds what others pay in hashes.
//!
//! The challenge that comes with the page is also what is waited for: the browser keeps it in a cookie, and once it is old
//! enough for its work it is exchanged for a clearance, of the same id that its solution would lead to. All that counts
//! stands inside the challenge's MAC, so the wait is the filter's to enforce and there is nothing to store.
//!
//! Seconds pass for everybody at once: a bot can wait for a thousand challenges as easily as for one. What bounds it is
//! how many are exchanged, overall and for each prefix, and the smaller quota of what they are exchanged for.

use crate::{policy::Meter, quota::Quota};

/// What waiting buys, and how dear it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingLane {
    /// Whether anybody is let in. What was granted before stays valid, with its quota.
    pub is_open: bool,
    /// The wait on a quiet day, in seconds.
    pub floor: u64,
    /// The longest wait, in seconds.
    pub ceiling: u64,
    /// How long the clearance lasts, in seconds from when its challenge was issued.
    pub lifetime: u64,
    /// What one such clearance may send, beside the quotas of all clearances.
    pub quota: Vec<Meter>,
    /// How many clearances the lane grants in all.
    pub grants: Meter,
    /// How many it grants to one prefix.
    pub prefix_grants: Meter,
    /// Counts the exchanges of one challenge: only the first is charged to the grants.
    pub once: Quota,
}

impl WaitingLane {
    /// How many seconds a challenge of `work` has to be waited for: as many times the lane's floor as its work is of the
    /// price's.
    #[must_use]
    pub fn wait(&self, work: u64, price_floor: u64) -> u64 {
        let product = u128::from(self.floor).saturating_mul(work.into());
        product
            .checked_div(price_floor.into())
            .and_then(|seconds| u64::try_from(seconds).ok())
            .unwrap_or(u64::MAX)
            .clamp(self.floor, self.ceiling.max(self.floor))
    }
}
