//! Calls to other services. This host knows no cluster yet, so each call is refused, and the log says so.

use super::call::Call;
use super::status::{Answer, Status};
use crate::log::LogLevel;

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn http_call(
    call: &mut Call<'_>,
    cluster: u32,
    cluster_len: u32,
    _headers: u32,
    _headers_len: u32,
    _body: u32,
    _body_len: u32,
    _trailers: u32,
    _trailers_len: u32,
    _timeout: u32,
    _out_id: u32,
) -> Answer {
    unknown_cluster(call, cluster, cluster_len)
}

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn grpc_call(
    call: &mut Call<'_>,
    cluster: u32,
    cluster_len: u32,
    _service: u32,
    _service_len: u32,
    _method: u32,
    _method_len: u32,
    _metadata: u32,
    _metadata_len: u32,
    _message: u32,
    _message_len: u32,
    _timeout: u32,
    _out_id: u32,
) -> Answer {
    unknown_cluster(call, cluster, cluster_len)
}

#[expect(clippy::too_many_arguments, reason = "the ABI has this many")]
pub(crate) fn grpc_stream(
    call: &mut Call<'_>,
    cluster: u32,
    cluster_len: u32,
    _service: u32,
    _service_len: u32,
    _method: u32,
    _method_len: u32,
    _metadata: u32,
    _metadata_len: u32,
    _out_id: u32,
) -> Answer {
    unknown_cluster(call, cluster, cluster_len)
}

/// No call can be under way, so no id is right.
pub(crate) fn grpc_send(_: &mut Call<'_>, _id: u32, _message: u32, _len: u32, _end_of_stream: u32) -> Answer {
    Err(Status::BadArgument.into())
}

pub(crate) fn grpc_cancel(_: &mut Call<'_>, _id: u32) -> Answer {
    Err(Status::BadArgument.into())
}

pub(crate) fn grpc_close(_: &mut Call<'_>, _id: u32) -> Answer {
    Err(Status::BadArgument.into())
}

/// The status of the last callout: none was made.
pub(crate) fn get_status(call: &mut Call<'_>, out_status: u32, out: u32, out_len: u32) -> Answer {
    call.write_u32(out_status, 0)?;
    call.give(out, out_len, &[])
}

/// This host offers no foreign function.
pub(crate) fn call_foreign_function(
    call: &mut Call<'_>,
    name: u32,
    name_len: u32,
    _arguments: u32,
    _arguments_len: u32,
    _out: u32,
    _out_len: u32,
) -> Answer {
    let name = call.read(name, name_len)?;
    call.log(
        LogLevel::Warn,
        &format!("this host has no function \"{}\"", name.escape_ascii()),
    );
    Err(Status::NotFound.into())
}

fn unknown_cluster(call: &mut Call<'_>, cluster: u32, len: u32) -> Answer {
    let cluster = call.read(cluster, len)?;
    call.log(
        LogLevel::Error,
        &format!(
            "cluster \"{}\" is unknown: this host does not carry out calls yet",
            cluster.escape_ascii()
        ),
    );
    Err(Status::BadArgument.into())
}
