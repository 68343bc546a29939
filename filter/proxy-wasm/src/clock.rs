//! The host's clock.

use levee_core::time::Timestamp;
use proxy_wasm::{hostcalls, types::Status};

/// The time; an internal failure when the host's clock stands before 1970 or after 2554.
pub(crate) fn now() -> Result<Timestamp, Status> {
    let since_epoch = hostcalls::get_current_time()?
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|_| Status::InternalFailure)?;
    u64::try_from(since_epoch.as_nanos())
        .map(Timestamp::from_nanos)
        .map_err(|_| Status::InternalFailure)
}
