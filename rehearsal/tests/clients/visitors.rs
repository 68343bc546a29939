//! People with browsers.

use crate::{challenge_token, granted, is_redemption};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_harness::{Request, Response};
use levee_rehearsal::{
    client::{Account, GaveUp, Happened, Order, Step, arrivals, solve},
    scenario::Scenario,
};
use rand::{SeedableRng, rngs::StdRng};
use std::time::Duration;

/// The work of a challenge of these sites, in expected hashes.
const WORK: u64 = 1_000;

/// How long an answer takes.
const ANSWER: Duration = Duration::from_millis(100);

/// More requests than anybody sends within their patience.
const TOO_MANY: usize = 10_000;

/// Somebody who wants a number and has patience for three minutes.
const SCENARIO: &str = r"
title: { en: a, vi: b }
begins: 2024-03-11T06:00
lasts: 1 h
people:
  - name: patients
    count: 1
    arrive: [[0 s, 1], [1 s, 1]]
    errand: [{ get: / }, { post: /book }]
    think: [1 s, 1 s]
    devices: [{ share: 1, hashes_per_second: 1e6 }]
    give_up_after: 180 s
";

/// How a visit went.
struct Visit {
    account: Account,
    requests: Vec<Request>,
    took: Duration,
}

impl Visit {
    /// Requests for a path.
    fn asked(&self, path: &str) -> usize {
        self.requests
            .iter()
            .filter(|request| request.path == path.as_bytes())
            .count()
    }
}

/// Lets somebody visit a site, which is told the request, and how many came before.
fn visit(scenario: &str, mut site: impl FnMut(&Request, usize) -> Option<Response>) -> Visit {
    let scenario = Scenario::parse("test", scenario).expect("the scenario can be read");
    let mut draw = StdRng::seed_from_u64(1);
    let arrival = arrivals(&scenario).remove(0);
    let mut client = arrival.client(&mut draw);
    let mut now = arrival.at;
    let mut requests = Vec::new();
    let mut step = client.next(Happened::Came, now, &mut draw);
    loop {
        assert!(requests.len() < TOO_MANY, "the visit does not end");
        step = match step {
            Step::Leave(account) => {
                return Visit {
                    account,
                    requests,
                    took: now.saturating_sub(arrival.at),
                };
            }
            Step::Wait(time) => {
                now = now.checked_add(time).expect("the wait has an end");
                client.next(Happened::Waited, now, &mut draw)
            }
            Step::Send(request) => {
                let answer = site(&request, requests.len());
                requests.push(*request);
                now += ANSWER;
                let happened = answer.as_ref().map_or(Happened::NoAnswer, Happened::Answered);
                client.next(happened, now, &mut draw)
            }
            Step::Solve { token, .. } => {
                now += Duration::from_secs(1);
                let happened = solve(&token).map_or(Happened::Unsolvable, Happened::Solved);
                client.next(happened, now, &mut draw)
            }
        };
    }
}

fn html(status: u16, body: impl AsRef<[u8]>) -> Response {
    Response::new(status)
        .header("content-type", "text/html; charset=utf-8")
        .body(body)
}

/// The booking app: a form, and the ticket that it leads to.
fn app(request: &Request) -> Response {
    match request.path.as_slice() {
        b"/" => html(
            200,
            r"<form method=post action=/book><input name=department value=cardiology><input name=day value=2024-03-12></form>",
        ),
        b"/book" => html(303, "").header("location", "/ticket/1"),
        b"/ticket/1" => html(200, "<p class=ticket><b class=number>1</b>"),
        _ => html(404, ""),
    }
}

