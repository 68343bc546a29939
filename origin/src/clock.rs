//! What time it is at the hospital.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// The hospital's time zone, by its IANA name.
const TIME_ZONE: &str = "Asia/Ho_Chi_Minh";

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

    /// What the clock on the hospital's wall shows.
    #[must_use]
    pub fn local_now(&self) -> DateTime {
        self.zone.to_datetime(self.now())
    }

    /// The present day at the hospital.
    #[must_use]
    pub fn today(&self) -> Date {
        self.local_now().date()
    }

    /// The time of the hospital's wall clock with its offset from UTC (RFC 3339), to the second.
    ///
    /// # Errors
    /// When the calendar ends before it.
    pub fn with_offset(&self, local: DateTime) -> Result<String, jiff::Error> {
        let zoned = self.zone.to_zoned(local)?;
        Ok(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    /// What the clock on the hospital's wall shows at `instant`.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.zone.to_datetime(instant)
    }
}
