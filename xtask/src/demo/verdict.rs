//! How an answer is classed: what the client saw.

use super::loopback::{Answer, NoAnswer};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
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
    /// Told to wait: 503 from the waiting line.
    InLine,
    /// Refused without a challenge: any other 4xx.
    Refused,
    /// No answer at all, or any other 5xx.
    Failed,
}

impl Verdict {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 6] = [
        Self::Forwarded,
        Self::Challenge,
        Self::OverQuota,
        Self::InLine,
        Self::Refused,
        Self::Failed,
    ];

    /// What became of a request that ended like this.
    pub(crate) fn of(outcome: &Result<Answer, NoAnswer>) -> Self {
        let Ok(answer) = outcome else { return Self::Failed };
        match answer.status {
            StatusCode::FORBIDDEN if holds_challenge(answer) => Self::Challenge,
            StatusCode::TOO_MANY_REQUESTS => Self::OverQuota,
            StatusCode::SERVICE_UNAVAILABLE if is_about_the_line(answer) => Self::InLine,
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
            Self::InLine => "in_line",
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

/// How a challenge page marks its token.
const TOKEN_MARK: &[u8] = b"data-token=";

/// How a waiting page marks itself.
const LINE_MARK: &[u8] = b"levee-line";

/// Characters of a challenge token that hold everything up to its work, which is base64url for [`HEAD_LENGTH`] bytes.
const HEAD_CHARACTERS: usize = 28;

/// Bytes that so many characters are.
const HEAD_LENGTH: usize = 21;

/// Where the work stands in a challenge token: a big-endian number of 64 bits.
const WORK: std::ops::Range<usize> = 12..20;

/// Whether a refusal asks for work. A page is not parsed for it: this is asked for every request of the flood.
fn holds_challenge(answer: &Answer) -> bool {
    if answer.is("text/html") {
        return after(TOKEN_MARK, &answer.body).is_some();
    }
    answer.is(PROBLEM_JSON) && Problem::of(answer).is_some_and(|problem| problem.challenge.is_some())
}

/// Whether a 503 comes from the waiting line. A page is not parsed for it, either.
fn is_about_the_line(answer: &Answer) -> bool {
    if answer.is("text/html") {
        return after(LINE_MARK, &answer.body).is_some();
    }
    answer.is(PROBLEM_JSON)
        && Problem::of(answer)
            .is_some_and(|problem| matches!(problem.reason.as_str(), "in_line" | "capacity_spent"))
}

/// The work that an answer asks for, in expected hashes; `None` when there is no whole challenge in it.
pub(crate) fn work_asked(answer: &Answer) -> Option<u64> {
    if answer.is("text/html") {
        let token = after(TOKEN_MARK, &answer.body)?;
        let token = token
            .strip_prefix(b"\"")
            .or(token.strip_prefix(b"'"))
            .unwrap_or(token);
        return work_of(token);
    }
    work_of(Problem::of(answer)?.challenge?.token.as_bytes())
}

/// The work of the challenge that a token in its text form begins with.
pub(crate) fn work_of(token: &[u8]) -> Option<u64> {
    let mut head = [0; HEAD_LENGTH];
    BASE64_URL_SAFE_NO_PAD
        .decode_slice(token.get(..HEAD_CHARACTERS)?, &mut head)
        .ok()?;
    Some(u64::from_be_bytes(head.get(WORK)?.try_into().ok()?))
}

/// What follows the first occurrence of `mark`.
fn after<'b>(mark: &[u8], body: &'b [u8]) -> Option<&'b [u8]> {
    let start = body.windows(mark.len()).position(|window| window == mark)?;
    body.get(start + mark.len()..)
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
    /// Where in the line the client stands.
    #[serde(default)]
    pub(crate) line: Option<InLine>,
}

/// A place in the line, as a program is told it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct InLine {
    /// The ticket's token in its text form.
    #[serde(default)]
    pub(crate) ticket: Option<String>,
    /// How many are ahead.
    #[serde(default)]
    pub(crate) place: Option<u64>,
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
            (
                answer(503, "application/problem+json", r#"{"reason":"filter_failed"}"#),
                Verdict::Failed,
            ),
            (
                answer(503, "application/problem+json", r#"{"reason":"in_line"}"#),
                Verdict::InLine,
            ),
            (
                answer(503, "text/html", r#"<main id="levee-line" data-place="3">"#),
                Verdict::InLine,
            ),
            (Err(NoAnswer::Timeout), Verdict::Failed),
        ] {
            assert_eq!(Verdict::of(&outcome), verdict, "{outcome:?}");
        }
    }

    #[test]
    fn the_work_is_read_from_a_page_and_from_a_problem() {
        let mut token = vec![1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        token.extend(131_072_u64.to_be_bytes());
        token.extend([0xFF; 46]);
        let token = BASE64_URL_SAFE_NO_PAD.encode(token);
        for (media_type, body) in [
            ("text/html", format!("<main id=levee data-token=\"{token}\">")),
            ("text/html", format!("<main id=levee data-token='{token}'>")),
            (
                "application/problem+json",
                format!(r#"{{"challenge":{{"token":"{token}","redeem":"/r"}}}}"#),
            ),
        ] {
            let asked = work_asked(&answer(403, media_type, &body).unwrap());
            assert_eq!(asked, Some(131_072), "{body}");
        }
        let cut_off = answer(403, "text/html", "<main data-token=\"AQEB\">").unwrap();
        assert_eq!(work_asked(&cut_off), None);
    }
}
