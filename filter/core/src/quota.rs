//! Quotas as pure arithmetic: the generic cell rate algorithm (GCRA, ITU-T I.371) on one 64-bit number a client.
//!
//! That number is the *theoretical arrival time*: when the client would be back to having its whole burst. A time in
//! the past is the same as no entry at all, so whoever stores it may drop it then without changing any answer.

use crate::time::{NANOS_PER_SECOND, Timestamp};
use core::num::NonZeroU32;
use serde::{Deserialize, Serialize};

/// How far a node may be behind another that has just granted: it read the clock, and was then put off. What such a node
/// sees of the other's state is no mistake of any clock.
const CLOCK_JITTER_NANOS: u64 = NANOS_PER_SECOND;

/// A limit per window, and how much of it may come at once.
///
/// Units become available one by one, evenly over the window; `burst` of them can be saved up. Over any span of time
/// `t` at most `burst + t * limit / window` units are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    limit: NonZeroU32,
    window_seconds: NonZeroU32,
    burst: NonZeroU32,
    interval: u64,
    tolerance: u64,
    /// How far ahead a state can lie that this quota has granted, to whomever: the tolerance, but for who must leave a part
    /// of the burst to others.
    reach: u64,
}

/// What asking for units came to, and the state to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Granted; the new state must be stored.
    Granted {
        /// The theoretical arrival time from now on.
        arrival: Timestamp,
        /// How many more units would be granted at this moment.
        remaining: u32,
        /// Nanoseconds until the whole burst would be there again, if nothing more were taken.
        full_in: u64,
    },
    /// Denied; the state stays as it is.
    Denied {
        /// Nanoseconds until the same request would be granted; `u64::MAX` when it asks for more than the burst.
        retry_after: u64,
    },
}

impl Quota {
    /// `limit` units every `window_seconds` seconds, of which `burst` may come at once.
    #[must_use]
    pub const fn new(limit: NonZeroU32, window_seconds: NonZeroU32, burst: NonZeroU32) -> Self {
        let window = (window_seconds.get() as u64).saturating_mul(NANOS_PER_SECOND);
        // Rounded up, so that rounding never grants more than the limit.
        let interval = window.div_ceil(limit.get() as u64);
        let tolerance = interval.saturating_mul(burst.get() as u64);
        Self {
            limit,
            window_seconds,
            burst,
            interval,
            tolerance,
            reach: tolerance,
        }
    }

