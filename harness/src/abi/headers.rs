//! Header maps. Which of them exist depends on the callback; see [`Half`](crate::stream::Half).

use super::call::{Call, size};
use super::codec;
use super::status::{Answer, MapId, Status};
use super::well_known;
use crate::headers::Headers;
use crate::module::AbiVersion;
use crate::stream::Half;
use crate::vm::VmState;

pub(crate) fn get_map_size(call: &mut Call<'_>, map: u32, out_size: u32) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let map = MapId::try_from(map)?;
    // Envoy looks at the map that could be written.
    let bytes = if call.profile().maps_in_log_have_no_size {
        writable(call, map)?.byte_size()
    } else {
        readable(call.state(), map)
            .ok_or(Status::BadArgument)?
            .byte_size()
    };
    call.write_u32(out_size, size(bytes))
}

pub(crate) fn get_map_pairs(call: &mut Call<'_>, map: u32, out: u32, out_len: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let missing_is_empty = call.profile().missing_map_has_no_pairs;
    let pairs = readable(call.state(), map).map(codec::encode);
    match pairs {
        Some(pairs) => call.give(out, out_len, &pairs),
        None if missing_is_empty => call.give(out, out_len, &[]),
        None => Err(Status::BadArgument.into()),
    }
}

pub(crate) fn set_map_pairs(call: &mut Call<'_>, map: u32, pairs: u32, len: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let mut pairs = call.read_pairs(pairs, len)?;
    if call.profile().names_in_lower_case {
        pairs.lower_case_names();
    }
    let profile = call.profile();
    let pairs = well_known::map_of(pairs, &profile);
    *writable(call, map)? = pairs;
    Ok(())
}

/// In ABI 0.1.0 a header that is missing is an empty one.
pub(crate) fn get_map_value(
    call: &mut Call<'_>,
    map: u32,
    key: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
) -> Answer {
    let map = MapId::try_from(map)?;
    let profile = call.profile();
    let key = well_known::name_of(call.read(key, key_len)?, &profile);
    call.state().note_asked(&key);
    let missing_is_empty = call.state().abi == AbiVersion::V0_1_0;
    let none = Headers::new();
    let state = call.state();
    let is_logged = profile.missing_map_has_no_pairs && state.stream().is_some_and(|stream| stream.logging);
    let headers = readable(state, map)
        .or(is_logged.then_some(&none))
        .ok_or(Status::BadArgument)?;
    let value = if profile.first_value_only {
        headers.get(&key).map(<[u8]>::to_vec)
    } else {
        let values: Vec<&[u8]> = headers.get_all(&key).collect();
        (!values.is_empty()).then(|| values.join(&b", "[..]))
    };
    match value {
        Some(value) => call.give(out, out_len, &value),
        None if missing_is_empty => call.give(out, out_len, &[]),
        None => Err(Status::NotFound.into()),
    }
}

pub(crate) fn add_map_value(
    call: &mut Call<'_>,
    map: u32,
    key: u32,
    key_len: u32,
    value: u32,
    value_len: u32,
) -> Answer {
    let (map, key, value) = field(call, map, (key, key_len), (value, value_len))?;
    let profile = call.profile();
    well_known::add(writable(call, map)?, &key, &value, &profile);
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
    let (map, key, value) = field(call, map, (key, key_len), (value, value_len))?;
    let pseudo_in_front = call.profile().well_known_fields_are_joined;
    let headers = writable(call, map)?;
    headers.remove(&key);
    if pseudo_in_front {
        headers.insert(key, value);
    } else {
        headers.append(key, value);
    }
    Ok(())
}

pub(crate) fn remove_map_value(call: &mut Call<'_>, map: u32, key: u32, key_len: u32) -> Answer {
    let map = MapId::try_from(map)?;
    let profile = call.profile();
    let key = well_known::name_of(call.read(key, key_len)?, &profile);
    writable(call, map)?.remove(key);
    Ok(())
}

fn field(
    call: &mut Call<'_>,
    map: u32,
    (key, key_len): (u32, u32),
    (value, value_len): (u32, u32),
) -> Answer<(MapId, Vec<u8>, Vec<u8>)> {
    let map = MapId::try_from(map)?;
    let (mut key, value) = (call.read(key, key_len)?, call.read(value, value_len)?);
    let profile = call.profile();
    if profile.names_in_lower_case {
        key.make_ascii_lowercase();
    }
    Ok((map, well_known::name_of(key, &profile), value))
}

fn readable(state: &mut VmState, map: MapId) -> Option<&Headers> {
    let delivered = &state.callouts.delivered;
    match map {
        MapId::GrpcInitialMetadata => return delivered.initial_metadata.as_ref(),
        MapId::GrpcTrailingMetadata => return delivered.trailing_metadata.as_ref(),
        MapId::HttpCallHeaders => return delivered.http_headers.as_ref(),
        MapId::HttpCallTrailers => return delivered.http_trailers.as_ref(),
        _ => {}
    }
    let stream = state.streams.get_mut(&state.current)?;
    let logging = stream.logging;
    let log_has = map != MapId::RequestTrailers || !state.ports.profile.maps_in_log_have_no_size;
    let (open, headers) = slot(&mut stream.request, &mut stream.response, map)?;
    (if logging { log_has } else { open }).then_some(headers)
}

fn writable<'a>(call: &'a mut Call<'_>, map: MapId) -> Answer<&'a mut Headers> {
    let unavailable = call.misuse(Status::BadArgument, "this map cannot be written now");
    if call.profile().trailers_can_be_added {
        add_trailers(call, map);
    }
    let stream = call.state().stream();
    match stream.and_then(|stream| slot(&mut stream.request, &mut stream.response, map)) {
        Some((true, headers)) => Ok(headers),
        _ => Err(unavailable),
    }
}

/// Creates trailers of a message that has none, in the callback for the end of its body.
fn add_trailers(call: &mut Call<'_>, map: MapId) {
    let Some(stream) = call.state().stream() else {
        return;
    };
    let half = match map {
        MapId::RequestTrailers => &mut stream.request,
        MapId::ResponseTrailers => &mut stream.response,
        _ => return,
    };
    if half.ended && half.body_open && !half.trailers_open {
        half.trailers_open = true;
        half.trailers_added = true;
    }
}

/// Whether the map of a stream exists now, and what is in it.
fn slot<'a>(request: &'a mut Half, response: &'a mut Half, map: MapId) -> Option<(bool, &'a mut Headers)> {
    match map {
        MapId::RequestHeaders => Some((request.headers_open, &mut request.headers)),
        MapId::RequestTrailers => Some((request.trailers_open, &mut request.trailers)),
        MapId::ResponseHeaders => Some((response.headers_open, &mut response.headers)),
        MapId::ResponseTrailers => Some((response.trailers_open, &mut response.trailers)),
        _ => None,
    }
}
