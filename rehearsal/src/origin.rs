//! A model of the site itself: a queue in front of workers that get slower the longer it is.

use crate::scenario::Origin;
use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

/// How the model answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// When the answer comes.
    pub at: Duration,
    /// Whether it is the page that was asked for; otherwise 503, or nobody waits for it any more.
    pub well: bool,
}

/// A site with so many workers, first come first served.
#[derive(Clone, Debug)]
pub struct Model {
    origin: Origin,
    /// When each worker is free, the earliest first.
    free: BinaryHeap<Reverse<Duration>>,
    /// When each request that waits is begun, the earliest first.
    waiting: BinaryHeap<Reverse<Duration>>,
}

impl Model {
    /// Idle.
    #[must_use]
    pub fn of(origin: Origin) -> Self {
        Self {
            origin,
            free: (0..origin.at_once.max(1))
                .map(|_| Reverse(Duration::ZERO))
                .collect(),
            waiting: BinaryHeap::new(),
        }
    }

    /// A request comes. Requests have to come in the order of time.
    pub fn serve(&mut self, now: Duration) -> Served {
        while self.waiting.peek().is_some_and(|Reverse(begun)| *begun <= now) {
            self.waiting.pop();
        }
        let waiting = self.waiting.len();
        if waiting >= self.origin.queue as usize {
            return Served { at: now, well: false };
        }
        let free = self.free.pop().map_or(now, |Reverse(free)| free);
        let begun = free.max(now);
        // From nobody waiting to a full queue the work on each grows evenly: caches miss, locks are waited for, memory is short.
        let load = waiting as f64 / f64::from(self.origin.queue.max(1));
        let takes = self
            .origin
            .service_time
            .0
            .mul_f64(1.0 + (self.origin.collapse - 1.0) * load);
        let at = begun + takes;
        self.free.push(Reverse(at));
        if begun > now {
            self.waiting.push(Reverse(begun));
        }
        let late = at.saturating_sub(now) > self.origin.patience.0;
        Served {
            at: if late { now + self.origin.patience.0 } else { at },
            well: !late,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Span;

    fn model() -> Model {
        Model::of(Origin {
            service_time: Span(Duration::from_millis(100)),
            at_once: 2,
            queue: 40,
            patience: Span(Duration::from_secs(2)),
            collapse: 3.0,
        })
    }

    /// The share of requests at this rate that are answered well.
    fn share(rate: u32) -> f64 {
        let mut model = model();
        let requests = rate * 30;
        let well = (0..requests)
            .filter(|nth| model.serve(Duration::from_secs(1) * *nth / rate).well)
            .count();
        well as f64 / f64::from(requests)
    }

    #[test]
    fn below_its_capacity_everybody_is_served_at_once() {
        let mut model = model();
        for nth in 0..200 {
            let now = Duration::from_millis(nth * 50);
            let served = model.serve(now);
            assert!(served.well);
            assert_eq!(served.at, now + Duration::from_millis(100));
        }
    }

    #[test]
    fn beyond_its_capacity_it_carries_less_than_that() {
        assert!((share(20) - 1.0).abs() < 1e-9);
        let carried = share(100) * 100.0;
        assert!(carried < 15.0, "{carried} a second of a capacity of 20");
    }

    #[test]
    fn it_recovers_when_the_load_is_over() {
        let mut model = model();
        for nth in 0..1_000 {
            model.serve(Duration::from_millis(nth));
        }
        assert!(!model.serve(Duration::from_secs(1)).well);
        assert!(model.serve(Duration::from_secs(30)).well);
    }
}
