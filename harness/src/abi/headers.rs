//! Header maps. Which of them exist depends on the callback; see [`Half`](crate::stream::Half).

use super::call::{Call, size};
use super::codec;
use super::status::{Answer, MapId, Status};
use crate::headers::Headers;
use crate::vm::VmState;

pub(crate) fn get_map_size(call: &mut Call<'_>, map: u32, out_size: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let bytes = readable(call.state(), map)
        .ok_or(Status::BadArgument)?
        .byte_size();
    call.write_u32(out_size, size(bytes))
}

/// A map that does not exist now is no error here: the guest gets an empty one.
pub(crate) fn get_map_pairs(call: &mut Call<'_>, map: u32, out: u32, out_len: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let pairs = readable(call.state(), map).map(codec::encode).unwrap_or_default();
    call.give(out, out_len, &pairs)
}

pub(crate) fn set_map_pairs(call: &mut Call<'_>, map: u32, pairs: u32, len: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let pairs = call.read(pairs, len)?;
    *writable(call.state(), map)? = codec::decode(&pairs);
    Ok(())
}

pub(crate) fn get_map_value(
    call: &mut Call<'_>,
    map: u32,
    key: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
) -> Answer {
    let map = MapId::try_from(map)?;
    let key = call.read(key, key_len)?;
    let headers = readable(call.state(), map).ok_or(Status::BadArgument)?;
    let value = headers.get(key).ok_or(Status::NotFound)?.to_vec();
    call.give(out, out_len, &value)
}

pub(crate) fn add_map_value(
    call: &mut Call<'_>,
    map: u32,
    key: u32,
    key_len: u32,
    value: u32,
    value_len: u32,
) -> Answer {
    let map = MapId::try_from(map)?;
    let (key, value) = (call.read(key, key_len)?, call.read(value, value_len)?);
    writable(call.state(), map)?.append(key, value);
    Ok(())
}

pub(crate) fn replace_map_value(
    call: &mut Call<'_>,
    map: u32,
    key: u32,
    key_len: u32,
    value: u32,
    value_len: u32,
) -> Answer {
    let map = MapId::try_from(map)?;
    let (key, value) = (call.read(key, key_len)?, call.read(value, value_len)?);
    writable(call.state(), map)?.set(key, value);
    Ok(())
}

pub(crate) fn remove_map_value(call: &mut Call<'_>, map: u32, key: u32, key_len: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let key = call.read(key, key_len)?;
    writable(call.state(), map)?.remove(key);
    Ok(())
}

fn readable(state: &mut VmState, map: MapId) -> Option<&Headers> {
    let stream = state.stream()?;
    let logging = stream.logging;
    let (open, headers) = slot(stream, map)?;
    (open || logging).then_some(headers)
}

fn writable(state: &mut VmState, map: MapId) -> Answer<&mut Headers> {
    let stream = state.stream().ok_or(Status::BadArgument)?;
    match slot(stream, map) {
        Some((true, headers)) => Ok(headers),
        _ => Err(Status::BadArgument.into()),
    }
}

fn slot(stream: &mut crate::stream::Stream, map: MapId) -> Option<(bool, &mut Headers)> {
    let (request, response) = (&mut stream.request, &mut stream.response);
    match map {
        MapId::RequestHeaders => Some((request.headers_open, &mut request.headers)),
        MapId::RequestTrailers => Some((request.trailers_open, &mut request.trailers)),
        MapId::ResponseHeaders => Some((response.headers_open, &mut response.headers)),
        MapId::ResponseTrailers => Some((response.trailers_open, &mut response.trailers)),
        MapId::Callout => None,
    }
}
