//! The price: how much work a challenge asks for.
//!
//! Minting is counted by GCRA at its target rate. As long as it stays below, the count's state lies in the past and the
//! price is its floor. What is minted beyond the target moves the state ahead of now, and the price doubles with each
//! `doubling` that it is ahead. It is an integral controller: the price rises while more is minted than the target, falls
//! while less is, and stays where minting equals it. All of its state is one time stamp, so every node that reads the
//! stamp asks for the same work, and nothing has to be computed at intervals.
//!
//! **No oscillation.** Between asking and minting lies the time to solve, τ. Linearised around its rest, the loop is
//! x' = -(ln 2 / doubling) x(t - τ), which does not overshoot while doubling > e ln 2 τ ≈ 1.9 τ.

use crate::{policy::Meter, quota::Quota, time::Timestamp};

/// A challenge may be redeemed at a price that has risen to this many times its own since it was asked: whoever solves
/// slowly is not overtaken by the price, and nobody can lay in cheap challenges for dear times.
pub const SLACK: u64 = 4;

/// Bits behind the point in numbers of doublings.
const FRACTION_BITS: u32 = 16;

/// How the work asked for follows from minting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The work on a quiet day, in expected hashes.
    pub floor: u64,
    /// The most that is asked for, in expected hashes.
    pub ceiling: u64,
    /// For what everybody mints together.
    pub overall: Slope,
    /// For what one prefix mints.
    pub prefix: Slope,
}

/// How steeply minting beyond a target raises the price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slope {
    /// Counts minting; its rate is the target, its burst bounds how far the price can rise and how long it takes to fall.
    pub meter: Meter,
    /// Nanoseconds that the count has to be ahead for the price to double: the time that minting at twice the target takes.
    pub doubling: u64,
}

impl Slope {
    /// A slope up to `doublings` doublings, for minting at the rate of `target`.
    #[must_use]
    pub fn new(name: &str, id: u64, target: &Quota, doubling: u64, doublings: u32) -> Self {
        let reach = doubling.saturating_mul(doublings.into());
        Self {
            meter: Meter {
                name: name.into(),
                id,
                quota: target.reaching(reach),
            },
            doubling,
        }
    }

    /// Doublings, in fixed point.
    fn doublings(&self, arrival: Option<Timestamp>, now: Timestamp) -> u64 {
        let ahead = self.meter.quota.ahead(arrival, now);
        if ahead == 0 {
            // As on all quiet days: wide arithmetic is dear.
            return 0;
        }
        (u128::from(ahead) << FRACTION_BITS)
            .checked_div(self.doubling.into())
            .map_or(0, |n| u64::try_from(n).unwrap_or(u64::MAX))
    }
}

impl Price {
    /// The work that a challenge asks for at `now` under a rule that wants at least `least`, when the counts of minting
    /// stand at `overall` and, for the client's prefix, at `prefix`.
    #[must_use]
    pub fn work(
        &self,
        least: u64,
        overall: Option<Timestamp>,
        prefix: Option<Timestamp>,
        now: Timestamp,
    ) -> u64 {
        let base = self.floor.max(least);
        let doublings = self
            .overall
            .doublings(overall, now)
            .saturating_add(self.prefix.doublings(prefix, now));
        scaled(base, doublings).clamp(base, self.ceiling.max(base))
    }

    /// Whether a challenge of `work` can still be redeemed when the price is `present`.
    #[must_use]
    pub const fn accepts(work: u64, present: u64) -> bool {
        work.saturating_mul(SLACK) >= present
    }
}

/// `base` after so many doublings, in fixed point: exact at whole numbers, on a straight line between them.
fn scaled(base: u64, doublings: u64) -> u64 {
    if doublings == 0 {
        return base;
    }
    let whole = u32::try_from(doublings >> FRACTION_BITS).unwrap_or(u32::MAX);
    let fraction = doublings & ((1 << FRACTION_BITS) - 1);
    let one = 1_u128 << FRACTION_BITS;
    let line = u128::from(base).saturating_mul(one.saturating_add(fraction.into()));
    // A shift that is too wide for the type would be undefined; 64 doublings are beyond every ceiling anyway.
    let shifted = if whole < 44 {
        (line << whole) >> FRACTION_BITS
    } else {
        u128::MAX
    };
    u64::try_from(shifted).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
