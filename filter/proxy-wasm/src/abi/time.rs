//! The host's clock.

use super::{Status, check, imports};
use core::time::Duration;
use levee_core::time::Timestamp;

/// The time.
pub(crate) fn now() -> Result<Timestamp, Status> {
    let mut nanos = 0;
    // SAFETY: the host writes a live local once.
    check(unsafe { imports::proxy_get_current_time_nanoseconds(&raw mut nanos) })?;
    Ok(Timestamp::from_nanos(nanos))
}

/// Has the current root context ticked at intervals.
pub(crate) fn tick_every(period: Duration) -> Result<(), Status> {
    let millis = u32::try_from(period.as_millis()).unwrap_or(u32::MAX);
    // SAFETY: a number only.
    check(unsafe { imports::proxy_set_tick_period_milliseconds(millis) })
}
