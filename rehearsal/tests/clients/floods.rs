//! What floods do about challenges.

use crate::{challenge_token, granted, is_redemption};
use levee_harness::{Request, Response};
use levee_rehearsal::{
    client::{Horde, solve},
    scenario::Scenario,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

/// The work of a challenge, in expected hashes.
const WORK: u64 = 1_000;

/// Four machines that solve ten challenges a second together, and send a hundred requests a second for ten seconds.
const SCENARIO: &str = r"
title: { en: a, vi: b }
begins: 2024-03-11T06:00
lasts: 1 h
floods:
  - name: bots
    from: 0 s
    until: 10 s
    requests: 1000
    keep_alive: 1000
    sources: { networks: [198.51.100.0/24], count: 4 }
    solves: { hashes_per_second: 10000 }
";

/// What a site has seen of a flood.
#[derive(Default)]
struct Seen {
    plain: u64,
    redeemed: u64,
    /// Requests with a clearance, by it and by where they came from.
    spent: BTreeMap<(String, IpAddr), u64>,
}

impl Seen {
    fn spent(&self) -> u64 {
        self.spent.values().sum()
    }

    fn clearances(&self) -> usize {
        let mut clearances: Vec<_> = self.spent.keys().map(|(clearance, _)| clearance).collect();
        clearances.dedup();
        clearances.len()
    }
}

/// Plays a flood against a site that challenges everybody without a clearance, and answers others as `let_in` says. Returns what the
/// site has seen, and how many clearances the flood says that it has.
fn attack(
    scenario: &str,
    accepts: bool,
    mut let_in: impl FnMut(&mut Seen, Duration) -> Response,
) -> (Seen, u64) {
    let scenario = Scenario::parse("test", scenario).expect("the scenario can be read");
    let mut horde = Horde::new(&scenario.floods[0], &scenario, 0, 1, 1);
    let mut seen = Seen::default();
    let mut solving: Vec<(Duration, IpAddr, String)> = Vec::new();
    while let Some(now) = horde.due() {
        solving.sort_by_key(|(until, ..)| *until);
        while solving.first().is_some_and(|(until, ..)| *until <= now) {
            let (_, source, token) = solving.remove(0);
            horde.solved(source, solve(&token).ok());
        }
        let (request, _, sending) = horde.send(now);
        let answer = if is_redemption(&request) {
            redeemed(&mut seen, accepts)
        } else if let Some(clearance) = clearance(&request) {
            *seen.spent.entry((clearance, request.source.ip())).or_default() += 1;
            let_in(&mut seen, now)
        } else {
            seen.plain += 1;
            challenge()
        };
        if let Some(task) = horde.answered(sending, &answer, 1.0, now) {
            solving.push((task.until, task.source, task.token));
        }
    }
    (seen, horde.take_clearances())
}

fn redeemed(seen: &mut Seen, accepts: bool) -> Response {
    if !accepts {
        return Response::new(403);
    }
    seen.redeemed += 1;
    granted(&format!("levee={}", seen.redeemed))
}

fn challenge() -> Response {
    let token = challenge_token(WORK);
    Response::new(403).body(format!(r#"{{"challenge":{{"token":"{token}"}}}}"#))
}

fn clearance(request: &Request) -> Option<String> {
    let cookies = request.headers.get("cookie")?;
    Some(String::from_utf8_lossy(cookies).into_owned())
}

#[test]
fn machines_spend_what_they_have_worked_for_and_work_no_faster_than_they_can() {
    // Each clearance is refused after its first request, so that more and more are worked for.
    let (seen, clearances) = attack(SCENARIO, true, |_, _| {
        Response::new(429).header("retry-after", "3600")
    });
    // Ten a second for ten seconds, of which the last ones are not redeemed any more.
    assert!((90..=100).contains(&seen.redeemed), "{}", seen.redeemed);
    assert_eq!(clearances, seen.redeemed);
    assert!(seen.spent() <= seen.redeemed);
}

#[test]
fn no_machine_works_for_more_while_it_has_enough() {
    let (seen, clearances) = attack(SCENARIO, true, |_, _| Response::new(200));
    assert!(clearances < 60, "{clearances}");
    assert!(seen.spent() > 800, "{}", seen.spent());
    let mut whose = BTreeMap::new();
    for (clearance, source) in seen.spent.keys() {
        assert_eq!(whose.insert(clearance, source), None, "a clearance was shared");
    }
}

#[test]
fn shared_clearances_are_spent_from_everywhere() {
    let scenario = SCENARIO.replace(
        "hashes_per_second: 10000",
        "hashes_per_second: 10000, shares_clearances: true, clearances: 2",
    );
    let (seen, clearances) = attack(&scenario, true, |_, _| Response::new(200));
    assert_eq!((clearances, seen.clearances()), (2, 2));
    let sources: BTreeSet<_> = seen.spent.keys().map(|(_, source)| source).collect();
    assert_eq!(sources.len(), 4);
}

#[test]
fn a_clearance_rests_as_long_as_it_is_told() {
    let scenario = SCENARIO.replace(
        "hashes_per_second: 10000",
        "hashes_per_second: 10000, clearances: 1",
    );
    let mut used = Vec::new();
    attack(&scenario, true, |_, now| {
        used.push(now);
        Response::new(503)
            .header("retry-after", "2")
            .body(r#"{"reason":"in_line"}"#)
    });
    assert!(used.len() > 1, "it is used again: {used:?}");
    for pair in used.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_secs(2), "{used:?}");
    }
}

#[test]
fn a_site_that_accepts_no_solution_sees_no_clearance() {
    let (seen, clearances) = attack(SCENARIO, false, |_, _| Response::new(200));
    assert_eq!((clearances, seen.spent()), (0, 0));
    assert!(seen.plain > 800);
}
