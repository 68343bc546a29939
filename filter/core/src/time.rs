//! Time as the core sees it: always handed in, never read from a clock.

use serde::{Deserialize, Serialize};

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A point in time: nanoseconds since the Unix epoch, in 64 bits (good until the year 2554).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The point `nanos` nanoseconds after the Unix epoch.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The point `seconds` seconds after the Unix epoch; the end of representable time when that lies beyond it.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down: the resolution of tokens.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0 / NANOS_PER_SECOND
    }

    /// This point moved `nanos` nanoseconds into the future, at most to the end of representable time.
    #[must_use]
    pub const fn saturating_add(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// Nanoseconds from `earlier` to this point; zero when `earlier` is not earlier. A clock that steps back thereby
    /// never produces a huge interval.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// `nanos` in whole seconds, rounded up: what `Retry-After` needs, which must never promise too early a moment.
#[must_use]
pub const fn seconds_ceil(nanos: u64) -> u64 {
    nanos.div_ceil(NANOS_PER_SECOND)
}
