//! What an answer means to whoever gets it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_harness::Response;
use levee_report::Verdict;
use memchr::memmem::Finder;
use std::{sync::LazyLock, time::Duration};

macro_rules! mark {
    ($text:literal) => {
        LazyLock::new(|| Finder::new($text))
    };
}

/// What a body is searched for; prepared once, because each request of a flood is looked at.
type Mark = LazyLock<Finder<'static>>;

/// How a problem and a challenge page mark their token.
static TOKEN_MARKS: [Mark; 2] = [mark!("\"token\":\""), mark!("data-token=\"")];

/// How a waiting page and a problem say that they are about the waiting line.
static LINE_MARKS: [Mark; 3] = [
    mark!("levee-line"),
    mark!("\"in_line\""),
    mark!("\"capacity_spent\""),
];

/// How a problem says that the origin is busy, and that nobody is ahead.
static BUSY_MARK: Mark = mark!("\"capacity_spent\"");

/// How a waiting page and a problem say how many are ahead.
static PLACE_MARKS: [Mark; 2] = [mark!("data-place=\""), mark!("\"place\":")];

/// How a problem names the ticket of the waiting line.
static TICKET_MARK: Mark = mark!("\"ticket\":\"");

/// How a page says when it loads itself again.
static REFRESH_MARK: Mark = mark!("http-equiv=\"refresh\" content=\"");

/// How a clearance is granted.
static CLEARANCE_MARK: Mark = mark!("\"clearance\":");

/// Characters of a token that hold everything up to its work, which is base64url for [`HEAD_LENGTH`] bytes.
const HEAD_CHARACTERS: usize = 28;

/// The longest that anybody is told to wait is believed to be: a day. Whoever comes back then has lost nothing.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// Bytes that so many characters are.
const HEAD_LENGTH: usize = 21;

/// Where the work stands in a challenge token: a big-endian number of 64 bits (docs/protocol.md).
const WORK: std::ops::Range<usize> = 12..20;

/// What became of a request that was answered so.
#[must_use]
pub fn verdict(answer: &Response) -> Verdict {
    match answer.status {
        403 if has_token(&first_piece(answer)) => Verdict::Challenge,
        429 => Verdict::OverQuota,
        503 if LINE_MARKS
            .iter()
            .any(|mark| after(mark, &first_piece(answer)).is_some()) =>
        {
            Verdict::InLine
        }
        404 | 405 => Verdict::Forwarded,
        400..=499 => Verdict::Refused,
        500.. => Verdict::Failed,
        _ if is_granted(answer) => Verdict::Served,
        _ => Verdict::Forwarded,
    }
}

/// Whether there is a challenge in a body.
fn has_token(body: &[u8]) -> bool {
    TOKEN_MARKS.iter().any(|mark| after(mark, body).is_some())
}

/// The token of the challenge in an answer, be it a page or a problem.
#[must_use]
pub fn challenge_token(answer: &Response) -> Option<String> {
    let body = first_piece(answer);
    TOKEN_MARKS.iter().find_map(|mark| quoted(mark, &body))
}

/// The text between a mark and the next quotation mark.
fn quoted(mark: &Finder<'_>, body: &[u8]) -> Option<String> {
    let text = after(mark, body)?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    String::from_utf8(text.get(..end)?.to_vec()).ok()
}

