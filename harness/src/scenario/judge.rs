//! Whether an exchange is as it was to be.

use std::fmt;

use super::at::{At, Place};
use super::expect::{Budget, Ending, Expect, Forwarded, FullForwarded};
use super::matcher::Matcher;
use super::quantity::ShownTime;
use super::report::Mismatch;
use super::text::Saved;
use crate::exchange::{Exchange, Outcome};
use crate::headers::Headers;
use crate::log::LogLine;
use crate::message::{Request, Response};

/// Collects what is not as it was to be.
pub(super) struct Judge<'a> {
    pub(super) saved: &'a Saved,
    pub(super) found: Vec<Mismatch>,
}

impl<'a> Judge<'a> {
    pub(super) const fn new(saved: &'a Saved) -> Self {
        Self {
            saved,
            found: Vec::new(),
        }
    }

    pub(super) fn mismatch(
        &mut self,
        place: Place,
        what: &str,
        expected: &dyn fmt::Display,
        actual: &dyn fmt::Display,
    ) {
        self.found.push(Mismatch {
            place,
            what: what.to_owned(),
            expected: expected.to_string(),
            actual: actual.to_string(),
        });
    }

    pub(super) fn values(&mut self, place: Place, what: &str, matcher: &Matcher, values: &[&[u8]]) {
        if !matcher.holds(values, self.saved) {
            self.mismatch(place, what, &matcher.asked(self.saved), &matcher.answered(values));
        }
    }

    /// A value that counts as absent when it is empty.
    fn one(&mut self, place: Place, what: &str, matcher: &Matcher, value: &[u8]) {
        let values: &[&[u8]] = if value.is_empty() { &[] } else { &[value] };
        self.values(place, what, matcher, values);
    }

    pub(super) fn lines(&mut self, place: Place, what: &str, matcher: &Matcher, lines: &[LogLine]) {
        let lines: Vec<String> = lines.iter().map(told_line).collect();
        let values: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
        self.values(place, what, matcher, &values);
    }

    /// At most so much.
    pub(super) fn at_most(&mut self, limit: Option<&At<u64>>, what: &str, actual: u64) {
        if let Some(limit) = limit.filter(|limit| actual > limit.value) {
            self.mismatch(
                limit.place,
                what,
                &format_args!("at most {}", limit.value),
                &actual,
            );
        }
    }

    /// A whole exchange.
    pub(super) fn exchange(&mut self, place: Place, expect: &Expect, exchange: &Exchange) {
        let ending = expect
            .outcome
            .as_ref()
            .map_or(Ending::Response, |ending| ending.value);
        let actual = ending_of(&exchange.outcome);
        if ending != actual {
            let place = expect.outcome.as_ref().map_or(place, |ending| ending.place);
            self.mismatch(place, "outcome", &ending, &actual);
        }
        if let Outcome::Response(response) = &exchange.outcome {
            self.response(expect, response);
        }
        if let Some(forwarded) = &expect.forwarded {
            self.forwarded(forwarded, exchange.forwarded.as_ref());
        }
        if let Some(within) = expect
            .within
            .as_ref()
            .filter(|within| exchange.took > within.value.0)
        {
            self.mismatch(
                within.place,
                "duration",
                &format_args!("at most {}", ShownTime(within.value.0)),
                &ShownTime(exchange.took),
            );
        }
        if let Some(log) = &expect.log {
            self.lines(log.place, "log", log, &exchange.log);
        }
        if let Some(trap) = &expect.trap {
            let description = exchange
                .failure
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            self.one(trap.place, "trap", trap, description.as_bytes());
        }
        if let Some(budget) = &expect.budget {
            self.budget(budget, exchange);
        }
    }

