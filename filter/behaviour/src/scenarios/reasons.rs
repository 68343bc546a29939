//! Each reason, produced by what it says and nothing else.

use super::Start;
use crate::{
    Answer, Message, Site,
    client::{challenge_in, challenge_of, earn, key, redemption, solve, stolen_key, wrong_number},
    configuration::{OTHER_SECRET, WORK, closed, free_lane, narrow, with},
};
use levee_core::{Reason, Verdict};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

/// What makes an answer with one reason.
type Cause = fn(Start<'_>) -> Answer;

/// Every reason for which a request is not forwarded, but for the lack of random bytes, which no real host shows.
const CAUSES: [(Reason, Cause); 20] = [
    (Reason::FreeLaneSpent, |start| {
        repeated(start(&free_lane(1, 9)), &Message::get("/"), 2)
    }),
    (Reason::PrefixSpent, |start| {
        repeated(start(&free_lane(9, 1)), &Message::get("/"), 2)
    }),
    (Reason::LaneClosed, |start| {
        let mut configuration = narrow();
        configuration["rules"] = json!([]);
        repeated(start(&configuration), &Message::get("/"), 9)
    }),
    (Reason::ClearanceRequired, |start| {
        start(&closed()).send(&Message::get("/"))
    }),
    (Reason::MoreWorkRequired, |start| {
        let mut site = start(&closed());
        let clearance = earn(&mut *site, &Message::get("/"));
        site.send(&Message::get("/pay").cleared(&clearance))
    }),
    (Reason::ChallengeForged, |start| {
        let mut site = start(&closed());
        let now = site.now().as_seconds();
        let forged = challenge_of(now).seal(&key(1, OTHER_SECRET));
        site.send(&redemption(&forged, &solve(&forged)))
    }),
    (Reason::ChallengeExpired, |start| {
        let mut site = start(&closed());
        let old = challenge_of(site.now().as_seconds().saturating_sub(400)).seal(&stolen_key());
        site.send(&redemption(&old, &solve(&old)))
    }),
    (Reason::ChallengeForAnother, |start| {
        let bound = json!({ "sub_puzzles": 4, "bind_to_prefix": true });
        let mut site = start(&with(closed(), "challenge", bound));
        let challenge = challenge_in(&site.send(&Message::get("/")));
        site.send(&redemption(&challenge, &solve(&challenge)).from(60, 1))
    }),
    (Reason::PriceRisen, |start| {
        let mut site = start(&closed());
        let mut cheap = challenge_of(site.now().as_seconds());
        cheap.work = WORK / 8;
        let cheap = cheap.seal(&stolen_key());
        site.send(&redemption(&cheap, &solve(&cheap)))
    }),
    (Reason::SolutionWrong, |start| {
        let mut site = start(&closed());
        let challenge = challenge_in(&site.send(&Message::get("/")));
        let wrong: Vec<u8> = (0..4)
            .flat_map(|index| wrong_number(&challenge, index).to_be_bytes())
            .collect();
        site.send(&redemption(&challenge, &wrong))
    }),
    (Reason::ClearanceOverQuota, |start| {
        let mut site = start(&closed());
        let clearance = earn(&mut *site, &Message::get("/"));
        repeated(site, &Message::get("/").cleared(&clearance), 4)
    }),
    (Reason::PrefixOverQuota, |start| {
        let mut configuration = closed();
        configuration["rules"] = json!([{ "name": "paid", "access": "open", "match": { "path": { "exact": "/paid" } },
            "prefix_quota": { "limit": 1, "window_seconds": 3600 } }]);
        repeated(start(&configuration), &Message::get("/paid"), 2)
    }),
    (Reason::RouteOverQuota, |start| {
        let mut configuration = closed();
        configuration["rules"] = json!([{ "name": "paid", "access": "open", "match": { "path": { "exact": "/paid" } },
            "route_quota": { "limit": 1, "window_seconds": 3600 } }]);
        repeated(start(&configuration), &Message::get("/paid"), 2)
    }),
    (Reason::RedeemOverQuota, |start| {
        let mut site = start(&closed());
        let challenge = challenge_in(&site.send(&Message::get("/")));
        repeated(site, &redemption(&challenge, &solve(&challenge)), 11)
    }),
    (Reason::InLine, |start| {
        let mut site = start(&narrow());
        let clearances = [(); 9].map(|()| earn(&mut *site, &Message::get("/")));
        let messages = clearances.map(|clearance| Message::get("/").cleared(&clearance));
        let answers = messages.map(|message| site.send(&message));
        let [.., last] = answers;
        last
    }),
    (Reason::CapacitySpent, |start| {
        let mut site = start(&narrow());
        let clearance = earn(&mut *site, &Message::get("/"));
        repeated(site, &Message::get("/").cleared(&clearance), 10)
    }),
    (Reason::RuleRefuses, |start| {
        start(&closed()).send(&Message::get("/internal"))
    }),
    (Reason::SolutionMalformed, |start| {
        start(&closed()).send(&Message::new("POST", levee_core::filter::REDEEM_PATH))
    }),
    (Reason::UnknownEndpoint, |start| {
        start(&closed()).send(&Message::get("/.well-known/levee/nothing"))
    }),
    (Reason::MethodNotAllowed, |start| {
        start(&closed()).send(&Message::get(levee_core::filter::REDEEM_PATH))
    }),
];

/// The last of so many answers, within the second in which nothing comes back.
fn repeated(mut site: Box<dyn Site>, message: &Message, times: usize) -> Answer {
    let mut answer = site.send(message);
    for _ in 1..times {
        answer = site.send(message);
    }
    answer
}

/// And there is no reason that nothing produces.
pub fn every_reason_for_a_refusal_is_produced_by_what_it_says(start: Start<'_>) {
    for (reason, cause) in CAUSES {
        let answer = cause(start);
        assert_eq!(answer.reason(), reason.as_str());
        assert!(!answer.was_forwarded());
    }
    let produced: BTreeSet<&str> = CAUSES.iter().map(|(reason, _)| reason.as_str()).collect();
    let all: BTreeSet<&str> = Reason::ALL
        .iter()
        .filter(|reason| !matches!(reason.verdict(), Verdict::Forward | Verdict::Serve))
        .filter(|reason| **reason != Reason::NoEntropy)
        .map(|reason| reason.as_str())
        .collect();
    assert_eq!(produced, all);
    // So that a host that cannot keep time fails here and not somewhere else.
    let mut site = start(&closed());
    let before = site.now();
    site.pass(Duration::from_millis(20));
    assert!(site.now().saturating_since(before) >= 20_000_000);
}
