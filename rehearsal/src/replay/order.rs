//! Threads that play one virtual time together, each at its own pace, with one and the same result every time.
//!
//! Every lane says how far it is, and runs ahead as long as it touches nothing that lanes share. What they share it touches
//! only when no other lane can still come to an earlier time: so all such accesses happen in the order of virtual time, lanes
//! with the same time in the order of their numbers, whatever the machine does. (Conservative parallel discrete-event
//! simulation: Chandy and Misra 1979.) The lane that is earliest never waits, so there is always one that goes on.

use levee_harness::{Turns, VmRole};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Looks at the others between which the processor is kept; then others may have it.
const SPINS: u32 = 64;

/// How far each lane is.
#[derive(Debug)]
pub(super) struct Order(Vec<Reached>);

/// On a line of the processor's cache of its own: every lane writes its own often and reads the others' seldom.
#[derive(Debug)]
#[repr(align(128))]
struct Reached {
    now: AtomicU64,
    /// The time at which it was last found to be its turn: until it goes on from there, it still is.
    turn: AtomicU64,
}

impl Order {
    /// For so many lanes, none of which has begun.
    pub(super) fn of(lanes: usize) -> Self {
        let reached = || Reached {
            now: AtomicU64::new(0),
            turn: AtomicU64::new(u64::MAX),
        };
        Self((0..lanes).map(|_| reached()).collect())
    }

    /// A lane will touch nothing at an earlier time any more.
    pub(super) fn reach(&self, lane: usize, now: Duration) {
        if let Some(reached) = self.0.get(lane) {
            reached.now.store(nanoseconds(now), Ordering::Release);
        }
    }

    /// A lane touches nothing any more. To be said on every way out, or the others wait for ever.
    pub(super) fn done(&self, lane: usize) {
        self.reach(lane, Duration::MAX);
    }

    /// Waits until it is this lane's turn to touch what lanes share.
    pub(super) fn pass(&self, lane: usize) {
        let Some(mine) = self.0.get(lane) else { return };
        let now = mine.now.load(Ordering::Relaxed);
        if mine.turn.load(Ordering::Relaxed) == now {
            return;
        }
        for (other, reached) in self.0.iter().enumerate() {
            let is_mine = |theirs| (now, lane) <= (theirs, other);
            let mut looks = 0;
            while !is_mine(reached.now.load(Ordering::Acquire)) {
                looks += 1;
                if looks % SPINS == 0 {
                    std::thread::yield_now();
                } else {
                    std::hint::spin_loop();
                }
            }
        }
        mine.turn.store(now, Ordering::Relaxed);
    }
}

impl Turns for Order {
    fn pass(&self, vm: VmRole) {
        // The main thread's VM is driven by the first lane.
        let lane = match vm {
            VmRole::Worker(number) => number,
            VmRole::Main | VmRole::Canary => 0,
        };
        Self::pass(self, lane);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn what_is_shared_is_touched_in_the_order_of_time() {
        for _ in 0..50 {
            let order = Order::of(3);
            let touched = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for lane in 0..3_usize {
                    let (order, touched) = (&order, &touched);
                    scope.spawn(move || {
                        for step in 0..200_u64 {
                            let now = step * (lane as u64 + 1);
                            order.reach(lane, Duration::from_nanos(now));
                            if step % 3 == 0 {
                                order.pass(lane);
                                touched.lock().unwrap().push((now, lane));
                            }
                        }
                        order.done(lane);
                    });
                }
            });
            let touched = touched.into_inner().unwrap();
            assert_eq!(touched.len(), 3 * 67);
            assert!(touched.is_sorted(), "{touched:?}");
        }
    }
}
