//! The waiting line, seen from outside: what an answer says about it, how long each wait was, and whether it was kept
//! in order.

use super::{
    loopback::Answer,
    page,
    verdict::{PROBLEM_JSON, Problem},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use std::{ops::Range, time::Duration};
use tokio::time::Instant;

/// The cookie that keeps a client's ticket.
pub(crate) const LINE_COOKIE: &str = "levee-line";

/// Where a ticket's number stands in the bytes of its token: a big-endian number of 64 bits.
const NUMBER: Range<usize> = 3..11;

/// What an answer tells somebody who cannot be served yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many are ahead; 0 for somebody who has been called, or needs no ticket, and only meets an origin that is
    /// busy at this moment.
    pub(crate) place: u64,
    /// After what time to ask again.
    pub(crate) ask_again: Duration,
    /// The ticket's token, where the body says it. The cookie has it always.
    pub(crate) ticket: Option<String>,
}

impl Told {
    /// What `answer` says about the line; `None` when it is about something else.
    pub(crate) fn of(answer: &Answer) -> Option<Self> {
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return None;
        }
        let (place, ticket) = if answer.is(PROBLEM_JSON) {
            let problem = Problem::of(answer)?;
            let line = problem.line;
            let at_least = match problem.reason.as_str() {
                "in_line" => 1,
                "capacity_spent" => 0,
                _ => return None,
            };
            (
                line.as_ref().and_then(|line| line.place).unwrap_or(at_least),
                line.and_then(|line| line.ticket),
            )
        } else {
            (page::place_in_line(&answer.text())?, None)
        };
        Some(Self {
            place,
            ask_again: answer.retry_after(),
            ticket,
        })
    }
}

/// The number of a ticket, out of its token.
pub(crate) fn ticket_number(token: &str) -> Option<u64> {
    let token = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    Some(u64::from_be_bytes(token.get(NUMBER)?.try_into().ok()?))
}

/// One request and its answer, as far as the line is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// When the request was sent.
    pub(crate) sent: Instant,
    /// When its answer had come.
    pub(crate) answered: Instant,
}

/// One stay in the line.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    /// The ticket's number.
    pub(crate) number: u64,
    /// When the ticket came.
    pub(crate) since: Instant,
    /// When the answer came that was about something else at last; `None` for somebody who was never let in.
    pub(crate) let_in: Option<Instant>,
    /// When the last request was sent that was answered with others still ahead.
    pub(crate) last_behind: Option<Instant>,
    /// The longest time after which to ask again that was ever told.
    pub(crate) longest_told: Duration,
    /// The longest that one answer took.
    pub(crate) longest_answer: Duration,
}

impl Wait {
    /// How long it took; `None` for somebody who was never let in.
    pub(crate) fn length(&self) -> Option<Duration> {
        Some(self.let_in?.saturating_duration_since(self.since))
    }

    fn see_answer(&mut self, asked: Asked) {
        let took = asked.answered.saturating_duration_since(asked.sent);
        self.longest_answer = self.longest_answer.max(took);
    }

    /// Whether it is disorder that somebody with a higher number was in at `behind`.
    fn is_overtaken_by(&self, behind: Instant) -> bool {
        // Called just after an asking, and an origin that was busy at the next one.
        let excused = self.longest_told * 2 + self.longest_answer;
        self.last_behind.is_some_and(|sent| sent > behind) || self.overtaken_by(behind) > excused
    }

    /// How much earlier somebody was in who was at `behind`.
    fn overtaken_by(&self, behind: Instant) -> Duration {
        self.let_in
            .map_or(Duration::ZERO, |let_in| let_in.saturating_duration_since(behind))
    }
}

/// All that one client went through in the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits(Vec<Wait>);

