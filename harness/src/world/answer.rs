//! What fakes answer, and when.

use std::time::Duration;

use crate::headers::Headers;
use crate::message::Response;

/// gRPC status codes that hosts give of their own.
pub(crate) mod grpc {
    /// Success.
    pub(crate) const OK: u32 = 0;
    /// The time of a call is over.
    pub(crate) const DEADLINE_EXCEEDED: u32 = 4;
    /// The service cannot be reached.
    pub(crate) const UNAVAILABLE: u32 = 14;
}

/// What an HTTP service does with a request: the origin, or one that the filter calls.
///
/// ```
/// use std::time::Duration;
/// use levee_harness::{Answer, Response};
///
/// let slow = Answer::from(Response::new(200).body("yes")).after(Duration::from_millis(300));
/// let down = Answer::unreachable();
/// # let _ = (slow, down);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub(crate) after: Duration,
    pub(crate) what: Reaction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    Response(Response),
    Unreachable,
    NoHealthyHost,
    Reset,
    Never,
}

impl Answer {
    const fn of(what: Reaction) -> Self {
        Self {
            after: Duration::ZERO,
            what,
        }
    }

    /// The connection is refused.
    #[must_use]
    pub const fn unreachable() -> Self {
        Self::of(Reaction::Unreachable)
    }

    /// The proxy knows no host of the service that is well.
    #[must_use]
    pub const fn no_healthy_host() -> Self {
        Self::of(Reaction::NoHealthyHost)
    }

    /// The connection is cut off before a response.
    #[must_use]
    pub const fn reset() -> Self {
        Self::of(Reaction::Reset)
    }

    /// Nothing ever comes: the caller's time runs out.
    #[must_use]
    pub const fn never() -> Self {
        Self::of(Reaction::Never)
    }

    /// The same, so much later.
    #[must_use]
    pub const fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::of(Reaction::Response(response))
    }
}

/// What a gRPC service does with a message.
///
/// ```
/// use levee_harness::GrpcAnswer;
///
/// let answer = GrpcAnswer::message(b"\x08\x01").trailing("x-cost", "3");
/// let busy = GrpcAnswer::status(8, "too many");
/// # let _ = (answer, busy);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrpcAnswer {
    pub(crate) after: Duration,
    pub(crate) never: bool,
    pub(crate) initial: Headers,
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) trailing: Headers,
    /// `None` leaves a stream open.
    pub(crate) status: Option<(u32, String)>,
}

impl GrpcAnswer {
    /// One message. A call is then answered; a stream stays open.
    #[must_use]
    pub fn message(message: impl AsRef<[u8]>) -> Self {
        Self {
            after: Duration::ZERO,
            never: false,
            initial: Headers::new(),
            messages: vec![message.as_ref().to_vec()],
            trailing: Headers::new(),
            status: None,
        }
    }

    /// The end, with a status of gRPC.
    #[must_use]
    pub fn status(code: u32, message: &str) -> Self {
        Self {
            messages: Vec::new(),
            status: Some((code, message.to_owned())),
            ..Self::message("")
        }
    }

    /// The service cannot be reached.
    #[must_use]
    pub fn unreachable() -> Self {
        Self::status(
            grpc::UNAVAILABLE,
            "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure\
             {upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}}",
        )
    }

    /// Nothing ever comes: the caller's time runs out. A stream waits for ever.
    #[must_use]
    pub fn never() -> Self {
        Self {
            messages: Vec::new(),
            never: true,
            ..Self::message("")
        }
    }

    /// One more message, for a stream.
    #[must_use]
    pub fn and_message(mut self, message: impl AsRef<[u8]>) -> Self {
        self.messages.push(message.as_ref().to_vec());
        self
    }

    /// Adds initial metadata.
    #[must_use]
    pub fn initial(mut self, name: &str, value: &str) -> Self {
        self.initial.append(name, value);
        self
    }

    /// Adds trailing metadata.
    #[must_use]
    pub fn trailing(mut self, name: &str, value: &str) -> Self {
        self.trailing.append(name, value);
        self
    }

    /// The same, so much later.
    #[must_use]
    pub const fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }
}
