//! Envoy's foreign functions, as far as they do not need Envoy itself.
//!
//! `expr_create`, `expr_evaluate` and `expr_delete` (CEL) are not offered.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use prost::Message;

use super::call::Call;
use super::status::{Answer, Failure, Status};
use crate::log::LogLevel;

/// Most bytes that `uncompress` makes.
const MAX_UNCOMPRESSED: u64 = 16 << 20;

pub(crate) fn call_foreign_function(
    call: &mut Call<'_>,
    name: u32,
    name_len: u32,
    arguments: u32,
    arguments_len: u32,
    out: u32,
    out_len: u32,
) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let name = call.read(name, name_len)?;
    let arguments = call.read(arguments, arguments_len)?;
    let result = match name.as_slice() {
        b"compress" => compress(&arguments)?,
        b"uncompress" => uncompress(&arguments)?,
        b"set_envoy_filter_state" => set_filter_state(call, &arguments)?,
        // What has no type is read as it was written.
        b"declare_property" => declare_property(call, &arguments)?,
        b"clear_route_cache" => {
            clear_route_cache(call)?;
            Vec::new()
        }
        _ => {
            let message = format!("this host has no function \"{}\"", name.escape_ascii());
            call.log(LogLevel::Warn, &message);
            return Err(Status::NotFound.into());
        }
    };
    // Where nothing is to be returned, a guest may name no place for it.
    if out == 0 && out_len == 0 && result.is_empty() {
        return Ok(());
    }
    call.give(out, out_len, &result)
}

/// There are no routes here, so there is nothing to forget.
pub(crate) fn clear_route_cache(call: &mut Call<'_>) -> Answer {
    let taken = call.profile().acts_without_stream_are_taken;
    match call.state().stream() {
        None if !taken => Err(Status::BadArgument.into()),
        _ => Ok(()),
    }
}

fn compress(bytes: &[u8]) -> Answer<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|_| Failure::Status(Status::InternalFailure))
}

fn uncompress(bytes: &[u8]) -> Answer<Vec<u8>> {
    let mut plain = Vec::new();
    let read = ZlibDecoder::new(bytes)
        .take(MAX_UNCOMPRESSED + 1)
        .read_to_end(&mut plain);
    match read {
        Ok(_) if plain.len() as u64 <= MAX_UNCOMPRESSED => Ok(plain),
        Ok(_) => Err(Status::InternalFailure.into()),
        Err(_) => Err(Status::SerializationFailure.into()),
    }
}

/// A property is declared once. How it is then kept makes no difference here.
fn declare_property(call: &mut Call<'_>, arguments: &[u8]) -> Answer<Vec<u8>> {
    let declared = DeclareProperty::decode(arguments).map_err(|_| Status::BadArgument)?;
    if call.state().declared.insert(declared.name) {
        Ok(Vec::new())
    } else {
        Err(Status::BadArgument.into())
    }
}

/// Sets filter state under a name of Envoy's own, without the prefix of what guests set.
fn set_filter_state(call: &mut Call<'_>, arguments: &[u8]) -> Answer<Vec<u8>> {
    let arguments = SetEnvoyFilterState::decode(arguments).map_err(|_| Status::BadArgument)?;
    if !arguments.path.starts_with("envoy.") {
        return Err(Status::NotFound.into());
    }
    let stream = call.state().stream().ok_or(Status::NotFound)?;
    let path = [b"filter_state\0", arguments.path.as_bytes()].concat();
    stream.filter_state.insert(path, arguments.value.into_bytes());
    Ok(Vec::new())
}

/// The part of `envoy.source.extensions.common.wasm.DeclarePropertyArguments` that names a property.
#[derive(Clone, PartialEq, Eq, prost::Message)]
struct DeclareProperty {
    #[prost(string, tag = "1")]
    name: String,
}

/// `envoy.source.extensions.common.wasm.SetEnvoyFilterStateArguments`, without the life span.
#[derive(Clone, PartialEq, Eq, prost::Message)]
struct SetEnvoyFilterState {
    #[prost(string, tag = "1")]
    path: String,
    #[prost(string, tag = "2")]
    value: String,
}