impl Waits {
    /// Takes note of an answer that said to wait, to the holder of the ticket `number`.
    pub(crate) fn told(&mut self, number: u64, told: &Told, asked: Asked) {
        let Self(waits) = self;
        let index = waits
            .iter()
            .position(|wait| wait.number == number)
            .unwrap_or_else(|| {
                waits.push(Wait {
                    number,
                    since: asked.answered,
                    let_in: None,
                    last_behind: None,
                    longest_told: Duration::ZERO,
                    longest_answer: Duration::ZERO,
                });
                waits.len() - 1
            });
        // Whoever was let in keeps the ticket's cookie, and may meet a busy origin later: that is no second wait.
        if let Some(wait) = waits.get_mut(index)
            && wait.let_in.is_none()
        {
            if told.place > 0 {
                wait.last_behind = Some(asked.sent);
            }
            wait.longest_told = wait.longest_told.max(told.ask_again);
            wait.see_answer(asked);
        }
    }

    /// Takes note of an answer that was not about the line: whoever waited is in.
    pub(crate) fn let_in(&mut self, asked: Asked) {
        for wait in self.0.iter_mut().filter(|wait| wait.let_in.is_none()) {
            wait.let_in = Some(asked.answered);
            wait.see_answer(asked);
        }
    }

    /// Every wait, in the order of its beginning.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Wait> {
        self.0.iter()
    }
}

/// Whether the line was served in order.
///
/// Pages ask again at intervals, so somebody who has been called learns of it late, and whoever asks more often may be
/// in first. That is no disorder. These are:
///
/// * Somebody asked, and was answered that others were ahead, after somebody with a higher number was in. No interval
///   excuses that: at that moment the line had passed them over.
/// * Somebody was let in after somebody with a higher number, and later by more than two of the longest intervals that they
///   were told plus the time of one answer.
pub(crate) fn served_in_order<'w>(waits: impl Iterator<Item = &'w Wait>) -> bool {
    let mut is_in_order = true;
    each_overtaken(waits, |wait, behind| is_in_order &= !wait.is_overtaken_by(behind));
    is_in_order
}

/// How much earlier at most somebody was in than somebody with a lower number.
pub(crate) fn longest_overtaking<'w>(waits: impl Iterator<Item = &'w Wait>) -> Duration {
    let mut longest = Duration::ZERO;
    each_overtaken(waits, |wait, behind| {
        longest = longest.max(wait.overtaken_by(behind));
    });
    longest
}

