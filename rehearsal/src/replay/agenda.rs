//! What is going to happen on a lane, in the order of time.

use std::{cmp::Ordering, collections::BinaryHeap, time::Duration};

/// Things to come. Of those at the same time, what was entered first comes first.
#[derive(Debug)]
pub(super) struct Agenda<T> {
    heap: BinaryHeap<Entry<T>>,
    entered: u64,
}

#[derive(Debug)]
struct Entry<T> {
    at: Duration,
    nth: u64,
    what: T,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            entered: 0,
        }
    }
}

impl<T> Agenda<T> {
    pub(super) fn enter(&mut self, at: Duration, what: T) {
        self.entered += 1;
        self.heap.push(Entry {
            at,
            nth: self.entered,
            what,
        });
    }

    pub(super) fn next(&self) -> Option<Duration> {
        self.heap.peek().map(|entry| entry.at)
    }

    pub(super) fn take(&mut self) -> Option<T> {
        self.heap.pop().map(|entry| entry.what)
    }
}

impl<T> Ord for Entry<T> {
    /// The earlier, the greater.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.nth).cmp(&(self.at, self.nth))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}
