//! What is answered in the origin's place: a page to a browser that navigates, problem details (RFC 9457) to everything
//! else.

use crate::{
    page::{self, Page, Pages, Visit},
    policy::Meter,
    time::seconds_ceil,
    verdict::{Reason, Verdict},
};
use serde::Serialize;
use std::borrow::Cow;

/// The problem type of an exhausted quota, from the `RateLimit` fields draft
/// (draft-ietf-httpapi-ratelimit-headers, section "Problem Types").
const QUOTA_EXCEEDED: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/// The problem type of an origin that has no room, from the same draft.
const REDUCED_CAPACITY: &str = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

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
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Question<'a> {
    pub(crate) token: &'a str,
    pub(crate) solver: &'a str,
    pub(crate) redeem: &'a str,
    /// How the page can be passed without a script; `None`: not at all.
    #[serde(skip)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Waiting {
    /// The ticket to come back with; empty when none is needed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) ticket: String,
    /// The place in line, from 1; 0 when it is the client's turn and only room is missing at this moment.
    pub(crate) place: u64,
    pub(crate) expected_seconds: u64,
    #[serde(skip)]
    pub(crate) retry_seconds: u64,
}

/// The body of an answer to a client that is no browser (RFC 9457 §3).
#[derive(Serialize)]
struct ProblemDetails<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    reason: &'static str,
    support_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<Question<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<&'a Waiting>,
    #[serde(rename = "violated-policies", skip_serializing_if = "Option::is_none")]
    violated_policies: Option<[&'a str; 1]>,
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
        let headers = vec![
            ("content-type", content_type.into()),
            ("cache-control", cache_control.into()),
            ("x-content-type-options", "nosniff".into()),
        ];
        Self {
            status,
            headers,
            body: body.into(),
        }
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
        Self::html(status(refusal.reason), visit, page).with_remedy(&refusal.remedy)
    }

    /// A page in the visitor's language.
    pub(crate) fn html(status: u16, visit: &Visit<'_>, page: Page) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.html.into_bytes())
            .with("content-language", visit.language.code())
            .with("content-security-policy", page.content_security_policy)
            .with("referrer-policy", "same-origin")
    }

    /// The problem details that tell a program.
    pub(crate) fn problem(refusal: &Refusal<'_>) -> Self {
        let status = status(refusal.reason);
        let details = ProblemDetails {
            r#type: match refusal.reason.verdict() {
                Verdict::OverQuota => QUOTA_EXCEEDED,
                Verdict::Wait => REDUCED_CAPACITY,
                _ => "about:blank",
            },
            title: title(status),
            status,
            detail: detail(refusal.reason),
            reason: refusal.reason.as_str(),
            support_id: refusal.support_id,
            challenge: match refusal.remedy {
                Remedy::Solve(question) => Some(question),
                _ => None,
            },
            line: match refusal.remedy {
                Remedy::Wait(waiting) => Some(waiting),
                _ => None,
            },
            violated_policies: match &refusal.remedy {
                Remedy::ComeBack { meter, .. } => Some([meter.name.as_str()]),
                _ => None,
            },
        };
        // Of strings and numbers only: serialising cannot fail, and an empty body would still carry the status.
        let body = serde_json::to_vec(&details).unwrap_or_default();
        Self::new(status, "application/problem+json", body).with_remedy(&refusal.remedy)
    }

    fn with_remedy(self, remedy: &Remedy<'_>) -> Self {
        match remedy {
            Remedy::ComeBack { retry_after, .. } => {
                self.with("retry-after", seconds_ceil(*retry_after).to_string())
            }
            Remedy::Wait(waiting) => self.with("retry-after", waiting.retry_seconds.to_string()),
            // A client that can solve may come back as soon as it has.
            Remedy::Solve(_) => self.with("retry-after", "1"),
            Remedy::OtherMethod { allowed } => self.with("allow", *allowed),
            Remedy::None => self,
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

const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        _ => "Service Unavailable",
    }
}

/// What the reason means, for whoever writes the client.
const fn detail(reason: Reason) -> &'static str {
    match reason {
        Reason::Open
        | Reason::Clearance
        | Reason::FreeLane
        | Reason::Asset
        | Reason::Redeemed
        | Reason::Waited => "",
        Reason::FreeLaneSpent => {
            "The site is under load. Solve the challenge and repeat the request with the clearance."
        }
        Reason::PrefixSpent => {
            "Your network has sent much. Solve the challenge and repeat the request with the clearance."
        }
        Reason::LaneClosed => {
            "The site is full. Solve the challenge and repeat the request with the clearance, to wait in line."
        }
        Reason::ClearanceRequired => "Solve the challenge and repeat the request with the clearance.",
        Reason::MoreWorkRequired => {
            "This resource needs a clearance with more work. Solve the challenge and repeat the request."
        }
        Reason::ChallengeForged => "The challenge was not issued here. Solve this one.",
        Reason::ChallengeExpired => "The challenge is too old. Solve this one.",
        Reason::ChallengeForAnother => "The challenge was issued to another network. Solve this one.",
        Reason::PriceRisen => "The work asked for has risen since. Solve this challenge.",
        Reason::SolutionWrong => "The solution is wrong. Solve this challenge.",
        Reason::ClearanceOverQuota | Reason::PrefixOverQuota => {
            "Too many requests. Come back after the time in Retry-After."
        }
        Reason::RouteOverQuota => {
            "All visitors together have sent too many requests here. Come back after the time in Retry-After."
        }
        Reason::InLine => {
            "The site is full. Repeat the request after the time in Retry-After with the header levee-ticket, or its \
             cookie, to keep the place in line."
        }
        Reason::CapacitySpent => "It is your turn. Repeat the request after the time in Retry-After.",
        Reason::RedeemOverQuota => "Too many solutions. Come back after the time in Retry-After.",
        Reason::RuleRefuses => "This resource is not served here.",
        Reason::SolutionMalformed => {
            "Send the solution in the header levee-solution: base64url, without padding, of the challenge's bytes and one \
             big-endian 64-bit number for each sub-puzzle."
        }
        Reason::UnknownEndpoint => "There is no such endpoint.",
        Reason::MethodNotAllowed => "Use the method in Allow.",
        Reason::NoEntropy => "The filter cannot make a challenge at the moment.",
    }
}