fn challenge(work: u64) -> Response {
    html(
        403,
        format!(r#"<main id="levee" data-token="{}">"#, challenge_token(work)),
    )
}

fn has_cookie(request: &Request, start: &str) -> bool {
    request.headers.get("cookie").is_some_and(|cookies| {
        cookies
            .windows(start.len())
            .any(|piece| piece == start.as_bytes())
    })
}

/// An answer of the waiting line to the holder of ticket 7.
fn in_line(place: u64) -> Response {
    let mut ticket = vec![1, 3, 1];
    ticket.extend(7_u64.to_be_bytes());
    ticket.resize(51, 0);
    let ticket = BASE64_URL_SAFE_NO_PAD.encode(ticket);
    html(
        503,
        format!(r#"<meta http-equiv="refresh" content="5"><main id="levee-line" data-place="{place}">"#),
    )
    .header("set-cookie", format!("levee-line={ticket}; Path=/"))
}

#[test]
fn a_number_is_taken_with_the_form_of_the_page() {
    let visit = visit(SCENARIO, |request, _| Some(app(request)));
    assert!(visit.account.served);
    assert_eq!(visit.account.last_form, "department=cardiology&day=2024-03-12");
    assert_eq!(visit.requests[1].body_bytes(), visit.account.last_form.as_bytes());
    assert!(visit.account.last_page.ends_with(b"<b class=number>1</b>"));
    // Three answers; the second of thinking is the person's own.
    assert_eq!(visit.account.delay, 3 * ANSWER);
}

#[test]
fn a_challenge_is_solved_once_and_the_clearance_sent_from_then_on() {
    let visit = visit(SCENARIO, |request, _| {
        Some(if is_redemption(request) {
            granted("levee=AQEB")
        } else if has_cookie(request, "levee=AQEB") {
            app(request)
        } else {
            challenge(WORK)
        })
    });
    assert!(visit.account.served);
    assert_eq!((visit.account.challenges, visit.requests.len()), (1, 5));
    assert_eq!(visit.account.work, Duration::from_secs(1));
}

#[test]
fn a_form_that_is_challenged_is_sent_again_as_it_was() {
    let visit = visit(SCENARIO, |request, _| {
        Some(if is_redemption(request) {
            granted("levee=AQEB")
        } else if request.method == b"GET" || has_cookie(request, "levee=AQEB") {
            app(request)
        } else {
            challenge(WORK)
        })
    });
    assert!(visit.account.served);
    let bodies: Vec<_> = visit
        .requests
        .iter()
        .filter(|request| request.path == b"/book")
        .map(Request::body_bytes)
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[test]
fn the_fresh_challenge_for_a_refused_solution_is_solved_in_its_place() {
    let mut refused = 0;
    let visit = visit(SCENARIO, |request, _| {
        Some(if is_redemption(request) && refused == 0 {
            refused += 1;
            challenge(2 * WORK)
        } else if is_redemption(request) {
            granted("levee=AQEB")
        } else if has_cookie(request, "levee=AQEB") {
            app(request)
        } else {
            challenge(WORK)
        })
    });
    assert!(visit.account.served);
    // The page, two redemptions, and the page again: the fresh challenge was not asked for once more.
    assert_eq!((visit.account.challenges, visit.asked("/")), (2, 2));
}

#[test]
fn a_site_that_accepts_no_solution_is_given_up() {
    let visit = visit(SCENARIO, |_, _| Some(challenge(WORK)));
    assert!(!visit.account.served);
    assert_eq!(
        visit.account.gave_up,
        Some(GaveUp::StillChallenged { path: "/".into() })
    );
    assert!(visit.account.challenges < 30, "{}", visit.account.challenges);
}

#[test]
fn work_without_end_is_given_up_at_once() {
    let visit = visit(SCENARIO, |_, _| Some(challenge(u64::MAX)));
    assert_eq!(
        visit.account.gave_up,
        Some(GaveUp::Unsolvable { path: "/".into() })
    );
}

#[test]
fn the_line_is_asked_when_its_page_says_so_and_the_wait_is_known() {
    let visit = visit(SCENARIO, |request, before| {
        Some(match before {
            0 => in_line(2),
            1 => in_line(0),
            _ => app(request),
        })
    });
    assert!(visit.account.served && visit.account.stood_in_line);
    assert!(has_cookie(&visit.requests[1], "levee-line="));
    let waits: Vec<_> = visit.account.waits.iter().collect();
    assert_eq!(waits.len(), 1);
    // Twice five seconds and two answers.
    assert_eq!(waits[0].length(), Some(Duration::from_secs(10) + 2 * ANSWER));
    assert_eq!(Order::of(waits.into_iter(), Duration::ZERO), Order::default());
}

#[test]
fn a_browser_without_scripts_waits_in_the_waiting_lane() {
    let scenario = SCENARIO.replace("think:", "no_javascript: 1\n    think:");
    let visit = visit(&scenario, |request, before| {
        Some(if before == 0 {
            html(
                403,
                format!(
                    r#"<noscript><meta http-equiv="refresh" content="15"></noscript><main id="levee" data-token="{}">"#,
                    challenge_token(WORK)
                ),
            )
        } else {
            app(request)
        })
    });
    assert!(visit.account.served);
    assert_eq!(visit.account.work, Duration::ZERO);
    assert!(visit.took >= Duration::from_secs(15));
}

#[test]
fn no_answer_and_errors_are_tried_again_and_refusals_begin_anew() {
    for trouble in [None, Some(html(502, "")), Some(html(400, ""))] {
        let visit = visit(SCENARIO, |request, before| {
            if before < 2 {
                trouble.clone()
            } else {
                Some(app(request))
            }
        });
        assert!(visit.account.served, "{trouble:?}");
    }
}

#[test]
fn whoever_cannot_have_what_they_chose_chooses_something_else() {
    let visit = visit(SCENARIO, |request, _| {
        let form = request.body_bytes();
        Some(match request.path.as_slice() {
            b"/" => html(
                200,
                r"<form method=post action=/book><input type=radio name=session value=morning><input type=radio name=session value=afternoon></form>",
            ),
            b"/book" if form == b"session=morning" => html(422, "It is over."),
            _ => app(request),
        })
    });
    assert!(visit.account.served);
    assert_eq!(visit.account.last_form, "session=afternoon");
}

#[test]
fn redirects_without_end_are_not_followed() {
    let visit = visit(SCENARIO, |_, before| {
        Some(html(302, "").header("location", format!("/{before}")))
    });
    assert!(matches!(
        visit.account.gave_up,
        Some(GaveUp::Answered { status: 302, .. })
    ));
    assert!(visit.requests.len() < 30, "{}", visit.requests.len());
}

#[test]
fn redirects_to_elsewhere_are_not_followed() {
    for elsewhere in ["//example.com/", "https://example.com/", "", "ftp:x"] {
        let visit = visit(SCENARIO, |_, _| Some(html(302, "").header("location", elsewhere)));
        assert!(!visit.account.served);
        assert_eq!(visit.asked("/"), visit.requests.len(), "{elsewhere} was followed");
    }
}

#[test]
fn nobody_waits_longer_than_their_patience_whatever_they_are_told() {
    let months = "99999999999";
    let for_ever = u64::MAX.to_string();
    for answer in [
        html(429, "").header("retry-after", months),
        html(429, "").header("retry-after", &for_ever),
        html(
            503,
            format!(
                r#"<meta http-equiv="refresh" content="{for_ever}"><main id="levee-line" data-place="9">"#
            ),
        ),
        html(503, "").header("retry-after", "0"),
        in_line(3),
    ] {
        let visit = visit(SCENARIO, |_, _| Some(answer.clone()));
        assert_eq!(
            visit.account.gave_up,
            Some(GaveUp::OutOfPatience(Duration::from_secs(180))),
            "{answer:?}"
        );
        assert!(
            visit.took < Duration::from_secs(190),
            "{:?}: {answer:?}",
            visit.took
        );
    }
}
