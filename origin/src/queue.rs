//! A queue: whose numbers count from 1.

use jiff::civil::Date;

use crate::{department::Department, session::Session};

/// A department's queue of one session. Its numbers are consecutive from 1; a number that was cancelled is not given out
/// again, its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queue {
    /// The day of the examination.
    pub day: Date,
    /// The half of that day.
    pub session: Session,
    /// Whose queue it is.
    pub department: Department,
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which queue.
    pub queue: Queue,
    /// How many numbers have been given out: the highest one.
    pub issued: u32,
    /// How many of them were cancelled.
    pub cancelled: u32,
    /// How many of them wait to be called: neither called nor cancelled.
    pub waiting: u32,
    /// The number that was called last.
    pub now_serving: Option<u32>,
}

impl Standing {
    /// A queue in which nobody has booked yet.
    #[must_use]
    pub fn empty(queue: Queue) -> Self {
        Self {
            queue,
            issued: 0,
            cancelled: 0,
            waiting: 0,
            now_serving: None,
        }
    }

    /// How many more can be booked where `capacity` patients fit.
    #[must_use]
    pub fn places_left(&self, capacity: u32) -> u32 {
        capacity.saturating_sub(self.issued.saturating_sub(self.cancelled))
    }
}
