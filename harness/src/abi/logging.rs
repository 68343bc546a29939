//! `proxy_log` and `proxy_get_log_level`.

use super::call::Call;
use super::status::{Answer, Status};
use crate::log::LogLevel;

/// Longest message that is kept.
const MAX_MESSAGE: u32 = 64 << 10;

pub(crate) fn log(call: &mut Call<'_>, level: u32, message: u32, len: u32) -> Answer {
    let level = LogLevel::from_abi(level).ok_or(Status::BadArgument)?;
    if !call.state().logs(level) {
        return call.bytes(message, len.min(MAX_MESSAGE)).map(|_| ());
    }
    let bytes = call.read(message, len.min(MAX_MESSAGE))?;
    let mut message = String::from_utf8_lossy(&bytes).into_owned();
    if len > MAX_MESSAGE {
        message.push_str(" [cut off]");
    }
    call.state().log(level, message);
    Ok(())
}

pub(crate) fn get_log_level(call: &mut Call<'_>, out_level: u32) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let level = call.state().ports.log_level as u32;
    call.write_u32(out_level, level)
}
