//! Properties of a request, its connection and the plugin. Paths are segments joined by NUL bytes.
//!
//! Strings come raw, numbers and times (nanoseconds) as 8 bytes little endian, booleans as one byte. What a guest sets
//! becomes filter state under `wasm.<path>`.

use super::attributes::find;
use super::call::Call;
use super::status::{Answer, Status};
use crate::log::LogLevel;

/// Most bytes of filter state, keys and values together, that a guest may keep for one request.
const MAX_FILTER_STATE: usize = 1 << 20;

pub(crate) fn get(call: &mut Call<'_>, path: u32, path_len: u32, out: u32, out_len: u32) -> Answer {
    let path = call.read(path, path_len)?;
    let value = find(call.state(), &path).ok_or(Status::NotFound)?;
    call.give(out, out_len, &value)
}

pub(crate) fn set(call: &mut Call<'_>, path: u32, path_len: u32, value: u32, value_len: u32) -> Answer {
    let (path, value) = (call.read(path, path_len)?, call.read(value, value_len)?);
    if !call.profile().any_property_can_be_set && !path.starts_with(b"wasmx") {
        return Err(Status::NotFound.into());
    }
    let stream = call.state().stream().ok_or(Status::NotFound)?;
    let used: usize = stream
        .filter_state
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    if used + path.len() + value.len() > MAX_FILTER_STATE {
        call.log(
            LogLevel::Error,
            &format!("the filter state of a request may have {MAX_FILTER_STATE} bytes"),
        );
        return Err(Status::InternalFailure.into());
    }
    stream.filter_state.insert(path, value);
    Ok(())
}
