//! How an answer is classed: what the client saw.

use super::loopback::{Answer, NoAnswer};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The media type of the filter's answers to everything but a browser's navigation (RFC 9457).
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// What became of a request, as its sender can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Let through: an answer below 400, or the origin's own 404 or 405.
    Forwarded,
    /// Asked for a clearance first: 403 with a challenge in it, as a page or as a problem.
    Challenge,
    /// 429.
    OverQuota,
    /// Refused without a challenge: any other 4xx.
    Refused,
    /// No answer at all, or 5xx.
    Failed,
}

impl Verdict {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 5] = [
        Self::Forwarded,
        Self::Challenge,
        Self::OverQuota,
        Self::Refused,
        Self::Failed,
    ];

    /// What became of a request that ended like this.
    pub(crate) fn of(outcome: &Result<Answer, NoAnswer>) -> Self {
        let Ok(answer) = outcome else { return Self::Failed };
        match answer.status {
            StatusCode::FORBIDDEN if holds_challenge(answer) => Self::Challenge,
            StatusCode::TOO_MANY_REQUESTS => Self::OverQuota,
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Self::Forwarded,
            status if status.is_client_error() => Self::Refused,
            status if status.is_server_error() => Self::Failed,
            _ => Self::Forwarded,
        }
    }

    /// The name in the report and its JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::Challenge => "challenge",
            Self::OverQuota => "over_quota",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How many requests met each verdict. Every verdict has an entry.
pub(crate) type ByVerdict = BTreeMap<Verdict, u64>;

/// Whether a refusal asks for work. A page is not parsed for it: this is asked for every request of the flood.
fn holds_challenge(answer: &Answer) -> bool {
    if answer.is("text/html") {
        return answer
            .body
            .windows(b"data-token=".len())
            .any(|window| window == b"data-token=");
    }
    answer.is(PROBLEM_JSON) && Problem::of(answer).is_some_and(|problem| problem.challenge.is_some())
}

/// What the filter tells a client that is not a browser's navigation.
#[derive(Debug, Deserialize)]
pub(crate) struct Problem {
    /// Why, as a word.
    #[serde(default)]
    pub(crate) reason: String,
    /// What to solve, and where to take the solution.
    #[serde(default)]
    pub(crate) challenge: Option<Challenge>,
}

/// A challenge as a client receives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Challenge {
    /// The challenge token in its text form.
    pub(crate) token: String,
    /// The path that a solution is posted to.
    pub(crate) redeem: String,
}

impl Problem {
    /// The problem in an answer, if there is one.
    pub(crate) fn of(answer: &Answer) -> Option<Self> {
        serde_json::from_slice(&answer.body).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

    fn answer(status: u16, media_type: &'static str, body: &str) -> Result<Answer, NoAnswer> {
        Ok(Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]),
            body: body.to_owned().into(),
        })
    }

    #[test]
    fn an_answer_is_classed_by_what_the_client_can_do_with_it() {
        let page = r#"<main id="levee" data-token="AQ" data-redeem="/r">"#;
        let problem = r#"{"reason":"free_lane_spent","challenge":{"token":"AQ","redeem":"/r"}}"#;
        for (outcome, verdict) in [
            (answer(200, "text/html", "booked"), Verdict::Forwarded),
            (answer(303, "text/html", ""), Verdict::Forwarded),
            (answer(404, "text/html", "no such page"), Verdict::Forwarded),
            (answer(403, "text/html; charset=utf-8", page), Verdict::Challenge),
            (
                answer(403, "application/problem+json", problem),
                Verdict::Challenge,
            ),
            (
                answer(403, "application/problem+json", r#"{"reason":"path_in_doubt"}"#),
                Verdict::Refused,
            ),
            (answer(403, "text/html", "forbidden"), Verdict::Refused),
            (answer(400, "text/plain", ""), Verdict::Refused),
            (answer(429, "application/problem+json", "{}"), Verdict::OverQuota),
            (answer(503, "text/plain", ""), Verdict::Failed),
            (Err(NoAnswer::Timeout), Verdict::Failed),
        ] {
            assert_eq!(Verdict::of(&outcome), verdict, "{outcome:?}");
        }
    }
}
