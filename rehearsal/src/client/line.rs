//! The waiting line, seen from outside: what an answer says about it, how long each wait was, and whether it was kept in order.

use super::answer::{first_piece, is_busy, place_told, ticket_told, when_to_ask_again};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_harness::Response;
use std::{ops::Range, time::Duration};

/// The cookie that keeps a client's ticket.
pub(super) const LINE_COOKIE: &str = "levee-line";

/// Where a ticket's number stands in the bytes of its token: a big-endian number of 64 bits (docs/protocol.md).
const NUMBER: Range<usize> = 3..11;

/// What an answer tells somebody who cannot be served yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// How many are ahead; 0 for somebody who has been called, or needs no ticket, and only meets an origin that is busy at
    /// this moment.
    place: u64,
    /// After what time to ask again.
    pub(super) ask_again: Duration,
    /// The ticket's token, where the body says it. The cookie has it always.
    ticket: Option<String>,
}

impl Told {
    /// What an answer says that is [in line](levee_report::Verdict::InLine).
    pub(super) fn of(answer: &Response) -> Self {
        let body = first_piece(answer);
        let at_least = u64::from(!is_busy(&body));
        Self {
            place: place_told(&body).unwrap_or(at_least),
            ask_again: when_to_ask_again(answer),
            ticket: ticket_told(&body),
        }
    }

    /// The number of the ticket: of that in the cookie, or of the one told.
    pub(super) fn number(&self, cookie: Option<&str>) -> Option<u64> {
        let token = BASE64_URL_SAFE_NO_PAD
            .decode(cookie.or(self.ticket.as_deref())?)
            .ok()?;
        Some(u64::from_be_bytes(token.get(NUMBER)?.try_into().ok()?))
    }
}

/// One request and its answer, as far as the line is concerned: times since the beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// When the request was sent.
    pub(super) sent: Duration,
    /// When its answer had come.
    pub(super) answered: Duration,
}

/// One stay in the waiting line. Times are since the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The ticket's number.
    number: u64,
    /// When the ticket came.
    since: Duration,
    /// When the answer came that was about something else at last; `None` for somebody who was never let in.
    let_in: Option<Duration>,
    /// When the last request was sent that was answered with others still ahead.
    last_behind: Option<Duration>,
    /// When the last request was sent.
    last_sent: Duration,
    /// The longest time from one request to the next.
    longest_interval: Duration,
    /// The longest that one answer took.
    longest_answer: Duration,
}

impl Wait {
    /// How long it took; `None` for somebody who was never let in.
    #[must_use]
    pub fn length(&self) -> Option<Duration> {
        Some(self.let_in?.saturating_sub(self.since))
    }

    fn see(&mut self, asked: Asked) {
        let interval = asked.sent.saturating_sub(self.last_sent);
        self.longest_interval = self.longest_interval.max(interval);
        self.last_sent = asked.sent;
        let took = asked.answered.saturating_sub(asked.sent);
        self.longest_answer = self.longest_answer.max(took);
    }

    /// Whether it is disorder that somebody with a higher number was in at `behind`.
    fn is_passed_over_by(&self, behind: Duration, leased: Duration) -> bool {
        // Called just after an asking, and an origin that was busy at the next one, or for as long as its room was
        // leased to another node.
        let excused = self.longest_interval * 2 + leased + self.longest_answer;
        self.last_behind.is_some_and(|sent| sent > behind) || self.overtaken_by(behind) > excused
    }

    /// How much earlier somebody was in who was at `behind`.
    fn overtaken_by(&self, behind: Duration) -> Duration {
        self.let_in
            .map_or(Duration::ZERO, |let_in| let_in.saturating_sub(behind))
    }
}

/// All that one client went through in the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits(Vec<Wait>);