/// Calls `see` with everybody, and when the first of those with a higher number was in.
fn each_overtaken<'w>(waits: impl Iterator<Item = &'w Wait>, mut see: impl FnMut(&Wait, Instant)) {
    let mut waits: Vec<_> = waits.collect();
    waits.sort_by_key(|wait| std::cmp::Reverse(wait.number));
    let mut first_let_in_behind: Option<Instant> = None;
    // From the end of the line to its head, so that everybody behind has been seen.
    for same_number in waits.chunk_by(|one, other| one.number == other.number) {
        if let Some(behind) = first_let_in_behind {
            same_number.iter().for_each(|wait| see(wait, behind));
        }
        first_let_in_behind = same_number
            .iter()
            .filter_map(|wait| wait.let_in)
            .chain(first_let_in_behind)
            .min();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, header};

    fn answer(media_type: &'static str, body: &'static str) -> Answer {
        Answer {
            status: StatusCode::SERVICE_UNAVAILABLE,
            headers: HeaderMap::from_iter([
                (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
                (header::RETRY_AFTER, HeaderValue::from_static("7")),
            ]),
            body: body.into(),
        }
    }

    #[test]
    fn a_page_and_a_problem_tell_the_place() {
        let page = answer(
            "text/html; charset=utf-8",
            r#"<meta http-equiv="refresh" content="7"><main id="levee-line" data-place="12" data-expected="34">"#,
        );
        let problem = answer(
            "application/problem+json",
            r#"{"reason":"in_line","line":{"ticket":"AQ","place":12,"expected_seconds":34}}"#,
        );
        let busy = answer("application/problem+json", r#"{"reason":"capacity_spent"}"#);
        let told = |place, ticket: Option<&str>| Told {
            place,
            ask_again: Duration::from_secs(7),
            ticket: ticket.map(str::to_owned),
        };
        assert_eq!(Told::of(&page), Some(told(12, None)));
        assert_eq!(Told::of(&problem), Some(told(12, Some("AQ"))));
        assert_eq!(Told::of(&busy), Some(told(0, None)));
    }

    #[test]
    fn a_503_about_something_else_is_not_about_the_line() {
        for (media_type, body) in [
            ("text/plain", "no healthy upstream"),
            ("application/problem+json", r#"{"reason":"filter_failed"}"#),
            ("text/html", "<h1>Service unavailable</h1>"),
        ] {
            assert_eq!(Told::of(&answer(media_type, body)), None, "{body}");
        }
    }

    #[test]
    fn the_number_is_read_from_the_token() {
        let mut token = vec![1, 3, 1];
        token.extend(260_u64.to_be_bytes());
        token.extend([9; 40]);
        assert_eq!(ticket_number(&BASE64_URL_SAFE_NO_PAD.encode(token)), Some(260));
        assert_eq!(ticket_number("AQID"), None);
        assert_eq!(ticket_number("not base64!"), None);
    }

    /// Asks of one client at these times in seconds, each told the place and to come back after the seconds, and
    /// then let in.
    fn wait(number: u64, began: Instant, asks: &[(u64, u64, u64)], let_in: u64) -> Wait {
        let at = |seconds| {
            let sent = began + Duration::from_secs(seconds);
            Asked {
                sent,
                answered: sent + Duration::from_millis(100),
            }
        };
        let mut waits = Waits::default();
        for (seconds, place, again) in asks {
            let told = Told {
                place: *place,
                ask_again: Duration::from_secs(*again),
                ticket: None,
            };
            waits.told(number, &told, at(*seconds));
        }
        waits.let_in(at(let_in));
        waits.0.remove(0)
    }

    #[test]
    fn whoever_asks_seldom_may_be_in_late_by_one_interval() {
        let began = Instant::now();
        let seldom = wait(1, began, &[(0, 9, 10)], 10);
        let often = wait(2, began, &[(0, 10, 1), (1, 9, 1)], 2);
        assert!(served_in_order([&seldom, &often].into_iter()));
        assert!(served_in_order([].into_iter()));
    }

    #[test]
    fn being_told_to_wait_after_somebody_behind_is_in_is_disorder() {
        let began = Instant::now();
        let passed_over = wait(1, began, &[(0, 9, 10), (5, 3, 10)], 6);
        let behind = wait(2, began, &[(0, 10, 1)], 4);
        assert!(!served_in_order([&passed_over, &behind].into_iter()));
        let called_but_busy = wait(1, began, &[(0, 9, 10), (5, 0, 1)], 6);
        assert!(served_in_order([&called_but_busy, &behind].into_iter()));
    }

    #[test]
    fn being_let_in_later_than_two_intervals_after_somebody_behind_is_disorder() {
        let began = Instant::now();
        let starved = wait(
            1,
            began,
            &[(0, 9, 2), (2, 0, 1), (3, 0, 1), (4, 0, 1), (5, 0, 1)],
            6,
        );
        let behind = wait(2, began, &[(0, 10, 1)], 1);
        let beside = wait(3, began, &[(0, 11, 1)], 7);
        let overtaking = longest_overtaking([&beside, &starved, &behind].into_iter());
        assert_eq!(overtaking, Duration::from_secs(5));
        assert!(!served_in_order([&beside, &starved, &behind].into_iter()));
        assert!(served_in_order([&starved, &beside].into_iter()));
    }

    #[test]
    fn a_busy_origin_after_being_let_in_is_no_second_wait() {
        let now = Instant::now();
        let asked = Asked {
            sent: now,
            answered: now,
        };
        let told = Told {
            place: 0,
            ask_again: Duration::from_secs(1),
            ticket: None,
        };
        let mut waits = Waits::default();
        waits.told(5, &told, asked);
        waits.let_in(asked);
        let later = Asked {
            sent: now,
            answered: now + Duration::from_secs(60),
        };
        let busy = Told {
            ask_again: Duration::from_secs(60),
            ..told
        };
        waits.told(5, &busy, later);
        waits.let_in(later);
        assert_eq!(waits.iter().count(), 1);
        let wait = waits.iter().next().unwrap();
        assert_eq!(wait.length(), Some(Duration::ZERO));
        assert_eq!(wait.longest_told, Duration::from_secs(1));
    }
}
