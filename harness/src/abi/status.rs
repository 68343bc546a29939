//! What a host function answers.

use crate::headers::Headers;

/// A `proxy_status_t` that this host may hand to a guest.
///
/// Only the values that the Rust SDK's enum knows: any other would be undefined behaviour in a Rust guest. Where Envoy
/// answers `InvalidMemoryAccess` (6), this host ends the guest with a trap instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Status {
    /// Done.
    Ok = 0,
    /// No such key, header, metric, queue or property.
    NotFound = 1,
    /// An argument out of range, or a map or buffer that is not there now.
    BadArgument = 2,
    /// Something that cannot be handed over as bytes.
    SerializationFailure = 3,
    /// A message from the guest cannot be parsed, or names nothing that is known.
    ParseFailure = 4,
    /// The queue holds nothing.
    Empty = 7,
    /// The value has changed since the version that was named.
    CasMismatch = 8,
    /// A bound of this host is reached; the log says which.
    InternalFailure = 10,
}

/// Why a host function did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The guest gets to know, and goes on.
    Status(Status),
    /// The guest is ended.
    Trap(wasmtime::Error),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}

/// The outcome of a host function: `Ok(())` becomes status 0.
pub(crate) type Answer<T = ()> = Result<T, Failure>;

/// A header map id of the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapId {
    RequestHeaders,
    RequestTrailers,
    ResponseHeaders,
    ResponseTrailers,
    GrpcInitialMetadata,
    GrpcTrailingMetadata,
    HttpCallHeaders,
    HttpCallTrailers,
}

impl TryFrom<u32> for MapId {
    type Error = Failure;

    fn try_from(id: u32) -> Answer<Self> {
        Ok(match id {
            0 => Self::RequestHeaders,
            1 => Self::RequestTrailers,
            2 => Self::ResponseHeaders,
            3 => Self::ResponseTrailers,
            4 => Self::GrpcInitialMetadata,
            5 => Self::GrpcTrailingMetadata,
            6 => Self::HttpCallHeaders,
            7 => Self::HttpCallTrailers,
            _ => return Err(Status::BadArgument.into()),
        })
    }
}

/// A direction of an exchange or a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client (downstream) to the origin (upstream).
    Request,
    /// From the origin (upstream) to the client (downstream).
    Response,
}

/// A reply that the guest has asked for with `proxy_send_local_response`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply {
    /// HTTP status code.
    pub status: u16,
    /// Headers that the guest gave, without `:status`.
    pub headers: Headers,
    /// Body, possibly empty.
    pub body: Vec<u8>,
    /// Status of gRPC, for a client that speaks it; one that goes with `status` unless the guest has given one.
    pub grpc_status: Option<u32>,
    /// The guest's own word on why (Envoy's response code details).
    pub details: String,
}
