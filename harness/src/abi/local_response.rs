//! Acting on a stream: replying, continuing, closing. Everything here takes effect after the callback has returned.

use super::call::Call;
use super::codec;
use super::status::{Answer, Direction, LocalReply, Status};
use crate::log::LogLevel;

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn send_local_response(
    call: &mut Call<'_>,
    status: u32,
    details: u32,
    details_len: u32,
    body: u32,
    body_len: u32,
    headers: u32,
    headers_len: u32,
    _grpc_status: i32,
) -> Answer {
    let details = call.read(details, details_len)?;
    let body = call.read(body, body_len)?;
    let headers = codec::decode(&call.read(headers, headers_len)?);
    let Ok(status @ 200..=599) = u16::try_from(status) else {
        call.log(
            LogLevel::Error,
            &format!("{status} is not a final HTTP status code (200 to 599)"),
        );
        return Err(Status::BadArgument.into());
    };
    let details = String::from_utf8_lossy(&details).into_owned();
    let stream = call.state().stream().ok_or(Status::BadArgument)?;
    if stream.replied {
        call.log(
            LogLevel::Warn,
            "a second local response for one request is ignored",
        );
        return Ok(());
    }
    stream.replied = true;
    stream.reply = Some(LocalReply {
        status,
        headers,
        body,
        details,
    });
    stream.wake();
    Ok(())
}

/// From here on the request's maps do not exist any more, whichever direction is continued: as Envoy does.
pub(crate) fn continue_stream(call: &mut Call<'_>, stream_type: u32) -> Answer {
    let direction = Direction::from_stream_type(stream_type)?;
    let stream = call.state().stream().ok_or(Status::BadArgument)?;
    stream.half(direction).resumed = true;
    stream.request.shut();
    stream.wake();
    Ok(())
}

pub(crate) fn close_stream(call: &mut Call<'_>, stream_type: u32) -> Answer {
    Direction::from_stream_type(stream_type)?;
    let stream = call.state().stream().ok_or(Status::BadArgument)?;
    stream.reset = true;
    stream.wake();
    Ok(())
}
