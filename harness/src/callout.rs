//! Calls of a guest to other services, as whoever drives a VM carries them out.
//!
//! After each callback [`Vm::take_callouts`](crate::Vm::take_callouts) has what the guest has asked for meanwhile; answers
//! go back through [`Vm::on_http_call_response`](crate::Vm::on_http_call_response) and its neighbours, never from inside a
//! host function.

use std::time::Duration;

use crate::headers::Headers;

/// Names a call of a guest in its VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalloutId(pub(crate) u32);

/// What a guest asks of another service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callout {
    /// `proxy_http_call`.
    Http(HttpCall),
    /// `proxy_grpc_call` and `proxy_grpc_stream`.
    Grpc(GrpcCall),
    /// `proxy_grpc_send`: one more message on a stream.
    GrpcMessage {
        /// The stream.
        id: CalloutId,
        /// The message, without framing.
        message: Vec<u8>,
        /// No more will come.
        end_of_stream: bool,
    },
    /// `proxy_grpc_cancel`, or `proxy_grpc_close` of a call: nothing more is wanted of it.
    GrpcCancel(CalloutId),
    /// `proxy_grpc_close` of a stream: no more messages will come.
    GrpcClose(CalloutId),
}

/// An HTTP request to another service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCall {
    /// Names the call.
    pub id: CalloutId,
    /// The service, by the name of its cluster.
    pub cluster: String,
    /// Headers, pseudo headers among them.
    pub headers: Headers,
    /// The body, possibly empty.
    pub body: Vec<u8>,
    /// Trailers, possibly none.
    pub trailers: Headers,
    /// After this long without a whole response, the call has failed.
    pub timeout: Duration,
}

/// A gRPC call to another service, or the beginning of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcCall {
    /// Names the call.
    pub id: CalloutId,
    /// The service's cluster.
    pub cluster: String,
    /// The gRPC service, such as `envoy.service.ratelimit.v3.RateLimitService`.
    pub service: String,
    /// The method.
    pub method: String,
    /// Initial metadata.
    pub metadata: Headers,
    /// The only message of a call; `None` begins a stream.
    pub message: Option<Vec<u8>>,
    /// After this long the call has failed; a stream has none.
    pub timeout: Option<Duration>,
}

/// What kind of answer a call of the guest may get. The lowest two bits of its id tell, as in Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalloutKind {
    Http = 0,
    GrpcCall = 1,
    GrpcStream = 2,
}

impl CalloutKind {
    /// The kind of the call that an id would name.
    pub(crate) const fn of(id: u32) -> Option<Self> {
        match id & 3 {
            0 => Some(Self::Http),
            1 => Some(Self::GrpcCall),
            2 => Some(Self::GrpcStream),
            _ => None,
        }
    }
}

/// What the guest can read during a callback about one of its calls.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    pub(crate) http_headers: Option<Headers>,
    pub(crate) http_trailers: Option<Headers>,
    pub(crate) http_body: Option<Vec<u8>>,
    pub(crate) initial_metadata: Option<Headers>,
    pub(crate) trailing_metadata: Option<Headers>,
    pub(crate) message: Option<Vec<u8>>,
}
