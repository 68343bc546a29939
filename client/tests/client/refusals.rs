//! What comes next after an answer.

use crate::{challenge, encoded};
use core::{num::NonZero, sync::atomic::AtomicBool, time::Duration};
use http::Response;
use levee_client::{
    Attempt, CLEARANCE_HEADER, Clearance, GiveUp, Limits, Pause, Session, SolveError, Step, TICKET_HEADER,
};
use serde_json::{Value, json};

/// Problem details with these members, which may replace others.
fn refusal(status: u16, retry_after: Option<&str>, mut members: Value) -> Response<Vec<u8>> {
    let mut problem = json!({
        "type": "about:blank", "title": "Forbidden", "status": status, "detail": "", "reason": "free_lane_spent",
        "support_id": "0123456789",
    });
    if let (Some(all), Some(members)) = (problem.as_object_mut(), members.as_object_mut()) {
        all.append(members);
    }
    let mut answer = Response::builder()
        .status(status)
        .header("content-type", "application/problem+json");
    if let Some(seconds) = retry_after {
        answer = answer.header("retry-after", seconds);
    }
    answer.body(problem.to_string().into_bytes()).unwrap()
}

fn question(token: &str, redeem: &str) -> Value {
    json!({ "challenge": { "token": token, "solver": "/.well-known/levee/solver-0.js", "redeem": redeem } })
}

fn asks_for(work: u64) -> Response<Vec<u8>> {
    let token = encoded(&challenge(work, 4));
    refusal(403, Some("1"), question(&token, "/.well-known/levee/redeem"))
}

fn grants(clearance: &str) -> Response<Vec<u8>> {
    let body = json!({ "clearance": clearance, "expires_at": 1_710_003_600_u64 });
    Response::builder()
        .status(200)
        .body(body.to_string().into_bytes())
        .unwrap()
}

fn in_line(ticket: Option<&str>, retry_after: &str) -> Response<Vec<u8>> {
    let mut line = json!({ "place": 3, "expected_seconds": 40 });
    if let Some(ticket) = ticket {
        line["ticket"] = ticket.into();
    }
    refusal(
        503,
        Some(retry_after),
        json!({ "reason": "in_line", "line": line }),
    )
}

/// What follows from one answer to a request of a fresh client.
fn next(answer: &Response<Vec<u8>>) -> Result<Step, GiveUp> {
    Attempt::new(Limits::default()).answered(&mut Session::default(), answer)
}

fn wait(step: Result<Step, GiveUp>) -> Pause {
    match step {
        Ok(Step::Wait(pause)) => pause,
        other => panic!("expected a wait, found {other:?}"),
    }
}

fn headers(session: &Session) -> Vec<(&str, &str)> {
    session.headers().collect()
}

#[test]
fn a_challenge_is_solved_redeemed_and_its_clearance_sent_from_then_on() {
    let (mut attempt, mut session) = (Attempt::new(Limits::default()), Session::default());
    let Ok(Step::Solve(challenge)) = attempt.answered(&mut session, &asks_for(64)) else {
        panic!("no challenge")
    };
    assert_eq!(
        (challenge.work(), challenge.count(), challenge.reason()),
        (64, 4, "free_lane_spent")
    );
    let solution = challenge
        .solve(NonZero::<usize>::MIN, &AtomicBool::new(false))
        .unwrap();
    assert_eq!(solution.redeem(), "/.well-known/levee/redeem");
    // 66 bytes of the challenge and four times eight.
    assert_eq!(solution.value().len(), (66_usize + 32).div_ceil(3) * 4 - 1);
    assert!(headers(&session).is_empty());
    assert_eq!(
        attempt.redeemed(&mut session, &grants("AQID-_")),
        Ok(Step::Repeat)
    );
    assert_eq!(headers(&session), [(CLEARANCE_HEADER, "AQID-_")]);
    assert_eq!(
        session.clearance().map(Clearance::expires_at),
        Some(1_710_003_600)
    );
}

#[test]
fn solving_ends_when_it_is_cancelled() {
    let Ok(Step::Solve(challenge)) = next(&asks_for(1 << 25)) else {
        panic!("no challenge")
    };
    assert_eq!(
        challenge.solve(NonZero::<usize>::MIN, &AtomicBool::new(true)),
        Err(SolveError::Cancelled)
    );
}

