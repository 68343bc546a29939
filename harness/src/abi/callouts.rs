//! Calls to other services. They leave after the callback, and are answered in callbacks of their own.

use std::time::Duration;

use prost::Message;

use super::call::Call;
use super::status::{Answer, Failure, Status};
use super::well_known;
use crate::callout::{Callout, CalloutId, CalloutKind, GrpcCall, HttpCall};
use crate::headers::Headers;
use crate::log::LogLevel;

/// Most calls of one VM that are not answered yet.
const MAX_PENDING: usize = 10_000;
/// What a call has to say of itself.
const REQUIRED: [&str; 3] = [":method", ":path", ":authority"];

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn http_call(
    call: &mut Call<'_>,
    cluster: u32,
    cluster_len: u32,
    headers: u32,
    headers_len: u32,
    body: u32,
    body_len: u32,
    trailers: u32,
    trailers_len: u32,
    timeout: u32,
    out_id: u32,
) -> Answer {
    let cluster = call.read(cluster, cluster_len)?;
    let headers = call.read_pairs(headers, headers_len)?;
    let body = call.read(body, body_len)?;
    let trailers = call.read_pairs(trailers, trailers_len)?;
    let cluster =
        known_cluster(call, &cluster).ok_or_else(|| call.misuse(Status::BadArgument, "no such cluster"))?;
    if let Some(missing) = REQUIRED.iter().find(|name| headers.get(name).is_none()) {
        call.log(LogLevel::Error, &format!("the call has no {missing}"));
        return Err(call.misuse(
            Status::BadArgument,
            "the call has no :method, :path or :authority",
        ));
    }
    let Ok(timeout) = u64::try_from(timeout.cast_signed()) else {
        return Err(call.misuse(Status::BadArgument, "the timeout is below zero"));
    };
    let timeout = Duration::from_millis(timeout);
    let profile = call.profile();
    let mut headers = headers;
    if profile.names_in_lower_case {
        headers.lower_case_names();
    }
    let mut headers = well_known::map_of(headers, &profile);
    if profile.failed_calls_have_responses && !body.is_empty() {
        headers.set("content-length", body.len().to_string());
    }
    begin(call, out_id, CalloutKind::Http, |id| {
        Callout::Http(HttpCall {
            id,
            cluster,
            headers,
            body,
            trailers,
            timeout,
        })
    })
}

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn grpc_call(
    call: &mut Call<'_>,
    upstream: u32,
    upstream_len: u32,
    service: u32,
    service_len: u32,
    method: u32,
    method_len: u32,
    metadata: u32,
    metadata_len: u32,
    message: u32,
    message_len: u32,
    timeout: u32,
    out_id: u32,
) -> Answer {
    call.offered(call.profile().grpc_is_offered)?;
    let (cluster, service, method, metadata) = grpc_target(
        call,
        (upstream, upstream_len),
        (service, service_len),
        (method, method_len),
        (metadata, metadata_len),
    )?;
    let message = Some(call.read(message, message_len)?);
    let timeout = Some(Duration::from_millis(timeout.into()));
    begin(call, out_id, CalloutKind::GrpcCall, |id| {
        Callout::Grpc(GrpcCall {
            id,
            cluster,
            service,
            method,
            metadata,
            message,
            timeout,
        })
    })
}

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn grpc_stream(
    call: &mut Call<'_>,
    upstream: u32,
    upstream_len: u32,
    service: u32,
    service_len: u32,
    method: u32,
    method_len: u32,
    metadata: u32,
    metadata_len: u32,
    out_id: u32,
) -> Answer {
    call.offered(call.profile().grpc_is_offered)?;
    let (cluster, service, method, metadata) = grpc_target(
        call,
        (upstream, upstream_len),
        (service, service_len),
        (method, method_len),
        (metadata, metadata_len),
    )?;
    begin(call, out_id, CalloutKind::GrpcStream, |id| {
        Callout::Grpc(GrpcCall {
            id,
            cluster,
            service,
            method,
            metadata,
            message: None,
            timeout: None,
        })
    })
}

pub(crate) fn grpc_send(call: &mut Call<'_>, id: u32, message: u32, len: u32, end_of_stream: u32) -> Answer {
    call.offered(call.profile().grpc_is_offered)?;
    let message = call.read(message, len)?;
    match call.state().callouts.pending.get(&id) {
        Some(CalloutKind::GrpcStream) => {}
        None if CalloutKind::of(id) == Some(CalloutKind::GrpcStream) => return Err(Status::NotFound.into()),
        _ => return Err(Status::BadArgument.into()),
    }
    if call.state().callouts.outbox.len() >= MAX_PENDING {
        call.log(LogLevel::Error, "too many messages in one callback");
        return Err(Status::InternalFailure.into());
    }
    let id = CalloutId(id);
    let end_of_stream = end_of_stream != 0;
    call.state().ask(Callout::GrpcMessage {
        id,
        message,
        end_of_stream,
    });
    Ok(())
}

