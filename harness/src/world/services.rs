//! Services that a filter calls, played by functions.

use std::collections::HashMap;
use std::time::Duration;

use super::answer::{Answer, GrpcAnswer};
use crate::callout::{GrpcCall, HttpCall};
use crate::message::Request;

/// Who answers what a filter forwards.
pub trait Origin: Send {
    /// Answers one request. `now` is the world's time, since the Unix epoch.
    fn answer(&mut self, now: Duration, request: &Request) -> Answer;
}

impl<F, A> Origin for F
where
    F: FnMut(&Request) -> A + Send,
    A: Into<Answer>,
{
    fn answer(&mut self, _now: Duration, request: &Request) -> Answer {
        self(request).into()
    }
}

/// Who answers HTTP calls of a filter.
pub trait HttpService: Send {
    /// Answers one call. `now` is the world's time, since the Unix epoch.
    fn answer(&mut self, now: Duration, call: &HttpCall) -> Answer;
}

impl<F, A> HttpService for F
where
    F: FnMut(&HttpCall) -> A + Send,
    A: Into<Answer>,
{
    fn answer(&mut self, _now: Duration, call: &HttpCall) -> Answer {
        self(call).into()
    }
}

/// Who answers gRPC calls and streams of a filter.
pub trait GrpcService: Send {
    /// Answers one message: the only one of a call, or one of a stream. `now` is the world's time, since the Unix epoch.
    fn answer(&mut self, now: Duration, call: &GrpcCall, message: &[u8]) -> GrpcAnswer;
}

impl<F> GrpcService for F
where
    F: FnMut(&GrpcCall, &[u8]) -> GrpcAnswer + Send,
{
    fn answer(&mut self, _now: Duration, call: &GrpcCall, message: &[u8]) -> GrpcAnswer {
        self(call, message)
    }
}

/// All services of a world, by the names of their clusters.
#[derive(Default)]
pub(super) struct Services {
    pub(super) http: HashMap<String, Box<dyn HttpService>>,
    pub(super) grpc: HashMap<String, Box<dyn GrpcService>>,
}