impl Waits {
    /// Takes note of an answer that said to wait, to the holder of the ticket `number`.
    pub(super) fn told(&mut self, number: u64, told: &Told, asked: Asked) {
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
                    last_sent: asked.sent,
                    longest_interval: Duration::ZERO,
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
            wait.see(asked);
        }
    }

    /// Takes note of an answer that was not about the line: whoever waited is in.
    pub(super) fn let_in(&mut self, asked: Asked) {
        for wait in self.0.iter_mut().filter(|wait| wait.let_in.is_none()) {
            wait.let_in = Some(asked.answered);
            wait.see(asked);
        }
    }

    /// Every wait, in the order of its beginning.
    pub fn iter(&self) -> impl Iterator<Item = &Wait> {
        self.0.iter()
    }
}

/// How the line was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// How many were passed over.
    pub passed_over: u64,
    /// How much earlier at most somebody was in than somebody with a lower number.
    pub longest_overtaking: Duration,
}

impl Order {
    /// How the line was kept in which these have waited.
    ///
    /// Pages ask again at intervals, so somebody who has been called learns of it late, and whoever asks more often may be in
    /// first. That is no disorder. Passed over is:
    ///
    /// * whoever asked, and was answered that others were ahead, after somebody with a higher number was in. No interval excuses
    ///   that: at that moment the line had passed them over.
    /// * whoever was let in after somebody with a higher number, and later by more than two of the longest intervals at which they
    ///   asked, plus the time of one answer and the time for which nodes keep room of the origin `leased` that others then lack.
    ///   Intervals as they were, not as they were told: a client that asks late has itself to blame, not the line.
    pub fn of<'w>(waits: impl Iterator<Item = &'w Wait>, leased: Duration) -> Self {
        let mut waits: Vec<_> = waits.collect();
        waits.sort_by_key(|wait| std::cmp::Reverse(wait.number));
        let mut order = Self::default();
        let mut first_let_in_behind: Option<Duration> = None;
        // From the end of the line to its head, so that everybody behind has been seen.
        for same_number in waits.chunk_by(|one, other| one.number == other.number) {
            if let Some(behind) = first_let_in_behind {
                for wait in same_number {
                    order.passed_over += u64::from(wait.is_passed_over_by(behind, leased));
                    order.longest_overtaking = order.longest_overtaking.max(wait.overtaken_by(behind));
                }
            }
            first_let_in_behind = same_number
                .iter()
                .filter_map(|wait| wait.let_in)
                .chain(first_let_in_behind)
                .min();
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(media_type: &str, body: &str) -> Response {
        Response::new(503)
            .header("content-type", media_type)
            .header("retry-after", "7")
            .body(body)
    }

    fn told(place: u64, ask_again: u64, ticket: Option<&str>) -> Told {
        Told {
            place,
            ask_again: Duration::from_secs(ask_again),
            ticket: ticket.map(str::to_owned),
        }
    }

    #[test]
    fn a_page_and_a_problem_tell_the_place() {
        let page = answer(
            "text/html; charset=utf-8",
            r#"<meta http-equiv="refresh" content="5"><main id="levee-line" data-place="12" data-expected="34">"#,
        );
        let problem = answer(
            "application/problem+json",
            r#"{"reason":"in_line","line":{"ticket":"AQ","place":12,"expected_seconds":34}}"#,
        );
        let unplaced = answer("application/problem+json", r#"{"reason":"in_line"}"#);
        let busy = answer("application/problem+json", r#"{"reason":"capacity_spent"}"#);
        assert_eq!(Told::of(&page), told(12, 5, None));
        assert_eq!(Told::of(&problem), told(12, 7, Some("AQ")));
        assert_eq!(Told::of(&unplaced), told(1, 7, None));
        assert_eq!(Told::of(&busy), told(0, 7, None));
    }

    #[test]
    fn the_number_is_read_from_the_token_of_the_cookie_first() {
        let token = |number: u64| {
            let mut token = vec![1, 3, 1];
            token.extend(number.to_be_bytes());
            token.extend([9; 40]);
            BASE64_URL_SAFE_NO_PAD.encode(token)
        };
        let in_body = told(1, 1, Some(&token(7)));
        assert_eq!(in_body.number(Some(&token(260))), Some(260));
        assert_eq!(in_body.number(None), Some(7));
        for broken in ["AQID", "not base64!", ""] {
            assert_eq!(told(1, 1, Some(broken)).number(None), None);
        }
    }

    /// Asks of one client at these times in seconds, each told the place and to come back after the seconds, and then let in.
    fn wait(number: u64, asks: &[(u64, u64, u64)], let_in: u64) -> Wait {
        let at = |seconds| {
            let sent = Duration::from_secs(seconds);
            Asked {
                sent,
                answered: sent + Duration::from_millis(100),
            }
        };
        let mut waits = Waits::default();
        for (seconds, place, again) in asks {
            waits.told(number, &told(*place, *again, None), at(*seconds));
        }
        waits.let_in(at(let_in));
        waits.0.remove(0)
    }

    fn passed_over(waits: &[&Wait]) -> u64 {
        Order::of(waits.iter().copied(), Duration::ZERO).passed_over
    }

    #[test]
    fn whoever_asks_seldom_may_be_in_late_by_one_interval() {
        let seldom = wait(1, &[(0, 9, 10)], 10);
        let often = wait(2, &[(0, 10, 1), (1, 9, 1)], 2);
        assert_eq!(passed_over(&[&seldom, &often]), 0);
        assert_eq!(passed_over(&[]), 0);
    }

    #[test]
    fn being_told_to_wait_after_somebody_behind_is_in_is_disorder() {
        let passed = wait(1, &[(0, 9, 10), (5, 3, 10)], 6);
        let behind = wait(2, &[(0, 10, 1)], 4);
        assert_eq!(passed_over(&[&passed, &behind]), 1);
        let called_but_busy = wait(1, &[(0, 9, 10), (5, 0, 1)], 6);
        assert_eq!(passed_over(&[&called_but_busy, &behind]), 0);
    }

    #[test]
    fn being_let_in_later_than_two_intervals_after_somebody_behind_is_disorder() {
        let starved = wait(1, &[(0, 9, 2), (2, 0, 1), (3, 0, 1), (4, 0, 1), (5, 0, 1)], 6);
        let behind = wait(2, &[(0, 10, 1)], 1);
        let beside = wait(3, &[(0, 11, 1)], 7);
        let order = Order::of([&beside, &starved, &behind].into_iter(), Duration::ZERO);
        assert_eq!(
            order,
            Order {
                passed_over: 1,
                longest_overtaking: Duration::from_secs(5)
            }
        );
        assert_eq!(passed_over(&[&starved, &beside]), 0);
    }

    #[test]
    fn a_client_that_asks_late_is_not_passed_over_by_the_line() {
        // Told to come back after a second, and a second late each time.
        let late = wait(1, &[(0, 9, 1), (2, 0, 1)], 4);
        let punctual = wait(1, &[(0, 9, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1)], 4);
        let behind = wait(2, &[(0, 10, 1)], 1);
        assert_eq!(passed_over(&[&late, &behind]), 0);
        assert_eq!(passed_over(&[&punctual, &behind]), 1);
    }

    #[test]
    fn a_busy_origin_after_being_let_in_is_no_second_wait() {
        let at = |seconds| Asked {
            sent: Duration::from_secs(seconds),
            answered: Duration::from_secs(seconds),
        };
        let mut waits = Waits::default();
        waits.told(5, &told(0, 1, None), at(0));
        waits.let_in(at(0));
        waits.told(5, &told(0, 60, None), at(60));
        waits.let_in(at(60));
        assert_eq!(waits.iter().count(), 1);
        let wait = waits.iter().next().unwrap();
        assert_eq!(wait.length(), Some(Duration::ZERO));
        assert_eq!(wait.longest_interval, Duration::ZERO);
    }
}