    /// Units a window.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit.get()
    }

    /// The window, in seconds.
    #[must_use]
    pub const fn window_seconds(&self) -> u32 {
        self.window_seconds.get()
    }

    /// Units that may come at once.
    #[must_use]
    pub const fn burst(&self) -> u32 {
        self.burst.get()
    }

    /// Whole units that become available in a second.
    #[must_use]
    pub fn per_second(&self) -> u64 {
        NANOS_PER_SECOND.checked_div(self.interval).unwrap_or_default()
    }

    /// Nanoseconds in which a client that has used up everything gets its whole burst back.
    #[must_use]
    pub const fn refill_nanos(&self) -> u64 {
        self.tolerance
    }

    /// The same with its rate at `permille` thousandths, 1 to 1000, and the same burst.
    #[must_use]
    pub fn slowed(&self, permille: u64) -> Self {
        let interval = self
            .interval
            .saturating_mul(1_000)
            .checked_div(permille)
            .unwrap_or(u64::MAX);
        let tolerance = interval.saturating_mul(self.burst.get().into());
        Self {
            interval,
            tolerance,
            reach: tolerance,
            ..*self
        }
    }

    /// One of `n` equal parts, for each of which at least one unit of burst stays.
    #[must_use]
    pub fn divided(&self, n: u32) -> Self {
        let n = n.max(1);
        let burst = at_least_one(self.burst.get().checked_div(n).unwrap_or_default());
        let interval = self.interval.saturating_mul(n.into());
        let tolerance = interval.saturating_mul(burst.get().into());
        Self {
            burst,
            interval,
            tolerance,
            reach: tolerance,
            ..*self
        }
    }

    /// The same for those who must leave `units` of the burst to others: at least one unit stays.
    #[must_use]
    pub fn leaving(&self, units: u32) -> Self {
        let burst = at_least_one(self.burst.get().saturating_sub(units));
        Self {
            burst,
            tolerance: self.interval.saturating_mul(burst.get().into()),
            ..*self
        }
    }

    /// The same rate with as much burst as becomes available in `nanos`, at least one unit.
    #[must_use]
    pub fn reaching(&self, nanos: u64) -> Self {
        Self::new(self.limit, self.window_seconds, at_least_one(self.units(nanos)))
    }

    /// How far the state `arrival` is ahead of `now`, in nanoseconds: zero when nothing of the burst is used up, at most
    /// [`Self::refill_nanos`] of the whole quota.
    #[must_use]
    pub fn ahead(&self, arrival: Option<Timestamp>, now: Timestamp) -> u64 {
        arrival
            .map_or(0, |arrival| arrival.saturating_since(now))
            .min(self.reach)
    }

    /// The state to keep in the place of one that lies further ahead than this quota can have granted: it comes from a clock
    /// that has since stepped back, or from a wider quota before a reload, and would lock the client out until then.
    #[must_use]
    pub fn mend(&self, arrival: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let bound = self.reach.saturating_add(CLOCK_JITTER_NANOS);
        (arrival?.saturating_since(now) > bound).then(|| now.saturating_add(self.reach))
    }

    /// Units that would be granted at `now`.
    #[must_use]
    pub fn available(&self, arrival: Option<Timestamp>, now: Timestamp) -> u32 {
        self.units(self.tolerance.saturating_sub(self.ahead(arrival, now)))
    }

    /// How full the burst is at `now`, in thousandths.
    #[must_use]
    pub fn fill_permille(&self, arrival: Option<Timestamp>, now: Timestamp) -> u64 {
        u64::from(self.available(arrival, now))
            .saturating_mul(1_000)
            .checked_div(self.burst.get().into())
            .unwrap_or_default()
    }

    /// For how many nanoseconds one unit will be denied; `None` when it would be granted at `now`.
    #[must_use]
    pub fn denied_for(&self, arrival: Option<Timestamp>, now: Timestamp) -> Option<u64> {
        match self.take(arrival, 1, now) {
            Outcome::Granted { .. } => None,
            Outcome::Denied { retry_after } => Some(retry_after),
        }
    }

    /// The state after `cost` units that had been granted were not used.
    #[must_use]
    pub fn give_back(&self, arrival: Timestamp, cost: u32) -> Timestamp {
        Timestamp::from_nanos(
            arrival
                .as_nanos()
                .saturating_sub(self.interval.saturating_mul(cost.into())),
        )
    }

    /// Whole units that become available in `nanos` nanoseconds.
    #[must_use]
    pub fn units(&self, nanos: u64) -> u32 {
        nanos
            .checked_div(self.interval)
            .map_or(0, |n| u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// Decides on `cost` units at `now` for a client whose state is `arrival` (`None`: never seen).
    #[must_use]
    pub fn take(&self, arrival: Option<Timestamp>, cost: u32, now: Timestamp) -> Outcome {
        let ahead = self
            .ahead(arrival, now)
            .saturating_add(self.interval.saturating_mul(cost.into()));
        match self.tolerance.checked_sub(ahead) {
            Some(slack) => Outcome::Granted {
                arrival: now.saturating_add(ahead),
                remaining: self.units(slack),
                full_in: ahead,
            },
            None if cost > self.burst.get() => Outcome::Denied {
                retry_after: u64::MAX,
            },
            None => Outcome::Denied {
                retry_after: ahead.saturating_sub(self.tolerance),
            },
        }
    }
}

/// `n`, or 1 in the place of 0.
pub(crate) const fn at_least_one(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quota(limit: u32, window: u32, burst: u32) -> Quota {
        let n = |n| NonZeroU32::new(n).unwrap();
        Quota::new(n(limit), n(window), n(burst))
    }

    /// Plays single-unit requests at the given times and returns which were granted.
    fn play(quota: &Quota, times: &[u64]) -> Vec<bool> {
        let mut state = None;
        times
            .iter()
            .map(|time| match quota.take(state, 1, Timestamp::from_nanos(*time)) {
                Outcome::Granted { arrival, .. } => {
                    state = Some(arrival);
                    true
                }
                Outcome::Denied { .. } => false,
            })
            .collect()
    }

    #[test]
    fn exactly_the_burst_comes_at_once() {
        assert_eq!(play(&quota(60, 60, 3), &[0; 5]), [true, true, true, false, false]);
    }

    #[test]
    fn one_unit_comes_back_after_exactly_one_interval() {
        let second = NANOS_PER_SECOND;
        assert_eq!(
            play(&quota(60, 60, 1), &[0, second - 1, second]),
            [true, false, true]
        );
    }

    #[test]
    fn a_request_for_more_than_the_burst_is_never_promised() {
        let outcome = quota(10, 1, 5).take(None, 6, Timestamp::from_seconds(1));
        assert_eq!(
            outcome,
            Outcome::Denied {
                retry_after: u64::MAX
            }
        );
    }

    #[test]
    fn a_state_from_a_clock_that_has_stepped_back_an_hour_is_mended_to_a_burst_that_is_used_up() {
        let quota = quota(60, 60, 60);
        let Outcome::Granted { arrival, .. } = quota.take(None, 60, Timestamp::from_seconds(7200)) else {
            panic!("the burst is there");
        };
        assert_eq!(quota.mend(Some(arrival), Timestamp::from_seconds(7200)), None);
        // A node that read the clock a moment before the one that granted.
        assert_eq!(quota.mend(Some(arrival), Timestamp::from_seconds(7199)), None);
        let now = Timestamp::from_seconds(3600);
        assert_eq!(quota.denied_for(Some(arrival), now), Some(NANOS_PER_SECOND));
        let mended = quota.mend(Some(arrival), now);
        assert_eq!(mended, Some(Timestamp::from_seconds(3660)));
        assert_eq!(
            quota.denied_for(mended, now.saturating_add(NANOS_PER_SECOND)),
            None
        );
    }

    proptest! {
        #[test]
        fn no_span_of_time_is_granted_more_than_burst_and_rate(
            limit in 1_u32..200, window in 1_u32..120, burst in 1_u32..200,
            mut times in prop::collection::vec(0_u64..300 * NANOS_PER_SECOND, 1..300),
        ) {
            times.sort_unstable();
            let quota = quota(limit, window, burst);
            let granted: Vec<u64> = play(&quota, &times)
                .into_iter().zip(&times).filter_map(|(granted, time)| granted.then_some(*time)).collect();
            for (i, from) in granted.iter().enumerate() {
                for (j, to) in granted.iter().enumerate().skip(i) {
                    let span = u128::from(to - from) * u128::from(limit);
                    let rate = span / (u128::from(window) * u128::from(NANOS_PER_SECOND));
                    prop_assert!(((j - i) as u128) < u128::from(burst) + rate + 1);
                }
            }
        }

        #[test]
        fn waiting_as_long_as_told_is_enough_and_a_nanosecond_less_is_not(
            limit in 1_u32..1000, window in 1_u32..3600, burst in 1_u32..100, cost in 1_u32..100, spent in 1_u32..100,
        ) {
            let quota = quota(limit, window, burst);
            let now = Timestamp::from_seconds(1_000_000);
            let state = match quota.take(None, spent.min(burst), now) {
                Outcome::Granted { arrival, .. } => Some(arrival),
                Outcome::Denied { .. } => None,
            };
            if let Outcome::Denied { retry_after } = quota.take(state, cost, now) && retry_after < u64::MAX {
                let granted = |at| matches!(quota.take(state, cost, at), Outcome::Granted { .. });
                prop_assert!(granted(now.saturating_add(retry_after)));
                prop_assert!(!granted(now.saturating_add(retry_after - 1)));
            }
        }

        #[test]
        fn what_is_given_back_was_never_taken(limit in 1_u32..1000, taken in 1_u32..100, back in 1_u32..100) {
            let quota = quota(limit, 60, 200);
            let now = Timestamp::from_seconds(5);
            let state = |cost| match quota.take(None, cost, now) {
                Outcome::Granted { arrival, .. } => arrival,
                Outcome::Denied { .. } => now,
            };
            prop_assert_eq!(quota.give_back(state(taken + back), back), state(taken));
        }

        #[test]
        fn who_leaves_units_to_others_is_denied_when_only_those_are_left(burst in 2_u32..100, left in 1_u32..100) {
            let quota = quota(60, 60, burst);
            let now = Timestamp::from_seconds(5);
            let (mut state, mut granted) = (None, 0);
            while let Outcome::Granted { arrival, .. } = quota.leaving(left).take(state, 1, now) {
                state = Some(arrival);
                granted += 1;
            }
            prop_assert_eq!(granted, burst.saturating_sub(left).max(1));
            prop_assert_eq!(quota.available(state, now), burst - granted);
        }

        #[test]
        fn what_is_said_to_remain_can_be_taken(limit in 1_u32..1000, burst in 1_u32..100, cost in 1_u32..100) {
            let quota = quota(limit, 60, burst);
            let now = Timestamp::from_seconds(5);
            if let Outcome::Granted { arrival, remaining, .. } = quota.take(None, cost, now) {
                prop_assert_eq!(remaining, quota.available(Some(arrival), now));
                let granted = |n| matches!(quota.take(Some(arrival), n, now), Outcome::Granted { .. });
                prop_assert!(remaining == 0 || granted(remaining));
                prop_assert!(!granted(remaining + 1));
            }
        }
    }
}