/// Nothing more is sent, and nothing more is told.
pub(crate) fn grpc_cancel(call: &mut Call<'_>, id: u32) -> Answer {
    call.offered(call.profile().grpc_is_offered)?;
    grpc_kind(call, id)?;
    let state = call.state();
    state.callouts.pending.remove(&id);
    state.ask(Callout::GrpcCancel(CalloutId(id)));
    Ok(())
}

/// A call is cancelled; a stream sends no more, and still gets what comes.
pub(crate) fn grpc_close(call: &mut Call<'_>, id: u32) -> Answer {
    call.offered(call.profile().grpc_is_offered)?;
    if grpc_kind(call, id)? == CalloutKind::GrpcCall {
        return grpc_cancel(call, id);
    }
    call.state().ask(Callout::GrpcClose(CalloutId(id)));
    Ok(())
}

pub(crate) fn get_status(call: &mut Call<'_>, out_status: u32, out: u32, out_len: u32) -> Answer {
    call.offered(call.profile().grpc_is_offered)?;
    let (status, message) = call.state().callouts.status.clone();
    call.write_u32(out_status, status)?;
    call.give(out, out_len, &message)
}

fn grpc_kind(call: &mut Call<'_>, id: u32) -> Answer<CalloutKind> {
    match call.state().callouts.pending.get(&id) {
        Some(CalloutKind::Http) => Err(Status::BadArgument.into()),
        Some(kind) => Ok(*kind),
        None if matches!(CalloutKind::of(id), None | Some(CalloutKind::Http)) => {
            Err(Status::BadArgument.into())
        }
        None => Err(Status::NotFound.into()),
    }
}

/// Where a gRPC call goes: cluster, service, method and initial metadata.
fn grpc_target(
    call: &mut Call<'_>,
    upstream: (u32, u32),
    service: (u32, u32),
    method: (u32, u32),
    metadata: (u32, u32),
) -> Answer<(String, String, String, Headers)> {
    let upstream = call.read(upstream.0, upstream.1)?;
    let service = call.read(service.0, service.1)?;
    let method = call.read(method.0, method.1)?;
    let metadata = call.read_pairs(metadata.0, metadata.1)?;
    let named = GrpcService::decode(upstream.as_slice())
        .ok()
        .and_then(|service| service.envoy_grpc)
        .map(|envoy| envoy.cluster_name.into_bytes());
    let cluster = named.unwrap_or(upstream);
    let cluster = known_cluster(call, &cluster).ok_or(Status::ParseFailure)?;
    Ok((cluster, text(&service), text(&method), metadata))
}

fn known_cluster(call: &mut Call<'_>, name: &[u8]) -> Option<String> {
    let known = std::str::from_utf8(name)
        .ok()
        .filter(|name| call.state().ports.clusters.contains(*name))
        .map(str::to_owned);
    if known.is_none() {
        let clusters = call.state().ports.clusters.clone();
        let clusters = clusters.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        call.log(
            LogLevel::Error,
            &format!(
                "cluster \"{}\" is unknown; the host has {}",
                name.escape_ascii(),
                if clusters.is_empty() { "none" } else { &clusters }
            ),
        );
    }
    known
}

fn begin(
    call: &mut Call<'_>,
    out_id: u32,
    kind: CalloutKind,
    callout: impl FnOnce(CalloutId) -> Callout,
) -> Answer {
    let callouts = &mut call.state().callouts;
    if callouts.pending.len() >= MAX_PENDING {
        call.log(
            LogLevel::Error,
            &format!("{MAX_PENDING} calls of this VM are under way already"),
        );
        return Err(Failure::Status(Status::InternalFailure));
    }
    let id = (1..)
        .map(|step: u32| callouts.last_id.wrapping_add(step << 2) & !3 | kind as u32)
        .find(|id| *id > 3 && !callouts.pending.contains_key(id))
        .unwrap_or_default();
    callouts.last_id = id & !3;
    callouts.pending.insert(id, kind);
    call.state().ask(callout(CalloutId(id)));
    call.write_u32(out_id, id)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The part of `envoy.config.core.v3.GrpcService` that names a cluster.
#[derive(Clone, PartialEq, Eq, prost::Message)]
struct GrpcService {
    #[prost(message, optional, tag = "1")]
    envoy_grpc: Option<EnvoyGrpc>,
}

/// The part of `envoy.config.core.v3.GrpcService.EnvoyGrpc` that names a cluster.
#[derive(Clone, PartialEq, Eq, prost::Message)]
struct EnvoyGrpc {
    #[prost(string, tag = "1")]
    cluster_name: String,
}
