//! Who is let through.

use super::Start;
use crate::{
    Message, Site,
    client::{challenge_in, clearance_in, earn, redemption, solve},
    configuration::{closed, free_lane, with},
};
use serde_json::json;

/// Sends `message` so many times and counts what was forwarded.
fn forwarded(site: &mut dyn Site, message: &Message, times: usize) -> usize {
    (0..times).filter(|_| site.send(message).was_forwarded()).count()
}

/// A quiet site shows no challenge: the whole budget is there.
pub fn a_quiet_site_shows_no_challenge(start: Start<'_>) {
    let mut site = start(&free_lane(50, 50));
    for _ in 0..20 {
        let answer = site.send(&Message::navigation("/"));
        assert_eq!((answer.status, answer.was_forwarded()), (200, true), "{answer:?}");
        assert_eq!(
            answer.origin_saw("levee-verdict"),
            ["forward;reason=free_lane;rule=\"default\""]
        );
    }
}

/// A flood from many addresses gets the budget and no more.
pub fn the_free_lane_lets_its_budget_through_and_challenges_the_rest(start: Start<'_>) {
    let mut site = start(&free_lane(10, 5));
    let begin = site.now();
    let mut passed = 0;
    for host in 0..200 {
        let answer = site.send(&Message::get("/").from(20, host));
        if answer.was_forwarded() {
            passed += 1;
        } else {
            assert_eq!(
                (answer.status, answer.reason().as_str()),
                (403, "free_lane_spent")
            );
        }
    }
    let refilled = site.now().saturating_since(begin).div_ceil(1_000_000_000);
    assert!(
        (10..=10 + refilled).contains(&passed),
        "{passed} of a budget of 10 and {refilled} that came back"
    );
}

/// One address that floods is held back by its own quota before it reaches the lane that all share.
pub fn one_prefix_does_not_use_up_the_free_lane_of_others(start: Start<'_>) {
    let mut site = start(&free_lane(10, 3));
    assert_eq!(forwarded(&mut *site, &Message::get("/").from(30, 1), 100), 3);
    assert_eq!(site.send(&Message::get("/").from(30, 1)).reason(), "prefix_spent");
    assert!(site.send(&Message::get("/").from(30, 2)).was_forwarded());
}

/// Patients who share an address with a bot are each served in full: what they share, they can pay their way out of.
pub fn patients_behind_one_address_with_a_bot_each_get_their_own_quota(start: Start<'_>) {
    let mut site = start(&free_lane(100, 2));
    let bot = Message::get("/");
    assert_eq!(forwarded(&mut *site, &bot, 50), 2);
    for _ in 0..20 {
        let clearance = earn(&mut *site, &Message::navigation("/book"));
        assert_eq!(forwarded(&mut *site, &bot, 5), 0);
        assert_eq!(
            forwarded(&mut *site, &Message::navigation("/book").cleared(&clearance), 5),
            3
        );
    }
}

/// A clearance that is handed around is still one quota.
pub fn a_clearance_is_one_quota_from_whatever_address_it_comes(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = earn(&mut *site, &Message::get("/"));
    let passed = (0..100)
        .filter(|host| {
            site.send(&Message::get("/").from(40, *host).cleared(&clearance))
                .was_forwarded()
        })
        .count();
    assert_eq!(passed, 3);
}

/// Beyond the quota there is 429, with the time to wait in `Retry-After` and the `RateLimit` fields.
pub fn a_client_over_its_quota_is_told_when_to_come_back(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = earn(&mut *site, &Message::get("/"));
    let message = Message::get("/").cleared(&clearance);
    assert_eq!(forwarded(&mut *site, &message, 3), 3);
    let answer = site.send(&message);
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (429, "clearance_over_quota")
    );
    let seconds: u32 = answer.header("retry-after").parse().unwrap_or_default();
    // Three an hour: the next one comes back within twenty minutes of the first.
    assert!((1190..=1200).contains(&seconds), "{seconds}");
    assert_eq!(answer.header("ratelimit-policy"), "\"clearance\";q=3;w=3600");
    assert_eq!(
        answer.header("ratelimit"),
        format!("\"clearance\";r=0;t={seconds}")
    );
    assert_eq!(
        answer.problem()["type"],
        "https://iana.org/assignments/http-problem-types#quota-exceeded"
    );
    let page = site.send(&Message::navigation("/").cleared(&clearance));
    assert_eq!(
        (page.status, page.header("content-type").as_str()),
        (429, "text/html; charset=utf-8")
    );
}

/// Without a bound, if it has none.
pub fn an_open_rule_never_challenges(start: Start<'_>) {
    let mut site = start(&closed());
    assert_eq!(forwarded(&mut *site, &Message::get("/feed"), 250), 250);
    assert_eq!(forwarded(&mut *site, &Message::new("POST", "/feed/1"), 5), 5);
    assert_eq!(forwarded(&mut *site, &Message::get("/feeds"), 1), 0);
}

/// What a rule refuses, no clearance buys.
pub fn a_refusing_rule_refuses_even_with_a_clearance(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = earn(&mut *site, &Message::get("/"));
    for target in [
        "/internal",
        "/internal/",
        "/internal/x",
        "/internal?x",
        "/%69nternal",
    ] {
        let answer = site.send(&Message::get(target).cleared(&clearance));
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (403, "rule_refuses"),
            "{target}"
        );
        assert!(
            answer.problem().get("challenge").is_none(),
            "a challenge would help nobody: {answer:?}"
        );
    }
    assert!(
        site.send(&Message::get("/internals").cleared(&clearance))
            .was_forwarded()
    );
}

/// More work for what is worth more; what was bought before keeps its worth.
pub fn a_rule_that_asks_for_more_work_leads_to_a_step_up_and_the_old_clearance_stays_valid(start: Start<'_>) {
    let mut site = start(&with(
        closed(),
        "clearance",
        json!({ "quota": { "limit": 9, "window_seconds": 3600 } }),
    ));
    let cheap = earn(&mut *site, &Message::get("/"));
    let step_up = site.send(&Message::get("/pay").cleared(&cheap));
    assert_eq!(
        (step_up.status, step_up.reason().as_str()),
        (403, "more_work_required")
    );
    let challenge = challenge_in(&step_up);
    let dear = clearance_in(&site.send(&redemption(&challenge, &solve(&challenge))));
    assert!(site.send(&Message::get("/pay").cleared(&dear)).was_forwarded());
    assert!(site.send(&Message::get("/").cleared(&dear)).was_forwarded());
    assert!(site.send(&Message::get("/").cleared(&cheap)).was_forwarded());
    assert_eq!(
        forwarded(&mut *site, &Message::get("/pay").cleared(&dear), 9),
        2,
        "the rule's own quota is 3"
    );
}