/// The number behind a mark.
fn number(mark: &Finder<'_>, body: &[u8]) -> Option<u64> {
    let text = after(mark, body)?;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

/// The work that a token asks for, in expected hashes; `None` when it is no challenge.
#[must_use]
pub fn work_asked(token: &str) -> Option<u64> {
    let mut head = [0; HEAD_LENGTH];
    BASE64_URL_SAFE_NO_PAD
        .decode_slice(token.get(..HEAD_CHARACTERS)?, &mut head)
        .ok()?;
    Some(u64::from_be_bytes(head.get(WORK)?.try_into().ok()?))
}

/// After how long to ask again; a second when the answer does not say.
#[must_use]
pub fn retry_after(answer: &Response) -> Duration {
    let seconds = answer
        .headers
        .get("retry-after")
        .and_then(|value| std::str::from_utf8(value).ok())
        .and_then(|value| value.trim().parse().ok());
    believed(seconds.unwrap_or(1))
}

fn believed(seconds: u64) -> Duration {
    Duration::from_secs(seconds).min(LONGEST_WAIT)
}

/// The number in `<meta http-equiv="refresh" content="5;url=...">`: after how long a page loads itself again.
pub(super) fn refresh_after(answer: &Response) -> Option<Duration> {
    number(&REFRESH_MARK, &first_piece(answer)).map(believed)
}

/// After how long to ask again, by what a page does by itself, or else by the header field.
pub(super) fn when_to_ask_again(answer: &Response) -> Duration {
    refresh_after(answer).unwrap_or_else(|| retry_after(answer))
}

/// Whether a problem says that the origin is busy at this moment.
pub(super) fn is_busy(body: &[u8]) -> bool {
    after(&BUSY_MARK, body).is_some()
}

/// How many are ahead in the waiting line.
pub(super) fn place_told(body: &[u8]) -> Option<u64> {
    PLACE_MARKS.iter().find_map(|mark| number(mark, body))
}

/// The token of a ticket of the waiting line, where a problem tells it.
pub(super) fn ticket_told(body: &[u8]) -> Option<String> {
    quoted(&TICKET_MARK, body)
}

/// Whether it is the filter's own answer that grants a clearance.
fn is_granted(answer: &Response) -> bool {
    answer
        .headers
        .get("content-type")
        .is_some_and(|value| value.starts_with(b"application/json"))
        && after(&CLEARANCE_MARK, &first_piece(answer)).is_some()
}

/// The body; the filter's own come in one piece.
pub(super) fn first_piece(answer: &Response) -> std::borrow::Cow<'_, [u8]> {
    match answer.body.as_slice() {
        [] => (&[][..]).into(),
        [whole] => whole.as_slice().into(),
        pieces => pieces.concat().into(),
    }
}

/// What follows the first occurrence of `mark`.
fn after<'b>(mark: &Finder<'_>, body: &'b [u8]) -> Option<&'b [u8]> {
    let start = mark.find(body)?;
    body.get(start + mark.needle().len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, media_type: &str, body: &str) -> Response {
        Response::new(status)
            .header("content-type", media_type)
            .body(body)
    }

    #[test]
    fn an_answer_is_classed_by_what_the_client_can_do_with_it() {
        let page = r#"<main id="levee" data-token="AQ" data-redeem="/r">"#;
        let problem = r#"{"reason":"free_lane_spent","challenge":{"token":"AQ","redeem":"/r"}}"#;
        let json = "application/problem+json";
        for (answer, expected) in [
            (answer(200, "text/html", "booked"), Verdict::Forwarded),
            (answer(303, "text/html", ""), Verdict::Forwarded),
            (answer(404, "text/html", "no such page"), Verdict::Forwarded),
            (answer(403, "text/html; charset=utf-8", page), Verdict::Challenge),
            (answer(403, json, problem), Verdict::Challenge),
            (
                answer(403, json, r#"{"reason":"path_in_doubt"}"#),
                Verdict::Refused,
            ),
            (answer(400, "text/plain", ""), Verdict::Refused),
            (answer(429, json, "{}"), Verdict::OverQuota),
            (answer(503, "text/plain", ""), Verdict::Failed),
            (answer(503, json, r#"{"reason":"in_line"}"#), Verdict::InLine),
            (
                answer(503, "text/html", r#"<main id="levee-line" data-place="3">"#),
                Verdict::InLine,
            ),
            (
                answer(200, "application/json", r#"{"clearance":"AQ"}"#),
                Verdict::Served,
            ),
        ] {
            assert_eq!(verdict(&answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn the_work_is_read_from_a_page_and_from_a_problem() {
        let mut token = vec![1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        token.extend(131_072_u64.to_be_bytes());
        token.extend([0xFF; 46]);
        let token = BASE64_URL_SAFE_NO_PAD.encode(token);
        for body in [
            format!("<main id=levee data-token=\"{token}\">"),
            format!(r#"{{"challenge":{{"token":"{token}","redeem":"/r"}}}}"#),
        ] {
            let read = challenge_token(&answer(403, "text/html", &body)).unwrap();
            assert_eq!(work_asked(&read), Some(131_072), "{body}");
        }
        assert_eq!(work_asked("AQEB"), None);
        assert_eq!(
            challenge_token(&answer(403, "text/html", "<main data-token=\"AQEB")),
            None
        );
    }

    #[test]
    fn a_page_says_when_it_loads_itself_again() {
        let page = r#"<noscript><meta http-equiv="refresh" content="15;url=./"></noscript>"#;
        assert_eq!(
            refresh_after(&answer(403, "text/html", page)),
            Some(Duration::from_secs(15))
        );
        assert_eq!(refresh_after(&answer(403, "text/html", "")), None);
    }
}
