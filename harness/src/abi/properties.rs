//! Properties of a request, its connection and the plugin. Paths are segments joined by NUL bytes.
//!
//! Strings come raw, numbers and times (nanoseconds) as 8 bytes little endian, booleans as one byte. What a guest sets
//! becomes filter state under `wasm.<path>`.

use super::call::Call;
use super::codec;
use super::status::{Answer, Status};
use crate::clock::nanoseconds;
use crate::log::LogLevel;
use crate::stream::{Half, Stream};
use crate::vm::VmState;

/// Most bytes of filter state, keys and values together, that a guest may keep for one request.
const MAX_FILTER_STATE: usize = 1 << 20;

pub(crate) fn get(call: &mut Call<'_>, path: u32, path_len: u32, out: u32, out_len: u32) -> Answer {
    let path = call.read(path, path_len)?;
    let value = find(call.state(), &path).ok_or(Status::NotFound)?;
    call.give(out, out_len, &value)
}

pub(crate) fn set(call: &mut Call<'_>, path: u32, path_len: u32, value: u32, value_len: u32) -> Answer {
    let (path, value) = (call.read(path, path_len)?, call.read(value, value_len)?);
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

fn find(state: &mut VmState, path: &[u8]) -> Option<Vec<u8>> {
    let plugin = &state.ports.plugin;
    match path {
        b"plugin_name" => return Some(plugin.name.clone().into_bytes()),
        b"plugin_root_id" => return Some(plugin.root_id.clone().into_bytes()),
        b"plugin_vm_id" => return Some(plugin.vm_id.clone().into_bytes()),
        _ => {}
    }
    let now = state.ports.clock.now();
    let stream = state.stream()?;
    let mut segments = path.splitn(3, |byte| *byte == 0);
    let (root, field, rest) = (segments.next()?, segments.next(), segments.next());
    match (root, field, rest) {
        (b"request", Some(b"duration"), None) => {
            Some(integer(nanoseconds(now.saturating_sub(stream.started))))
        }
        (b"request", Some(field), rest) => request(stream, field, rest),
        (b"response", Some(field), rest) => response(stream, field, rest),
        (b"source", Some(b"address"), None) => Some(text(&stream.info.source)),
        (b"source", Some(b"port"), None) => Some(integer(stream.info.source.port().into())),
        (b"destination", Some(b"address"), None) => Some(text(&stream.info.destination)),
        (b"destination", Some(b"port"), None) => Some(integer(stream.info.destination.port().into())),
        (b"connection", Some(b"id"), None) | (b"connection_id", None, None) => {
            Some(integer(stream.info.connection_id))
        }
        (b"connection", Some(b"mtls"), None) => Some(vec![0]),
        (b"filter_state", Some(key), None) => stream.filter_state.get(key.strip_prefix(b"wasm.")?).cloned(),
        // Whatever is no attribute may be something that the guest has set itself.
        _ => stream.filter_state.get(path).cloned(),
    }
}

/// Attributes that come from headers exist as long as the headers do.
fn request(stream: &Stream, field: &[u8], rest: Option<&[u8]>) -> Option<Vec<u8>> {
    match field {
        b"protocol" => return Some(stream.info.protocol.clone().into_bytes()),
        b"time" => return Some(integer(nanoseconds(stream.started))),
        b"size" => return Some(integer(stream.request.body_bytes)),
        _ => {}
    }
    let headers = visible(stream, &stream.request)?;
    let header = |name: &str| headers.get(name).map(<[u8]>::to_vec);
    let path = headers.get(":path").unwrap_or_default();
    match field {
        b"path" => Some(path.to_vec()),
        b"url_path" => path.split(|byte| *byte == b'?').next().map(<[u8]>::to_vec),
        b"query" => path.splitn(2, |byte| *byte == b'?').nth(1).map(<[u8]>::to_vec),
        b"host" => header(":authority"),
        b"method" => header(":method"),
        b"scheme" => header(":scheme"),
        b"id" => header("x-request-id"),
        b"referer" => header("referer"),
        b"useragent" => header("user-agent"),
        b"total_size" => Some(integer(headers.byte_size() as u64 + stream.request.body_bytes)),
        b"headers" => match rest {
            Some(name) => headers.get(name).map(<[u8]>::to_vec),
            None => Some(codec::encode(headers)),
        },
        _ => None,
    }
}

fn response(stream: &Stream, field: &[u8], rest: Option<&[u8]>) -> Option<Vec<u8>> {
    if field == b"size" {
        return Some(integer(stream.response.body_bytes));
    }
    let headers = visible(stream, &stream.response)?;
    match field {
        b"code" => {
            let status = std::str::from_utf8(headers.get(":status")?).ok()?;
            status.parse().ok().map(integer)
        }
        b"total_size" => Some(integer(headers.byte_size() as u64 + stream.response.body_bytes)),
        b"headers" => match rest {
            Some(name) => headers.get(name).map(<[u8]>::to_vec),
            None => Some(codec::encode(headers)),
        },
        _ => None,
    }
}

fn visible<'a>(stream: &Stream, half: &'a Half) -> Option<&'a crate::headers::Headers> {
    (half.headers_open || stream.logging).then_some(&half.headers)
}

fn integer(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

fn text(value: &impl ToString) -> Vec<u8> {
    value.to_string().into_bytes()
}