#[test]
fn every_answer_of_the_site_itself_is_the_apps() {
    let of_the_site = |status: u16, content_type: &str, body: &str| {
        Response::builder()
            .status(status)
            .header("content-type", content_type)
            .header("retry-after", "1")
            .body(body.as_bytes().to_vec())
            .unwrap()
    };
    for answer in [
        of_the_site(200, "application/json", "{}"),
        of_the_site(302, "text/plain", ""),
        of_the_site(403, "text/html", "<p>no</p>"),
        of_the_site(429, "text/plain", "slow down"),
        of_the_site(503, "application/problem+json", ""),
        of_the_site(503, "application/problem+json", "{\"title\":\"maintenance\"}"),
        of_the_site(429, "application/problem+json", "{\"reason\":\"of its own\"}"),
        of_the_site(403, "application/problem+json", "not json"),
        of_the_site(403, "application/problem+json", "[1, 2]"),
    ] {
        assert_eq!(next(&answer), Ok(Step::Done), "{answer:?}");
    }
    let forbidden = refusal(403, None, json!({ "reason": "rule_refuses" }));
    assert_eq!(next(&forbidden), Ok(Step::Done), "nothing can be done about it");
}

#[test]
fn a_client_gives_up_after_three_challenges() {
    let (mut attempt, mut session) = (Attempt::new(Limits::default()), Session::default());
    for _ in 0..3 {
        let step = attempt.redeemed(&mut session, &asks_for(64));
        assert!(matches!(step, Ok(Step::Solve(_))), "{step:?}");
    }
    assert_eq!(
        attempt.answered(&mut session, &asks_for(64)),
        Err(GiveUp::TooManyRounds {
            rounds: 3,
            reason: "free_lane_spent".to_owned()
        })
    );
}

#[test]
fn more_work_than_allowed_is_not_begun() {
    let limits = Limits {
        work: 1000,
        ..Limits::default()
    };
    let answer = |work| Attempt::new(limits).answered(&mut Session::default(), &asks_for(work));
    assert!(matches!(answer(1000), Ok(Step::Solve(_))));
    let refused = GiveUp::TooMuchWork {
        work: 1001,
        most: 1000,
    };
    assert_eq!(answer(1001), Err(refused));
    assert!(matches!(answer(u64::MAX), Err(GiveUp::TooMuchWork { .. })));
    // The highest price of a filter that is not configured otherwise.
    assert!(matches!(next(&asks_for(1 << 23)), Ok(Step::Solve(_))));
}

#[test]
fn a_solution_goes_nowhere_but_to_the_site_that_asked() {
    let token = encoded(&challenge(64, 4));
    for redeem in [
        "https://elsewhere.example/redeem",
        "//elsewhere.example/redeem",
        "/\\elsewhere.example/redeem",
        "redeem",
        "",
        "/redeem\r\nx: y",
        "/redeem#part",
        "/ redeem",
        "/\u{e9}",
        &format!("/{}", "a".repeat(2000)),
    ] {
        let step = next(&refusal(403, None, question(&token, redeem)));
        assert!(
            matches!(step, Err(GiveUp::ForeignRedemption { .. })),
            "{redeem:?}: {step:?}"
        );
    }
    let step = next(&refusal(403, None, question(&token, "/elsewhere?a=b")));
    assert!(matches!(step, Ok(Step::Solve(_))), "{step:?}");
}

#[test]
fn a_challenge_that_is_not_understood_is_given_up_with_a_clear_word() {
    let known = challenge(64, 4);
    let with = |offset: usize, byte: u8| {
        let mut token = known.clone();
        token[offset] = byte;
        token
    };
    for (what, token) in [
        ("version 2", with(0, 2)),
        ("a clearance", with(1, 2)),
        ("algorithm 2", with(3, 2)),
        ("no sub-puzzles", challenge(64, 0)),
        ("too many sub-puzzles", challenge(64, 257)),
        ("cut short", known[..65].to_vec()),
        ("too long", [&known[..], &[0]].concat()),
        ("nothing", Vec::new()),
    ] {
        let step = next(&refusal(403, None, question(&encoded(&token), "/redeem")));
        assert_eq!(
            step,
            Err(GiveUp::UnknownChallenge(SolveError::UnknownChallenge)),
            "{what}"
        );
    }
    let step = next(&refusal(403, None, question("=", "/redeem")));
    assert!(step.is_err_and(|error| error.to_string().contains("newer client")));
}

