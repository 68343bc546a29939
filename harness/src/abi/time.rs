//! The clock, and the period of ticks.

use std::time::Duration;

use super::call::Call;
use super::status::{Answer, Failure, Status};
use crate::clock::nanoseconds;

pub(crate) fn get_current_time_nanoseconds(call: &mut Call<'_>, out_time: u32) -> Answer {
    let now = nanoseconds(call.state().ports.clock.now());
    call.write_u64(out_time, now)
}

/// Always applies to the root context, whoever calls; 0 stops the ticks.
pub(crate) fn set_tick_period_milliseconds(call: &mut Call<'_>, period: u32) -> Answer {
    if call.state().tick_period.is_some() || call.state().stream().is_some() {
        let unless_allowed = call.misuse(Status::Ok, "a tick period is set once, from a root context");
        if let Failure::Trap(_) = unless_allowed {
            return Err(unless_allowed);
        }
    }
    let state = call.state();
    state.tick_period = (period > 0).then(|| Duration::from_millis(period.into()));
    state.next_tick = state
        .tick_period
        .map(|period| state.ports.clock.monotonic().saturating_add(period));
    state.rescheduled = true;
    if let Some(timekeeper) = state.timekeeper.take() {
        timekeeper.wake();
    }
    Ok(())
}
