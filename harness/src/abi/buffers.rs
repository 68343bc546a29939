//! Bodies and configurations.

use super::call::{Call, size};
use super::status::{Answer, Direction, Status};
use crate::stream::StreamKind;
use crate::vm::Phase;

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const DOWNSTREAM_DATA: u32 = 2;
const UPSTREAM_DATA: u32 = 3;
const HTTP_CALL_BODY: u32 = 4;
const GRPC_MESSAGE: u32 = 5;
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;
const FOREIGN_ARGUMENTS: u32 = 8;

/// Bytes past the end are left out.
pub(crate) fn get_bytes(
    call: &mut Call<'_>,
    buffer: u32,
    start: u32,
    max: u32,
    out: u32,
    out_len: u32,
) -> Answer {
    let past_end_is_empty = call.profile().reads_past_end_are_empty;
    let (start, end) = (start as usize, start.saturating_add(max) as usize);
    if start
        .checked_add(max as usize)
        .is_none_or(|end| end > u32::MAX as usize)
        && !past_end_is_empty
    {
        return Err(Status::BadArgument.into());
    }
    let bytes = readable(call, buffer)?;
    if start > bytes.len() && !past_end_is_empty {
        return Err(Status::BadArgument.into());
    }
    let part = bytes
        .get(start..end.min(bytes.len()))
        .unwrap_or_default()
        .to_vec();
    call.give(out, out_len, &part)
}

pub(crate) fn get_status(call: &mut Call<'_>, buffer: u32, out_len: u32, out_flags: u32) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let len = size(readable(call, buffer)?.len());
    call.write_u32(out_len, len)?;
    call.write_u32(out_flags, 0)
}

/// Replaces a part at the beginning (of length 0: prepends) or appends (start at or past the end). A part in the middle only
/// where the profile allows it.
pub(crate) fn set_bytes(
    call: &mut Call<'_>,
    buffer: u32,
    start: u32,
    len: u32,
    data: u32,
    data_len: u32,
) -> Answer {
    let data = call.read(data, data_len)?;
    let inside = call.profile().bodies_can_be_edited_inside;
    let Some(body) = stream_buffer(call, buffer)? else {
        return Err(Status::BadArgument.into());
    };
    let start = (start as usize).min(body.len());
    let end = start.saturating_add(len as usize).min(body.len());
    if start == 0 || start == body.len() || inside {
        body.splice(start..end, data);
        Ok(())
    } else {
        Err(Status::BadArgument.into())
    }
}

fn readable<'a>(call: &'a mut Call<'_>, buffer: u32) -> Answer<&'a [u8]> {
    if !matches!(buffer, HTTP_CALL_BODY..=FOREIGN_ARGUMENTS) {
        return stream_buffer(call, buffer).map(|body| body.map_or(&[][..], |body| body.as_slice()));
    }
    let missing = call.profile().missing_buffers_are_empty.then_some(&[][..]);
    let state = call.state();
    let plugin = &state.ports.plugin;
    let found = match buffer {
        VM_CONFIGURATION => Some(plugin.vm_configuration.as_slice()),
        PLUGIN_CONFIGURATION if state.phase == Phase::Configuring => Some(plugin.configuration.as_slice()),
        HTTP_CALL_BODY => state.callouts.delivered.http_body.as_deref(),
        GRPC_MESSAGE => state.callouts.delivered.message.as_deref().or(missing),
        FOREIGN_ARGUMENTS => missing,
        _ => None,
    };
    found.ok_or_else(|| Status::NotFound.into())
}

/// A body that can be written; none where one that does not exist is taken for an empty one.
fn stream_buffer<'a>(call: &'a mut Call<'_>, buffer: u32) -> Answer<Option<&'a mut Vec<u8>>> {
    let (kind, direction) = match buffer {
        REQUEST_BODY => (StreamKind::Http, Direction::Request),
        RESPONSE_BODY => (StreamKind::Http, Direction::Response),
        DOWNSTREAM_DATA => (StreamKind::Tcp, Direction::Request),
        UPSTREAM_DATA => (StreamKind::Tcp, Direction::Response),
        HTTP_CALL_BODY..=FOREIGN_ARGUMENTS => {
            // These can be read only, if at all.
            let missing_is_empty = call.profile().missing_buffers_are_empty;
            return match readable(call, buffer) {
                Ok(_) if missing_is_empty => Ok(None),
                _ => Err(Status::NotFound.into()),
            };
        }
        _ => return Err(Status::BadArgument.into()),
    };
    let missing_is_empty = call.profile().missing_buffers_are_empty;
    let unavailable = call.misuse(
        Status::NotFound,
        "this buffer does not exist outside of its callback",
    );
    let stream = call.state().stream().filter(|stream| stream.kind == kind);
    match stream.map(|stream| stream.half(direction)) {
        Some(half) if half.body_open => Ok(Some(&mut half.body)),
        _ if missing_is_empty => Ok(None),
        _ => Err(unavailable),
    }
}

/// The configuration of the VM or of the plugin, whichever is being told (ABI 0.1.0).
pub(crate) fn get_configuration(call: &mut Call<'_>, out: u32, out_len: u32) -> Answer {
    let state = call.state();
    let plugin = state.ports.plugin.clone();
    let configuration = match state.phase {
        Phase::Configuring => &plugin.configuration,
        _ => &plugin.vm_configuration,
    };
    call.give(out, out_len, configuration)
}
