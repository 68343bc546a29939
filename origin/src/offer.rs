//! What can be booked now.

use jiff::civil::Date;

use crate::{clock::Clock, session::Session};

/// How many days can be booked: today and the six that follow.
pub const DAYS_OFFERED: usize = 7;

/// The days and sessions that can be booked, the soonest first. A session can be booked until it closes; a day with no
/// session left is not offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    days: Vec<OfferedDay>,
}

/// A day that can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedDay {
    /// The day.
    pub day: Date,
    /// Its sessions, the earlier first; never empty.
    pub sessions: Vec<Session>,
}

impl Offer {
    /// What can be booked at the clock's time.
    #[must_use]
    pub fn at(clock: &Clock) -> Self {
        let now = clock.local_now();
        // The calendar ends in the year 9999; the days after that are simply not offered.
        let days = std::iter::successors(Some(now.date()), |day| day.tomorrow().ok())
            .take(DAYS_OFFERED)
            .map(|day| OfferedDay {
                day,
                sessions: Session::ALL
                    .into_iter()
                    .filter(|session| day.to_datetime(session.closes()) > now)
                    .collect(),
            })
            .filter(|offered| !offered.sessions.is_empty())
            .collect();
        Self { days }
    }

    /// The days, today first while it has a session left.
    #[must_use]
    pub fn days(&self) -> &[OfferedDay] {
        &self.days
    }

    /// The sessions of a day, the earlier first; none when the day cannot be booked.
    #[must_use]
    pub fn sessions_of(&self, day: Date) -> &[Session] {
        self.days
            .iter()
            .find(|offered| offered.day == day)
            .map_or(&[], |offered| &offered.sessions)
    }
}
