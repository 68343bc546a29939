//! Acting on a stream: replying, continuing, closing. Everything here takes effect after the callback has returned.

use super::call::Call;
use super::status::{Answer, Direction, LocalReply, Status};
use crate::log::LogLevel;
use crate::profile::Profile;
use crate::stream::{Stream, StreamKind};

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
    grpc_status: i32,
) -> Answer {
    let details = String::from_utf8_lossy(call.bytes(details, details_len)?);
    let details = details.split_whitespace().collect::<Vec<_>>().join("_");
    let body = call.read(body, body_len)?;
    let mut headers = call.read_pairs(headers, headers_len)?;
    if call.profile().names_in_lower_case {
        headers.lower_case_names();
    }
    let profile = call.profile();
    let status = match u16::try_from(status) {
        Ok(status @ 200..=599) => status,
        // Envoy keeps the lower 16 bits.
        _ if profile.replies_have_any_status => (status & 0xffff) as u16,
        _ => {
            let message = format!("{status} is not a final HTTP status code (200 to 599)");
            call.log(LogLevel::Error, &message);
            return Err(Status::BadArgument.into());
        }
    };
    let Some(stream) = call
        .state()
        .stream()
        .filter(|stream| stream.kind == StreamKind::Http)
    else {
        return without_stream(&profile);
    };
    if let Some(first) = &mut stream.reply {
        first.details = details;
        call.log(
            LogLevel::Warn,
            "a second local response of one callback is ignored",
        );
        return Ok(());
    }
    stream.replied = true;
    stream.reply = Some(LocalReply {
        status,
        headers,
        body,
        details,
        grpc_status: u32::try_from(grpc_status).ok(),
    });
    stream.wake();
    Ok(())
}

/// From here on the request's maps do not exist any more, whichever direction is continued: as Envoy does.
pub(crate) fn continue_stream(call: &mut Call<'_>, stream_type: u32) -> Answer {
    let profile = call.profile();
    let (kind, direction) = stream_type_of(stream_type)?;
    let Some(stream) = stream_of(call, kind) else {
        return without_stream(&profile);
    };
    stream.half(direction).resumed = true;
    if profile.maps_end_with_their_callback {
        stream.request.shut();
    }
    stream.wake();
    Ok(())
}

pub(crate) fn close_stream(call: &mut Call<'_>, stream_type: u32) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let profile = call.profile();
    let (kind, _) = stream_type_of(stream_type)?;
    let Some(stream) = stream_of(call, kind) else {
        return without_stream(&profile);
    };
    stream.reset = true;
    stream.wake();
    Ok(())
}

/// The old way to continue a request (ABI 0.1.0).
pub(crate) fn continue_request(call: &mut Call<'_>) -> Answer {
    continue_stream(call, 0)
}

/// The old way to continue a response (ABI 0.1.0).
pub(crate) fn continue_response(call: &mut Call<'_>) -> Answer {
    continue_stream(call, 1)
}

/// A `proxy_stream_type_t`.
fn stream_type_of(stream_type: u32) -> Answer<(StreamKind, Direction)> {
    match stream_type {
        0 => Ok((StreamKind::Http, Direction::Request)),
        1 => Ok((StreamKind::Http, Direction::Response)),
        2 => Ok((StreamKind::Tcp, Direction::Request)),
        3 => Ok((StreamKind::Tcp, Direction::Response)),
        _ => Err(Status::BadArgument.into()),
    }
}

fn stream_of<'a>(call: &'a mut Call<'_>, kind: StreamKind) -> Option<&'a mut Stream> {
    call.state().stream().filter(|stream| stream.kind == kind)
}

fn without_stream(profile: &Profile) -> Answer {
    if profile.acts_without_stream_are_taken {
        Ok(())
    } else {
        Err(Status::BadArgument.into())
    }
}
