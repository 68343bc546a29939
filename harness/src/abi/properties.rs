//! Properties of a request, its connection and the plugin. Paths are segments joined by NUL bytes.
//!
//! Strings come raw, numbers and times (nanoseconds) as 8 bytes little endian, booleans as one byte. What a guest sets
//! becomes filter state under `wasm.<path>`.

use super::attributes::find;
use super::call::Call;
use super::status::{Answer, Status};
use crate::log::LogLevel;
use crate::vm::VmState;

/// Most bytes of filter state, keys and values together, that a guest may keep for one request.
const MAX_FILTER_STATE: usize = 1 << 20;

pub(crate) fn get(call: &mut Call<'_>, path: u32, path_len: u32, out: u32, out_len: u32) -> Answer {
    let (path, state) = call.bytes_and_state(path, path_len)?;
    let value = match find(state, path).filter(|_| !path.is_empty()) {
        Some(value) => value,
        None if state.profile().set_properties_are_filter_state && is_whole(state, path) => {
            return Err(Status::SerializationFailure.into());
        }
        None => return Err(Status::NotFound.into()),
    };
    call.give(out, out_len, &value)
}

/// Whether a path names a group of attributes as a whole.
fn is_whole(state: &mut VmState, path: &[u8]) -> bool {
    let group = [
        &b"request"[..],
        b"response",
        b"connection",
        b"upstream",
        b"source",
        b"destination",
        b"filter_state",
    ];
    path.is_empty() || state.stream().is_some() && group.contains(&path)
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
