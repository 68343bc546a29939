//! The capacity: what the origin can carry, as configured and as measured.
//!
//! The rate that is configured holds as long as the origin is well. Every node counts how the origin answers what it
//! forwards; when too many answers fail or take too long, the rate is cut, and it grows back step by step while they do
//! not (additive increase, multiplicative decrease, as in TCP's congestion control, RFC 5681).

use crate::{
    ledger::Words,
    policy::Meter,
    quota::Quota,
    time::{NANOS_PER_SECOND, Timestamp},
};
use serde::{Deserialize, Serialize};

/// What the origin can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Requests of all clients together.
    pub meter: Meter,
    /// How long a client that has been let in may go on without standing in line again: one unit a visit.
    pub visit: Meter,
    /// How often one clearance may draw a number in line.
    pub tickets: Meter,
    /// How often a client that found no room is considered again: those who do not wait gain nothing over those who do.
    pub asking: Meter,
    /// How often one number lets in: once in the life of a clearance.
    pub turn: Meter,
    /// An answer that takes longer, in nanoseconds, is slow.
    pub slow: u64,
}

impl Capacity {
    /// What the origin carries in this state.
    #[must_use]
    pub fn at(&self, health: Health) -> Quota {
        self.meter.quota.slowed(health.permille())
    }
}

/// How one node saw the origin answer, since it last told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// All answers.
    pub all: u32,
    /// Those with a status of 500 and above.
    pub failed: u32,
    /// Those whose time was taken.
    pub timed: u32,
    /// Those of the timed that were slow.
    pub slow: u32,
}

impl Answers {
    /// Counts an answer with this status, which took so many nanoseconds where its time was taken.
    pub fn count(&mut self, status: u16, nanos: Option<u64>, capacity: &Capacity) {
        self.all = self.all.saturating_add(1);
        self.failed = self.failed.saturating_add((status >= 500).into());
        if let Some(nanos) = nanos {
            self.timed = self.timed.saturating_add(1);
            self.slow = self.slow.saturating_add((nanos > capacity.slow).into());
        }
    }
}

/// The least that the rate is cut to, in thousandths: whatever the origin does, some are let through, by whose answers
/// it is seen when it is well again.
const LEAST_PERMILLE: u64 = 200;

/// What the rate grows by in a second without trouble, in thousandths.
const STEP_PERMILLE: u64 = 50;

/// How the origin is, in the words that all nodes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health(pub Words);

impl Health {
    /// What of the configured rate the origin carries at present, in thousandths: 200 to 1000.
    #[must_use]
    pub fn permille(&self) -> u64 {
        let [cut, ..] = self.0;
        1_000_u64.saturating_sub(cut).clamp(LEAST_PERMILLE, 1_000)
    }

    /// Adds the answers that a node has seen; once a second they are judged together, against what the origin carries when it
    /// is well.
    pub fn add(&mut self, answers: Answers, capacity: &Quota, now: Timestamp) {
        let [_, since, all, failed, timed, slow, ..] = &mut self.0;
        *all = all.saturating_add(answers.all.into());
        *failed = failed.saturating_add(answers.failed.into());
        *timed = timed.saturating_add(answers.timed.into());
        *slow = slow.saturating_add(answers.slow.into());
        if *since == 0 || *since > now.as_nanos() {
            *since = now.as_nanos();
        }
        let elapsed = now.as_nanos().saturating_sub(*since);
        if elapsed >= NANOS_PER_SECOND {
            self.judge(elapsed, capacity);
            let [_, since, all, failed, timed, slow, ..] = &mut self.0;
            *since = now.as_nanos();
            [*all, *failed, *timed, *slow] = [0; 4];
        }
    }

    fn judge(&mut self, elapsed: u64, capacity: &Quota) {
        let permille = self.permille();
        let [cut, _, all, failed, timed, slow, ..] = &mut self.0;
        // Below a tenth of the rate, nothing that is forwarded can be what the origin suffers from: a client that finds an
        // address that fails could otherwise turn everybody else away.
        let tenth = u128::from(capacity.limit())
            .saturating_mul(elapsed.into())
            .checked_div(
                u128::from(capacity.window_seconds())
                    .saturating_mul(NANOS_PER_SECOND.into())
                    .saturating_mul(10),
            )
            .unwrap_or(u128::MAX);
        let counts =
            |n: u64, of: u64, times: u64| u128::from(of) >= tenth.max(5) && n.saturating_mul(times) > of;
        *cut = if counts(*failed, *all, 5) || counts(*slow, *timed, 2) {
            let less = permille.saturating_mul(7).div_ceil(10).max(LEAST_PERMILLE);
            1_000_u64.saturating_sub(less)
        } else {
            let steps = elapsed.div_euclid(NANOS_PER_SECOND).min(1_000);
            cut.saturating_sub(STEP_PERMILLE.saturating_mul(steps))
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::at_least_one;

    fn capacity() -> Capacity {
        let meter = |name: &str| Meter {
            name: name.into(),
            id: 0,
            quota: Quota::new(at_least_one(100), at_least_one(1), at_least_one(100)),
        };
        Capacity {
            meter: meter("capacity"),
            visit: meter("visit"),
            tickets: meter("tickets"),
            turn: meter("turn"),
            asking: meter("asking"),
            slow: 2 * NANOS_PER_SECOND,
        }
    }

    /// Adds the same answers each second.
    fn play(health: &mut Health, from: u64, seconds: u64, status: u16, millis: u64, times: u32) {
        for second in from..from + seconds {
            let mut answers = Answers::default();
            for _ in 0..times {
                answers.count(status, Some(millis * 1_000_000), &capacity());
            }
            health.add(answers, &capacity().meter.quota, Timestamp::from_seconds(second));
        }
    }

    #[test]
    fn an_origin_that_is_well_gets_what_is_configured() {
        let mut health = Health(Words::default());
        play(&mut health, 1, 60, 200, 50, 100);
        assert_eq!(health.permille(), 1_000);
    }

    #[test]
    fn an_origin_that_fails_gets_less_down_to_a_fifth_and_its_full_rate_back_within_seconds() {
        let mut health = Health(Words::default());
        play(&mut health, 1, 3, 503, 50, 100);
        assert_eq!(health.permille(), 490);
        play(&mut health, 4, 20, 503, 50, 100);
        assert_eq!(health.permille(), 200);
        play(&mut health, 24, 16, 200, 50, 100);
        assert_eq!(health.permille(), 1_000);
    }

    #[test]
    fn slow_answers_count_like_failures_when_they_are_most() {
        let mut health = Health(Words::default());
        play(&mut health, 1, 2, 200, 2_500, 100);
        assert_eq!(health.permille(), 700);
        play(&mut health, 3, 2, 200, 1_900, 100);
        assert_eq!(health.permille(), 800);
    }

    #[test]
    fn a_few_failures_of_one_client_turn_nobody_away() {
        let mut health = Health(Words::default());
        play(&mut health, 1, 60, 500, 9_000, 4);
        assert_eq!(health.permille(), 1_000);
    }

    #[test]
    fn a_clock_that_steps_back_leaves_it_judging() {
        let mut health = Health(Words::default());
        play(&mut health, 10_000, 3, 503, 50, 100);
        play(&mut health, 10, 30, 200, 50, 100);
        assert_eq!(health.permille(), 1_000);
    }
}
