//! One request of a case as it was sent, and what the origin answers.

use std::time::Duration;

use crate::message::{Request, Response};

/// A request with its moment, its worker and the origin's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Time that passes before it.
    pub wait: Duration,
    /// The worker that gets it.
    pub worker: usize,
    /// What the client sends.
    pub request: Request,
    /// What the origin answers, if it gets the request.
    pub response: Response,
}

impl Shot {
    /// A request that is sent at once to the first worker.
    pub(super) fn new(request: Request) -> Self {
        Self {
            wait: Duration::ZERO,
            worker: 0,
            request,
            response: Response::new(200),
        }
    }
}