    fn response(&mut self, expect: &Expect, response: &Response) {
        if let Some(statuses) = &expect.status
            && !statuses.0.contains(&response.status)
        {
            self.mismatch(statuses.place, "status", &statuses.value, &response.status);
        }
        let headers = expect
            .headers
            .iter()
            .map(|(name, at)| (name, &at.value, at.place));
        self.fields("header", headers, &response.headers);
        if let Some(body) = &expect.body {
            self.one(body.place, "body", body, &response.body_bytes());
        }
        let trailers = expect
            .trailers
            .iter()
            .map(|(name, at)| (name, &at.value, at.place));
        self.fields(
            "trailer",
            trailers,
            response.trailers.as_ref().unwrap_or(&Headers::new()),
        );
    }

    fn fields<'m>(
        &mut self,
        kind: &str,
        expected: impl Iterator<Item = (&'m String, &'m Matcher, Place)>,
        actual: &Headers,
    ) {
        for (name, matcher, place) in expected {
            let values: Vec<&[u8]> = actual.get_all(name.as_bytes()).collect();
            self.values(place, &format!("{kind} {name}"), matcher, &values);
        }
    }

    fn forwarded(&mut self, expected: &At<Forwarded>, actual: Option<&Request>) {
        let place = expected.place;
        match (&expected.value, actual) {
            (Forwarded::Nothing, None) | (Forwarded::Anything, Some(_)) => {}
            (Forwarded::Nothing, Some(request)) => {
                self.mismatch(place, "forwarded", &"nothing", &first_line(request));
            }
            (Forwarded::Anything | Forwarded::Like(_), None) => {
                self.mismatch(place, "forwarded", &"a request", &"nothing");
            }
            (Forwarded::Like(like), Some(request)) => self.forwarded_like(place, like, request),
        }
    }

    fn forwarded_like(&mut self, place: Place, like: &FullForwarded, request: &Request) {
        let parts = [
            ("method", &like.method, &request.method),
            ("path", &like.path, &request.path),
            ("authority", &like.authority, &request.authority),
            ("scheme", &like.scheme, &request.scheme),
            ("body", &like.body, &request.body_bytes()),
        ];
        for (name, matcher, value) in parts {
            if let Some(matcher) = matcher {
                self.one(place, &format!("forwarded {name}"), matcher, value);
            }
        }
        let headers = like.headers.iter().map(|(name, matcher)| (name, matcher, place));
        self.fields("forwarded header", headers, &request.headers);
        let trailers = like.trailers.iter().map(|(name, matcher)| (name, matcher, place));
        self.fields(
            "forwarded trailer",
            trailers,
            request.trailers.as_ref().unwrap_or(&Headers::new()),
        );
    }

    fn budget(&mut self, budget: &Budget, exchange: &Exchange) {
        let usage = exchange.usage;
        self.at_most(budget.host_calls.as_ref(), "host calls", usage.host_calls);
        self.at_most(budget.callbacks.as_ref(), "callbacks", usage.callbacks);
        self.at_most(
            budget.guest_allocations.as_ref(),
            "guest allocations",
            usage.guest_allocations,
        );
        self.at_most(
            budget.guest_allocated_bytes.as_ref(),
            "guest allocated bytes",
            usage.guest_allocated_bytes,
        );
        self.at_most(budget.fuel.as_ref(), "fuel", usage.fuel);
    }
}

const fn ending_of(outcome: &Outcome) -> Ending {
    match outcome {
        Outcome::Response(_) => Ending::Response,
        Outcome::Paused(_) => Ending::Paused,
        Outcome::Reset => Ending::Reset,
    }
}

/// How an exchange ended, as `outcomes` names it.
pub(super) fn outcome_of(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Outcome::Response(response) => response.status.to_string(),
        other => ending_of(other).to_string(),
    }
}

/// Method and path.
pub(super) fn first_line(request: &Request) -> String {
    let (method, path) = (
        String::from_utf8_lossy(&request.method),
        String::from_utf8_lossy(&request.path),
    );
    format!("{method} {path}")
}

/// A line of the log as expectations see it.
pub(super) fn told_line(line: &LogLine) -> String {
    format!("{}: {}", line.level, line.message)
}
