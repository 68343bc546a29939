//! What is answered in the origin's place: a page to a browser that navigates, problem details (RFC 9457) to everything
//! else.

mod problem;

use crate::{
    digits::push_decimal,
    page::{self, Page, Pages, Visit},
    policy::Meter,
    time::seconds_ceil,
    verdict::{Reason, Verdict},
};
use std::borrow::Cow;

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, and their values.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body; empty for a HEAD request.
    pub body: Cow<'static, [u8]>,
}

/// Why a request is not forwarded, with what the client is to be told about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) reason: Reason,
    pub(crate) support_id: &'a str,
    pub(crate) remedy: Remedy<'a>,
}

/// What the client can do about it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Remedy<'a> {
    /// Solve this.
    Solve(Question<'a>),
    /// Come back in so many nanoseconds, when this meter grants again.
    ComeBack { meter: &'a Meter, retry_after: u64 },
    /// Wait, and keep the place.
    Wait(&'a Waiting),
    /// Ask with one of these methods.
    OtherMethod { allowed: &'static str },
    /// Nothing.
    None,
}

/// A challenge, and where its pieces are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) token: &'a str,
    pub(crate) solver: &'a str,
    pub(crate) redeem: &'a str,
    /// How the page can be passed without a script; `None`: not at all.
    pub(crate) wait: Option<Wait>,
}

/// A wait in the waiting lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// For how many seconds from now.
    pub(crate) seconds: u64,
    /// Whether it begins with the challenge in this answer, rather than with one that the browser has kept.
    pub(crate) is_new: bool,
}

/// Where a client stands that waits for the origin to have room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The ticket to come back with; empty when none is needed.
    pub(crate) ticket: String,
    /// The place in line, from 1; 0 when it is the client's turn and only room is missing at this moment.
    pub(crate) place: u64,
    pub(crate) expected_seconds: u64,
    pub(crate) retry_seconds: u64,
}

impl Response {
    /// An answer that anybody may keep for ever, because its address changes with its content.
    pub(crate) fn immutable(content_type: &'static str, body: &'static [u8]) -> Self {
        Self::cached(200, content_type, "public, max-age=31536000, immutable", body)
    }

    /// An answer that anybody may keep for an hour.
    pub(crate) fn lasting(content_type: &'static str, body: &'static [u8]) -> Self {
        Self::cached(200, content_type, "public, max-age=3600", body)
    }

    /// An answer that nobody may store.
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Cow<'static, [u8]>>) -> Self {
        Self::cached(status, content_type, "no-store", body)
    }

    fn cached(
        status: u16,
        content_type: &'static str,
        cache_control: &'static str,
        body: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        /// Most answers have no more.
        const FIELDS: usize = 8;
        let response = Self {
            status,
            headers: Vec::with_capacity(FIELDS),
            body: body.into(),
        };
        response
            .with("content-type", content_type)
            .with("cache-control", cache_control)
            .with("x-content-type-options", "nosniff")
    }

    /// The same with one header more.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with a header more if there is a value for it.
    #[must_use]
    pub(crate) fn with_optional(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with several headers more.
    #[must_use]
    pub(crate) fn with_all(self, headers: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        headers
            .into_iter()
            .fold(self, |response, (name, value)| response.with(name, value))
    }

    /// The page that tells a person.
    pub(crate) fn page(pages: &Pages, visit: &Visit<'_>, refusal: &Refusal<'_>) -> Self {
        let page = match refusal.remedy {
            Remedy::Solve(Question { token, wait, .. }) => pages.challenge(
                visit,
                &page::Question {
                    token,
                    wait_seconds: wait.map(|wait| wait.seconds),
                },
            ),
            Remedy::ComeBack { retry_after, .. } => pages.over_quota(visit, seconds_ceil(retry_after)),
            Remedy::Wait(waiting) => pages.waiting(
                visit,
                &page::Turn {
                    place: waiting.place,
                    expected_seconds: waiting.expected_seconds,
                    retry_seconds: waiting.retry_seconds,
                },
            ),
            Remedy::None if refusal.reason == Reason::RuleRefuses => pages.refused(visit),
            Remedy::OtherMethod { .. } | Remedy::None => pages.malformed(visit),
        };
        Self::html(status(refusal.reason), page).with_remedy(&refusal.remedy)
    }

    /// A page.
    pub(crate) fn html(status: u16, page: Page) -> Self {
        let body = page.html.into_bytes();
        Self::new(status, "text/html; charset=utf-8", body)
            .with("content-security-policy", page.content_security_policy)
    }

    /// The problem details that tell a program.
    pub(crate) fn problem(refusal: &Refusal<'_>) -> Self {
        let status = status(refusal.reason);
        let body = problem::body(refusal, status).into_bytes();
        let response = Self::new(status, "application/problem+json", body);
        match refusal.remedy {
            // A client that can solve may come back as soon as it has.
            Remedy::Solve(_) => response.with("retry-after", "1"),
            _ => response.with_remedy(&refusal.remedy),
        }
    }

    fn with_remedy(self, remedy: &Remedy<'_>) -> Self {
        match remedy {
            Remedy::ComeBack { retry_after, .. } => {
                self.with("retry-after", decimal(seconds_ceil(*retry_after)))
            }
            Remedy::Wait(waiting) => self.with("retry-after", decimal(waiting.retry_seconds)),
            Remedy::OtherMethod { allowed } => self.with("allow", *allowed),
            // A page comes back by itself.
            Remedy::Solve(_) | Remedy::None => self,
        }
    }
}

const fn status(reason: Reason) -> u16 {
    match reason {
        Reason::SolutionMalformed => 400,
        Reason::UnknownEndpoint => 404,
        Reason::MethodNotAllowed => 405,
        Reason::NoEntropy => 503,
        _ => match reason.verdict() {
            Verdict::Forward | Verdict::Serve => 200,
            Verdict::Challenge | Verdict::Refuse => 403,
            Verdict::OverQuota => 429,
            Verdict::Wait => 503,
        },
    }
}

fn decimal(number: u64) -> String {
    let mut text = String::new();
    push_decimal(&mut text, number);
    text
}