#[test]
fn a_client_waits_as_long_as_it_is_told_and_a_little_at_random() {
    let times: Vec<Duration> = (0..50)
        .map(|_| wait(next(&refusal(429, Some("40"), json!({})))).time)
        .collect();
    let range = Duration::from_secs(40)..=Duration::from_secs(44);
    assert!(times.iter().all(|time| range.contains(time)), "{times:?}");
    assert!(times.iter().any(|time| *time != times[0]), "{times:?}");
    // At once is never meant, and what is not told is a few seconds.
    for (told, least) in [(Some("0"), 1), (Some("soon"), 5), (None, 5)] {
        let time = wait(next(&refusal(503, told, json!({ "reason": "no_entropy" })))).time;
        assert!(
            (Duration::from_secs(least)..Duration::from_secs(least + 1)).contains(&time),
            "{told:?}: {time:?}"
        );
    }
}

#[test]
fn a_ticket_is_kept_until_another_replaces_it() {
    let mut session = Session::with_clearance(Clearance::new("AQID", 1_710_003_600).unwrap());
    let mut attempt = Attempt::new(Limits::default());
    let pause = wait(attempt.answered(&mut session, &in_line(Some("AwEB"), "4")));
    let place = pause.place.unwrap();
    assert_eq!((place.place, place.expected), (3, Duration::from_secs(40)));
    assert_eq!(pause.reason, "in_line");
    let both = [(CLEARANCE_HEADER, "AQID"), (TICKET_HEADER, "AwEB")];
    assert_eq!(headers(&session), both);
    // When it is the client's turn the site need not give one again.
    let _ = wait(attempt.answered(&mut session, &in_line(None, "1")));
    assert_eq!(headers(&session), both);
    let _ = wait(attempt.answered(&mut session, &in_line(Some("bad\r\nx: y"), "1")));
    assert_eq!(headers(&session), both);
    let _ = wait(attempt.answered(&mut session, &in_line(Some("AwEC"), "1")));
    assert_eq!(headers(&session)[1], (TICKET_HEADER, "AwEC"));
    // It is of no use to another clearance.
    assert_eq!(attempt.redeemed(&mut session, &grants("AQIE")), Ok(Step::Repeat));
    assert_eq!(headers(&session), [(CLEARANCE_HEADER, "AQIE")]);
}

#[test]
fn all_waits_together_are_bounded() {
    let limits = Limits {
        wait: Duration::from_secs(30),
        ..Limits::default()
    };
    let (mut attempt, mut session) = (Attempt::new(limits), Session::default());
    let mut waited = Duration::ZERO;
    let error = loop {
        match attempt.answered(&mut session, &in_line(Some("AwEB"), "8")) {
            Ok(step) => waited += wait(Ok(step)).time,
            Err(error) => break error,
        }
    };
    assert!(waited <= limits.wait, "{waited:?}");
    assert!(matches!(&error, GiveUp::TooLongAWait { reason, .. } if reason == "in_line"));
    assert_eq!(
        headers(&session),
        [(TICKET_HEADER, "AwEB")],
        "the place is kept for another try"
    );
    let too_long = Attempt::new(limits).answered(&mut session, &refusal(429, Some("3600"), json!({})));
    assert!(
        matches!(too_long, Err(GiveUp::TooLongAWait { .. })),
        "{too_long:?}"
    );
}

#[test]
fn what_answers_a_solution_is_a_clearance_or_leads_on_or_is_an_error() {
    let redeemed = |answer: &Response<Vec<u8>>| {
        Attempt::new(Limits::default()).redeemed(&mut Session::default(), answer)
    };
    let over_quota = refusal(429, Some("3"), json!({ "reason": "redeem_over_quota" }));
    assert_eq!(wait(redeemed(&over_quota)).reason, "redeem_over_quota");
    let wrong = refusal(400, None, json!({ "reason": "solution_malformed" }));
    assert_eq!(
        redeemed(&wrong),
        Err(GiveUp::NoClearance {
            status: 400,
            reason: "solution_malformed".to_owned()
        })
    );
    let bare = |status: u16, body: &str| {
        Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap()
    };
    for answer in [
        bare(200, "<p>welcome</p>"),
        bare(200, "{}"),
        bare(302, ""),
        bare(404, ""),
        bare(502, ""),
        grants(""),
        grants("not a token"),
        grants("AQID\r\nx: y"),
        grants(&"A".repeat(5000)),
    ] {
        let step = redeemed(&answer);
        assert!(
            matches!(step, Err(GiveUp::NoClearance { .. })),
            "{answer:?}: {step:?}"
        );
    }
}
