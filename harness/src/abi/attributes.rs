//! What properties there are: Envoy's attributes of a request, its connection and the plugin.

use std::net::SocketAddr;

use super::codec;
use crate::clock::nanoseconds;
use crate::headers::Headers;
use crate::message::grpc_status_of;
use crate::profile::Profile;
use crate::stream::{Half, Stream};
use crate::vm::VmState;

/// The value of an attribute, before it is written as the profile has it.
enum Value {
    Bytes(Vec<u8>),
    Number(u64),
    Flag(bool),
}

impl Value {
    fn text(text: &impl ToString) -> Self {
        Self::Bytes(text.to_string().into_bytes())
    }

    fn into_bytes(self, profile: &Profile) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Number(number) if profile.properties_are_binary => number.to_le_bytes().to_vec(),
            Self::Number(number) => number.to_string().into_bytes(),
            Self::Flag(flag) if profile.properties_are_binary => vec![flag.into()],
            Self::Flag(flag) => flag.to_string().into_bytes(),
        }
    }
}

/// The value at a path, whose segments are joined by NUL bytes.
pub(super) fn find(state: &mut VmState, path: &[u8]) -> Option<Vec<u8>> {
    let profile = *state.profile();
    if let Some(value) = attribute(state, &profile, path) {
        return Some(value.into_bytes(&profile));
    }
    // Whatever is no attribute may be something that the guest has set itself.
    let set = &state.stream()?.filter_state;
    let below = path.strip_prefix(b"filter_state\0wasm.");
    if profile.set_properties_are_filter_state && below.unwrap_or(path).contains(&0) {
        // What `set_envoy_filter_state` has set is kept under its whole path.
        return set
            .get(path)
            .filter(|_| path.starts_with(b"filter_state\0envoy."))
            .cloned();
    }
    set.get(
        below
            .filter(|_| profile.set_properties_are_filter_state)
            .unwrap_or(path),
    )
    .cloned()
}

fn attribute(state: &mut VmState, profile: &Profile, path: &[u8]) -> Option<Value> {
    let plugin = &state.ports.plugin;
    match path {
        b"plugin_name" => return Some(Value::text(&plugin.name)),
        b"plugin_root_id" => return Some(Value::text(&plugin.root_id)),
        b"plugin_vm_id" => return Some(Value::text(&plugin.vm_id)),
        _ => {}
    }
    let now = state.ports.clock.now();
    let stream = state.stream()?;
    let mut segments = path.splitn(3, |byte| *byte == 0);
    let (root, field, rest) = (segments.next()?, segments.next(), segments.next());
    let info = &stream.info;
    match (root, field, rest) {
        (b"request", Some(b"duration"), None) if stream.over => {
            Some(Value::Number(nanoseconds(now.saturating_sub(stream.started))))
        }
        (b"request", Some(field), rest) => request(stream, field, rest),
        (b"response", Some(field), rest) => response(stream, field, rest),
        (b"source", Some(b"address"), None) => Some(address(info.source, profile)),
        (b"source", Some(b"port"), None) => Some(Value::Number(info.source.port().into())),
        (b"destination", Some(b"address"), None) => Some(address(info.destination, profile)),
        (b"destination", Some(b"port"), None) => Some(Value::Number(info.destination.port().into())),
        (b"connection", Some(b"id"), None) | (b"connection_id", None, None) => {
            Some(Value::Number(info.connection_id))
        }
        (b"connection", Some(b"mtls"), None) => Some(Value::Flag(false)),
        (b"connection", Some(b"requested_server_name"), None) => Some(Value::Bytes(Vec::new())),
        _ => None,
    }
}

fn address(address: SocketAddr, profile: &Profile) -> Value {
    if profile.addresses_have_ports {
        Value::text(&address)
    } else {
        Value::text(&address.ip())
    }
}

/// Attributes that come from headers exist as long as the headers do.
fn request(stream: &Stream, field: &[u8], rest: Option<&[u8]>) -> Option<Value> {
    if rest.is_some() && field != b"headers" {
        return None;
    }
    let sum = |headers: usize| Some(Value::Number(headers as u64 + stream.request.body_bytes));
    match field {
        b"protocol" => return Some(Value::text(&stream.info.protocol)),
        b"time" => return Some(Value::Number(nanoseconds(stream.started))),
        b"size" => return Some(Value::Number(stream.request.body_bytes)),
        b"total_size" => return sum(visible(stream, &stream.request).map_or(0, Headers::byte_size)),
        b"headers" => return header_or_all(visible(stream, &stream.request), rest),
        _ => {}
    }
    let headers = visible(stream, &stream.request)?;
    let path = headers.get(":path").unwrap_or_default();
    match field {
        b"path" => Some(Value::Bytes(path.to_vec())),
        b"url_path" => path.split(|byte| *byte == b'?').next().map(bytes),
        b"query" => path.splitn(2, |byte| *byte == b'?').nth(1).map(bytes),
        b"host" => headers.get(":authority").map(bytes),
        b"method" => headers.get(":method").map(bytes),
        b"scheme" => headers.get(":scheme").map(bytes),
        b"id" => headers.get("x-request-id").map(bytes),
        b"referer" => headers.get("referer").map(bytes),
        b"useragent" => headers.get("user-agent").map(bytes),
        _ => None,
    }
}

fn response(stream: &Stream, field: &[u8], rest: Option<&[u8]>) -> Option<Value> {
    if rest.is_some() && !matches!(field, b"headers" | b"trailers") {
        return None;
    }
    let half = &stream.response;
    let headers = visible(stream, half);
    let trailers = Some(&half.trailers).filter(|_| half.trailers_open || stream.logging);
    let sum = |headers: usize| Some(Value::Number(headers as u64 + half.body_bytes));
    match field {
        b"size" => sum(0),
        b"total_size" => sum(headers.map_or(0, Headers::byte_size) + trailers.map_or(0, Headers::byte_size)),
        b"code" => stream.code.map(Value::Number),
        b"grpc_status" => {
            let told = [&half.trailers, &half.headers]
                .into_iter()
                .find_map(|fields| fields.get("grpc-status"));
            let told = told.and_then(|told| std::str::from_utf8(told).ok()?.parse().ok());
            let code = stream.code?;
            Some(Value::Number(told.unwrap_or_else(|| grpc_status_of(code).into())))
        }
        b"code_details" => stream.details.as_ref().map(Value::text),
        b"flags" => Some(Value::Number(stream.flags)),
        b"headers" => header_or_all(headers, rest),
        b"trailers" => header_or_all(trailers, rest),
        _ => None,
    }
}

/// The values of a field, or each field of a map once: of repeated ones, the values are joined with commas.
fn header_or_all(headers: Option<&Headers>, name: Option<&[u8]>) -> Option<Value> {
    let joined = |name: &[u8]| {
        let values: Vec<&[u8]> = headers?.get_all(name).collect();
        (!values.is_empty()).then(|| values.join(&b","[..]))
    };
    if let Some(name) = name {
        return joined(name).map(Value::Bytes);
    }
    let mut all = Headers::new();
    for (name, _) in headers.into_iter().flat_map(Headers::iter) {
        if all.get(name).is_none() {
            all.append(name, joined(name).unwrap_or_default());
        }
    }
    Some(Value::Bytes(if all.is_empty() {
        vec![0; 4]
    } else {
        codec::encode(&all)
    }))
}

fn visible<'a>(stream: &Stream, half: &'a Half) -> Option<&'a Headers> {
    (half.headers_open || stream.logging).then_some(&half.headers)
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}
