//! Bodies and configurations.

use super::call::{Call, size};
use super::status::{Answer, Status};
use crate::vm::{Phase, VmState};

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;
const LAST: u32 = 8;

/// Bytes past the end are left out; a start past the end gives nothing.
pub(crate) fn get_bytes(
    call: &mut Call<'_>,
    buffer: u32,
    start: u32,
    max: u32,
    out: u32,
    out_len: u32,
) -> Answer {
    let end = start.checked_add(max).ok_or(Status::BadArgument)? as usize;
    let bytes = buffer_bytes(call.state(), buffer)?;
    let end = end.min(bytes.len());
    let part = bytes.get(start as usize..end).unwrap_or_default().to_vec();
    call.give(out, out_len, &part)
}

pub(crate) fn get_status(call: &mut Call<'_>, buffer: u32, out_len: u32, out_flags: u32) -> Answer {
    let len = size(buffer_bytes(call.state(), buffer)?.len());
    call.write_u32(out_len, len)?;
    call.write_u32(out_flags, 0)
}

/// Like Envoy, only prepends (start 0, length 0), replaces all, or appends (start at or past the end).
pub(crate) fn set_bytes(
    call: &mut Call<'_>,
    buffer: u32,
    start: u32,
    len: u32,
    data: u32,
    data_len: u32,
) -> Answer {
    let data = call.read(data, data_len)?;
    let body = body(call.state(), buffer)?;
    let (start, len) = (start as usize, len as usize);
    if start == 0 && len == 0 {
        body.splice(..0, data);
    } else if start == 0 && len >= body.len() {
        *body = data;
    } else if start > 0 && start >= body.len() {
        body.extend(data);
    } else {
        return Err(Status::BadArgument.into());
    }
    Ok(())
}

fn buffer_bytes(state: &mut VmState, buffer: u32) -> Answer<&[u8]> {
    match buffer {
        VM_CONFIGURATION => Ok(&state.ports.plugin.vm_configuration),
        PLUGIN_CONFIGURATION if state.phase == Phase::Configuring => Ok(&state.ports.plugin.configuration),
        _ => body(state, buffer).map(|body| body.as_slice()),
    }
}

fn body(state: &mut VmState, buffer: u32) -> Answer<&mut Vec<u8>> {
    let half = match (buffer, state.stream()) {
        (REQUEST_BODY, Some(stream)) => &mut stream.request,
        (RESPONSE_BODY, Some(stream)) => &mut stream.response,
        (0..=LAST, _) => return Err(Status::NotFound.into()),
        _ => return Err(Status::BadArgument.into()),
    };
    if half.body_open {
        Ok(&mut half.body)
    } else {
        Err(Status::NotFound.into())
    }
}
