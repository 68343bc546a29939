//! Quotas as pure arithmetic: the generic cell rate algorithm (GCRA, ITU-T I.371) on one 64-bit number a client.
//!
//! That number is the *theoretical arrival time*: when the client would be back to having its whole burst. A time in
//! the past is the same as no entry at all, so whoever stores it may drop it then without changing any answer.

use crate::time::{NANOS_PER_SECOND, Timestamp};
use core::num::NonZeroU32;

/// A limit per window, and how much of it may come at once.
///
/// Units become available one by one, evenly over the window; `burst` of them can be saved up. Over any span of time
/// `t` at most `burst + t * limit / window` units are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    limit: NonZeroU32,
    window_seconds: NonZeroU32,
    burst: NonZeroU32,
    interval: u64,
    tolerance: u64,
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
    pub fn new(limit: NonZeroU32, window_seconds: NonZeroU32, burst: NonZeroU32) -> Self {
        let window = u64::from(window_seconds.get()).saturating_mul(NANOS_PER_SECOND);
        // Rounded up, so that rounding never grants more than the limit.
        let interval = window.div_ceil(u64::from(limit.get()));
        let tolerance = interval.saturating_mul(u64::from(burst.get()));
        Self {
            limit,
            window_seconds,
            burst,
            interval,
            tolerance,
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

    /// Nanoseconds in which a client that has used up everything gets its whole burst back.
    #[must_use]
    pub const fn refill_nanos(&self) -> u64 {
        self.tolerance
    }

    /// Decides on `cost` units at `now` for a client whose state is `arrival` (`None`: never seen).
    #[must_use]
    pub fn take(&self, arrival: Option<Timestamp>, cost: u32, now: Timestamp) -> Outcome {
        // No state that this quota has granted lies further ahead than its tolerance. One that does comes from a
        // clock that has since stepped back, or from a wider quota before a reload, and must not lock a client out.
        let ahead = arrival
            .map_or(0, |arrival| arrival.saturating_since(now))
            .min(self.tolerance);
        let ahead = ahead.saturating_add(self.interval.saturating_mul(u64::from(cost)));
        match self.tolerance.checked_sub(ahead) {
            Some(slack) => Outcome::Granted {
                arrival: now.saturating_add(ahead),
                remaining: slack
                    .checked_div(self.interval)
                    .map_or(0, |n| u32::try_from(n).unwrap_or(u32::MAX)),
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
    fn a_clock_that_steps_back_an_hour_locks_nobody_out() {
        let quota = quota(60, 60, 60);
        let Outcome::Granted { arrival, .. } = quota.take(None, 60, Timestamp::from_seconds(7200)) else {
            panic!("the burst is there");
        };
        let Outcome::Denied { retry_after } = quota.take(Some(arrival), 1, Timestamp::from_seconds(3600))
        else {
            panic!("all is used up");
        };
        assert_eq!(retry_after, NANOS_PER_SECOND);
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
        fn what_is_said_to_remain_can_be_taken(limit in 1_u32..1000, burst in 1_u32..100, cost in 1_u32..100) {
            let quota = quota(limit, 60, burst);
            let now = Timestamp::from_seconds(5);
            if let Outcome::Granted { arrival, remaining } = quota.take(None, cost, now) {
                let granted = |n| matches!(quota.take(Some(arrival), n, now), Outcome::Granted { .. });
                prop_assert!(remaining == 0 || granted(remaining));
                prop_assert!(!granted(remaining + 1));
            }
        }
    }
}
