//! The log, the clock and the ticks.

use crate::probe::{Answer, Arguments, Odd, trace};

const LEVELS: [&str; 6] = ["trace", "debug", "info", "warn", "error", "critical"];

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_set_tick_period_milliseconds(period: u32) -> u32;
}

/// What time it is, is nothing that two hosts could agree about.
pub(crate) fn time(_: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let mut time = 0;
    // SAFETY: the host writes one number into a live local.
    let status = unsafe { proxy_get_current_time_nanoseconds(&raw mut time) };
    Ok(Answer::with(status, if time == 0 { "zero" } else { "nonzero" }))
}

pub(crate) fn tick_period(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let period = arguments.number()?;
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe {
        proxy_set_tick_period_milliseconds(period)
    }))
}

pub(crate) fn log(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (level, text) = (arguments.named(&LEVELS)?, arguments.text()?);
    Ok(Answer::status(trace::write(level, text)))
}
