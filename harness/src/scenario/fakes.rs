//! The origin and the services, played by what a file says they answer.

use std::path::Path;
use std::time::Duration;

use super::matcher::Matcher;
use super::payload::pieces;
use super::service::{Failing, FullGrpcAnswer, FullHttpAnswer, GrpcAnswer, HttpAnswer, RateLimit, When};
use super::text::Saved;
use crate::callout::{GrpcCall, HttpCall};
use crate::headers::Headers;
use crate::message::{Request, Response};
use crate::world::{
    Answer, GrpcAnswer as WorldGrpcAnswer, GrpcService, HttpService, Origin, RateLimitService,
};

/// Rules of which the first answers that applies.
struct Rules<T> {
    /// With how often each may still answer.
    rules: Vec<(When, Option<u64>, T)>,
}

impl<T> Rules<T> {
    fn answer(&mut self, asked: &Asked<'_>) -> Option<&T> {
        let (_, left, answer) = self
            .rules
            .iter_mut()
            .find(|(when, left, _)| *left != Some(0) && asked.is(when))?;
        if let Some(left) = left {
            *left -= 1;
        }
        Some(answer)
    }
}

/// What is asked, whatever the protocol.
struct Asked<'a> {
    method: &'a [u8],
    path: &'a [u8],
    headers: &'a Headers,
    body: &'a [u8],
}

impl Asked<'_> {
    fn is(&self, when: &When) -> bool {
        let one = |matcher: &Option<Matcher>, value: &[u8]| {
            let values: &[&[u8]] = if value.is_empty() { &[] } else { &[value] };
            matcher
                .as_ref()
                .is_none_or(|matcher| matcher.holds(values, &Saved::new()))
        };
        one(&when.method, self.method)
            && one(&when.path, self.path)
            && one(&when.body, self.body)
            && when.headers.iter().all(|(name, matcher)| {
                let values: Vec<&[u8]> = self.headers.get_all(name.as_bytes()).collect();
                matcher.holds(&values, &Saved::new())
            })
    }
}

/// An origin, or a service for HTTP calls.
pub(super) struct HttpFake(Rules<Answer>);

impl HttpFake {
    /// # Errors
    /// When a file cannot be read that a body is in.
    pub(super) fn new(answers: &[HttpAnswer], folder: &Path) -> Result<Self, String> {
        let rules: Result<_, String> = answers
            .iter()
            .map(|HttpAnswer(full)| Ok((full.when.clone(), full.times, http_answer(full, folder)?)))
            .collect();
        Ok(Self(Rules { rules: rules? }))
    }
}

fn http_answer(full: &FullHttpAnswer, folder: &Path) -> Result<Answer, String> {
    let answer = match full.fails {
        Some(Failing::Unreachable) => Answer::unreachable(),
        Some(Failing::NoHealthyHost) => Answer::no_healthy_host(),
        Some(Failing::Reset) => Answer::reset(),
        Some(Failing::Never) => Answer::never(),
        None => {
            let nothing = Saved::new();
            let trailers = full
                .trailers
                .as_ref()
                .map(|fields| fields.headers(folder, &nothing));
            Answer::from(Response {
                status: full.status,
                headers: full.headers.headers(folder, &nothing)?,
                body: pieces(&full.body, folder, &nothing)?,
                trailers: trailers.transpose()?,
            })
        }
    };
    Ok(answer.after(full.after.0))
}

impl Origin for HttpFake {
    fn answer(&mut self, _now: Duration, request: &Request) -> Answer {
        let body = request.body_bytes();
        let asked = Asked {
            method: &request.method,
            path: &request.path,
            headers: &request.headers,
            body: &body,
        };
        self.0.answer(&asked).cloned().unwrap_or_else(|| {
            let path = String::from_utf8_lossy(&request.path);
            Answer::from(Response::new(404).body(format!("nothing in `origin` answers {path}\n")))
        })
    }
}

impl HttpService for HttpFake {
    fn answer(&mut self, _now: Duration, call: &HttpCall) -> Answer {
        let asked = Asked {
            method: call.headers.get(":method").unwrap_or_default(),
            path: call.headers.get(":path").unwrap_or_default(),
            headers: &call.headers,
            body: &call.body,
        };
        self.0.answer(&asked).cloned().unwrap_or_else(Answer::unreachable)
    }
}

/// A service for gRPC calls and streams.
pub(super) struct GrpcFake(Rules<WorldGrpcAnswer>);

impl GrpcFake {
    /// # Errors
    /// When a file cannot be read that a message is in.
    pub(super) fn new(answers: &[GrpcAnswer], folder: &Path) -> Result<Self, String> {
        let rules: Result<_, String> = answers
            .iter()
            .map(|GrpcAnswer(full)| Ok((full.when.clone(), full.times, grpc_answer(full, folder)?)))
            .collect();
        Ok(Self(Rules { rules: rules? }))
    }
}

fn grpc_answer(full: &FullGrpcAnswer, folder: &Path) -> Result<WorldGrpcAnswer, String> {
    let nothing = Saved::new();
    let mut answer = match full.fails {
        Some(Failing::Never) => WorldGrpcAnswer::never(),
        Some(_) => WorldGrpcAnswer::unreachable(),
        None => {
            let text = full.status_message.as_deref().unwrap_or_default();
            let mut answer = WorldGrpcAnswer::status(full.status.unwrap_or_default(), text);
            if full.status.is_none() {
                answer.status = None;
            }
            answer.messages = pieces(&full.message, folder, &nothing)?;
            answer
        }
    };
    answer.initial = full.initial.headers(folder, &nothing)?;
    answer.trailing = full.trailing.headers(folder, &nothing)?;
    Ok(answer.after(full.after.0))
}

impl GrpcService for GrpcFake {
    fn answer(&mut self, _now: Duration, call: &GrpcCall, message: &[u8]) -> WorldGrpcAnswer {
        let asked = Asked {
            method: call.method.as_bytes(),
            path: call.service.as_bytes(),
            headers: &call.metadata,
            body: message,
        };
        self.0
            .answer(&asked)
            .cloned()
            .unwrap_or_else(WorldGrpcAnswer::unreachable)
    }
}

/// A rate limit service whose answers take a while.
pub(super) struct RateLimitFake {
    service: RateLimitService,
    after: Duration,
}

impl RateLimitFake {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            service: RateLimitService::new(limit.limit, limit.window.0),
            after: limit.after.0,
        }
    }
}

impl GrpcService for RateLimitFake {
    fn answer(&mut self, now: Duration, call: &GrpcCall, message: &[u8]) -> WorldGrpcAnswer {
        self.service.answer(now, call, message).after(self.after)
    }
}
