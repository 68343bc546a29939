//! What time it is at the hospital.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The hospital's time zone, by its IANA name.
const TIME_ZONE: &str = "Asia/Ho_Chi_Minh";

/// How many days can be booked: today and the six that follow.
pub const DAYS_OFFERED: usize = 7;

/// The source of "now". Everything that depends on the time takes it from here, so that a test can stand still.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
    stopped_at: Option<Timestamp>,
}

impl Clock {
    /// The computer's clock.
    ///
    /// # Errors
    /// When the hospital's time zone is unknown, which the zone data built into the program rules out.
    pub fn system() -> Result<Self, jiff::Error> {
        Ok(Self {
            zone: TimeZone::get(TIME_ZONE)?,
            stopped_at: None,
        })
    }

    /// A clock that always shows `instant`.
    ///
    /// # Errors
    /// As for [`Clock::system`].
    pub fn stopped_at(instant: Timestamp) -> Result<Self, jiff::Error> {
        Ok(Self {
            zone: TimeZone::get(TIME_ZONE)?,
            stopped_at: Some(instant),
        })
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.stopped_at.unwrap_or_else(Timestamp::now)
    }

    /// The present day at the hospital.
    #[must_use]
    pub fn today(&self) -> Date {
        self.zone.to_datetime(self.now()).date()
    }

    /// The days that can be booked now, today first.
    #[must_use]
    pub fn days_offered(&self) -> Vec<Date> {
        // The calendar ends in the year 9999; the days after that are simply not offered.
        std::iter::successors(Some(self.today()), |day| day.tomorrow().ok())
            .take(DAYS_OFFERED)
            .collect()
    }
}
