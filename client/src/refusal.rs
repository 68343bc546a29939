//! What a refusal says: problem details (RFC 9457) with a reason and what the client can do about it.

use core::time::Duration;
use http::{Response, StatusCode, header};
use serde::Deserialize;

/// The most that is read of an answer to see whether it is a refusal, in bytes.
pub const MAX_REFUSAL_BYTES: u64 = 65_536;

/// After so long those ask again who are not told when to.
const DEFAULT_RETRY: Duration = Duration::from_secs(5);

/// Nobody asks again sooner.
const LEAST_RETRY: Duration = Duration::from_secs(1);

/// Whether an answer may be a refusal, so that its body has to be looked at. All others are the site's own
/// and need not be read.
#[must_use]
pub fn may_be_refusal<B>(answer: &Response<B>) -> bool {
    let is_refused = matches!(
        answer.status(),
        StatusCode::FORBIDDEN
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
    );
    is_refused && content_type(answer).is_some_and(is_problem)
}

/// Whether the answer to a HEAD may be a refusal. It has no body that would tell, and behind a proxy no type
/// either; a GET has to be asked instead.
#[must_use]
pub fn may_be_refusal_of_head<B>(answer: &Response<B>) -> bool {
    let is_refused = matches!(
        answer.status(),
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    is_refused && content_type(answer).is_none_or(is_problem)
}

fn content_type<B>(answer: &Response<B>) -> Option<&str> {
    let value = answer.headers().get(header::CONTENT_TYPE)?;
    value.to_str().ok()?.split(';').next()
}

fn is_problem(media_type: &str) -> bool {
    media_type.trim().eq_ignore_ascii_case("application/problem+json")
}

/// A refusal by the filter, taken apart.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: String,
    pub(crate) remedy: Remedy,
}

/// What the client can do.
#[derive(Debug)]
pub(crate) enum Remedy {
    Solve(Question),
    Wait { retry: Duration, line: Option<Line> },
    None,
}

/// The member `challenge`.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    pub(crate) token: String,
    pub(crate) redeem: String,
}

/// The member `line`.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    pub(crate) ticket: Option<String>,
    pub(crate) place: u64,
    pub(crate) expected_seconds: u64,
}

#[derive(Deserialize)]
struct Problem {
    reason: String,
    // Only tells the filter's refusals from problem details of the site itself.
    #[serde(rename = "support_id")]
    _support_id: String,
    challenge: Option<Question>,
    line: Option<Line>,
}

impl Refusal {
    /// The refusal in `answer`; `None` when the answer is the site's own.
    pub(crate) fn of<B: AsRef<[u8]>>(answer: &Response<B>) -> Option<Self> {
        if !may_be_refusal(answer) {
            return None;
        }
        let problem: Problem = serde_json::from_slice(answer.body().as_ref()).ok()?;
        let retry = retry_after(answer);
        let remedy = match (problem.challenge, problem.line) {
            (Some(question), _) => Remedy::Solve(question),
            (None, Some(line)) => Remedy::Wait {
                retry: retry.unwrap_or(DEFAULT_RETRY),
                line: Some(line),
            },
            (None, None)
                if matches!(
                    answer.status(),
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
                ) =>
            {
                Remedy::Wait {
                    retry: retry.unwrap_or(DEFAULT_RETRY),
                    line: None,
                }
            }
            (None, None) => Remedy::None,
        };
        Some(Self {
            reason: problem.reason,
            remedy,
        })
    }
}

/// The seconds in `Retry-After`. The filter never sends its other form, a date.
fn retry_after<B>(answer: &Response<B>) -> Option<Duration> {
    let seconds = answer
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).max(LEAST_RETRY))
}
