//! The clearance's cookie on https, and a host without random bytes: what not every host can be made to play.

use levee_behaviour::{
    client::stolen_key,
    configuration::{closed, free_lane},
};
use levee_core::{
    Action, Assets, Decision, Entropy, Filter, Header, Policy, Ports, Reason, Request, challenge::Challenge,
    filter::REDEEM_PATH, ledger::MemoryLedger, response::Response, time::Timestamp, token,
};
use serde_json::Value;

struct Fixed(Option<[u8; 16]>);

impl Entropy for Fixed {
    fn draw(&mut self) -> Option<[u8; 16]> {
        self.0
    }
}

fn filter(configuration: &Value) -> Filter {
    match Policy::from_json(configuration.to_string().as_bytes()) {
        Ok(policy) => Filter::new(
            policy,
            Assets {
                solver: b"",
                client: b"",
            },
        ),
        Err(problems) => panic!("{problems:#?}"),
    }
}

fn decide<'f>(filter: &'f Filter, headers: &[Header<'_>], entropy: Option<[u8; 16]>) -> Decision<'f> {
    let mut ledger = MemoryLedger::new(filter.policy().ledger);
    let ports = Ports {
        now: Timestamp::from_seconds(1_790_000_000),
        ledger: &mut ledger,
        entropy: &mut Fixed(entropy),
    };
    filter.decide(&Request::new(headers, None), ports)
}

fn answer(decision: Decision<'_>) -> Response {
    match decision.action {
        Action::Respond(response) => response,
        Action::Forward(_) => panic!("forwarded: {:?}", decision.reason),
    }
}

/// Redeems a challenge over `scheme` and returns the cookie that is set.
fn cookie_over(scheme: &[u8]) -> String {
    let filter = filter(&closed());
    let ask: [Header<'_>; 3] = [(b":method", b"GET"), (b":path", b"/"), (b":scheme", scheme)];
    let problem: Value =
        serde_json::from_slice(&answer(decide(&filter, &ask, Some([3; 16]))).body).unwrap_or_default();
    let text = problem["challenge"]["token"].as_str().unwrap_or_default();
    let Ok(challenge) = token::decode(text.as_bytes(), 100) else {
        panic!("{text}")
    };
    let Ok(puzzle) = Challenge::puzzle_for_client(&challenge) else {
        panic!("{text}")
    };
    let solution = (0..puzzle.count())
        .filter_map(|index| (0..u64::MAX).find(|n| puzzle.is_solved_by(index, *n)))
        .flat_map(u64::to_be_bytes);
    let solution = token::encode(&challenge.iter().copied().chain(solution).collect::<Vec<u8>>());
    let redeem: [Header<'_>; 4] = [
        (b":method", b"POST"),
        (b":path", REDEEM_PATH.as_bytes()),
        (b":scheme", scheme),
        (b"levee-solution", solution.as_bytes()),
    ];
    let response = answer(decide(&filter, &redeem, Some([4; 16])));
    assert_eq!(response.status, 200);
    let cookie = response.headers.iter().find(|(name, _)| *name == "set-cookie");
    cookie.map(|(_, value)| value.to_string()).unwrap_or_default()
}

#[test]
fn on_https_the_cookie_is_bound_to_the_host_and_to_https() {
    let cookie = cookie_over(b"https");
    assert!(cookie.starts_with("__Host-levee="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
}

#[test]
fn on_http_a_browser_would_drop_a_secure_cookie_so_it_gets_a_plain_one() {
    let cookie = cookie_over(b"http");
    assert!(cookie.starts_with("levee="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
}

#[test]
fn a_cookie_that_a_neighbouring_subdomain_could_have_planted_does_not_count_on_https() {
    let filter = filter(&closed());
    let secure = cookie_over(b"https");
    let value = secure
        .trim_start_matches("__Host-levee=")
        .split(';')
        .next()
        .unwrap_or_default();
    for (cookie, reason) in [
        (format!("levee={value}"), Reason::ClearanceRequired),
        (format!("__Host-levee={value}"), Reason::Clearance),
    ] {
        let headers: [Header<'_>; 4] = [
            (b":method", b"GET"),
            (b":path", b"/"),
            (b":scheme", b"https"),
            (b"cookie", cookie.as_bytes()),
        ];
        assert_eq!(
            decide(&filter, &headers, Some([5; 16])).reason,
            reason,
            "{cookie}"
        );
    }
}

#[test]
fn what_is_waited_for_on_https_is_the_host_s_own_cookie() {
    let filter = filter(&closed());
    let ask = |cookie: &str| {
        let headers: [Header<'_>; 5] = [
            (b":method", b"GET"),
            (b":path", b"/"),
            (b":scheme", b"https"),
            (b"accept", b"text/html"),
            (b"cookie", cookie.as_bytes()),
        ];
        decide(&filter, &headers, Some([5; 16]))
    };
    let waited = Challenge {
        issued_at: 1_790_000_000 - 60,
        work: 1,
        count: 4,
        scope: 0,
        prefix: 0,
        nonce: [6; 16],
    };
    let waited = token::encode(&waited.seal(&stolen_key()));
    for (cookie, reason) in [
        (format!("levee-wait={waited}"), Reason::ClearanceRequired),
        (format!("__Host-levee-wait={waited}"), Reason::Waited),
    ] {
        let decision = ask(&cookie);
        assert_eq!(decision.reason, reason, "{cookie}");
        for (_, cookie) in answer(decision)
            .headers
            .iter()
            .filter(|(name, _)| *name == "set-cookie")
        {
            assert!(
                cookie.starts_with("__Host-levee") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"),
                "{cookie}"
            );
        }
    }
}

#[test]
fn without_random_bytes_nothing_is_opened_and_no_challenge_is_guessable() {
    let filter = filter(&closed());
    let headers: [Header<'_>; 2] = [(b":method", b"GET"), (b":path", b"/")];
    let decision = decide(&filter, &headers, None);
    assert_eq!(decision.reason, Reason::NoEntropy);
    assert_eq!(answer(decision).status, 503);
}

#[test]
fn a_request_without_anything_meets_the_strictest_rule() {
    let filter = filter(&closed());
    assert_eq!(decide(&filter, &[], Some([1; 16])).reason, Reason::RuleRefuses);
}

#[test]
fn clients_whose_address_nobody_knows_share_one_prefix() {
    let filter = filter(&free_lane(10, 10));
    let headers: [Header<'_>; 2] = [(b":method", b"GET"), (b":path", b"/")];
    let Action::Forward(changes) = decide(&filter, &headers, Some([1; 16])).action else {
        panic!("a quiet site")
    };
    assert_eq!(changes.client, "prefix:unknown");
}
