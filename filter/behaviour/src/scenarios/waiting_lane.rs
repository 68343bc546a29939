//! The way in for browsers that run no script.

use super::Start;
use crate::{
    Answer, Message, Site,
    client::{
        bytes_of, challenge_in, challenge_of, clearance_in, clearance_of, earn, key, redemption, solve,
        stolen_key, ticket_of,
    },
    configuration::{OTHER_SECRET, WORK, closed, with},
};
use levee_core::{
    clearance::{Clearance, Lane},
    token,
};
use serde_json::{Value, json};
use std::time::Duration;

/// The wait of a challenge at the price's floor.
const FLOOR: u64 = 2;

/// A site that lets in after two seconds, at least, and grants the quota of one request.
fn lane(changes: Value) -> Value {
    let mut lane = json!({
        "floor_seconds": FLOOR, "ceiling_seconds": 60, "lifetime_seconds": 600,
        "quota": { "limit": 1, "window_seconds": 3600 },
        "grants": { "limit": 60, "window_seconds": 60, "burst": 60 },
        "grants_per_prefix": { "limit": 60, "window_seconds": 60, "burst": 60 },
    });
    if let (Value::Object(lane), Value::Object(changes)) = (&mut lane, changes) {
        lane.extend(changes);
    }
    with(closed(), "waiting_lane", lane)
}

/// What the browser keeps of an answer in the cookie of this name; `None` when the answer does not set it.
fn kept(answer: &Answer, cookie: &str) -> Option<String> {
    let start = format!("{cookie}=");
    let mut values = answer.values("set-cookie").filter_map(|value| {
        String::from_utf8_lossy(value)
            .strip_prefix(&start)
            .map(str::to_owned)
    });
    let value = values.next()?;
    assert!(values.next().is_none(), "{answer:?}");
    Some(value.split(';').next().unwrap_or_default().to_owned())
}

/// After how many seconds the page asks again by itself.
fn asks_again_after(answer: &Answer) -> Option<u64> {
    let page = answer.text();
    let (_, rest) = page.split_once("http-equiv=\"refresh\" content=\"")?;
    rest.split(['"', ';']).next()?.parse().ok()
}

/// A browser that comes back with what it has kept of the lane.
fn back_with(token: &str) -> Message {
    Message::navigation("/").with("cookie", format!("levee-wait={token}"))
}

/// A challenge of so many seconds ago, which only who knows the secret can make: nobody has to wait in these tests.
fn of_the_past(site: &dyn Site, seconds: u64, nonce: u8) -> String {
    let mut challenge = challenge_of(site.now().as_seconds().saturating_sub(seconds));
    challenge.nonce = [nonce; 16];
    token::encode(&challenge.seal(&stolen_key()))
}

/// The clearance of whoever has waited.
fn let_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.was_forwarded(), "{answer:?}");
    assert_eq!(asks_again_after(answer), Some(0), "{answer:?}");
    let Some(clearance) = kept(answer, "levee") else {
        panic!("no clearance: {answer:?}")
    };
    clearance
}

/// It only has to keep cookies, and to ask again when the page says.
pub fn a_browser_without_script_that_waits_is_let_in(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    let first = site.send(&Message::navigation("/"));
    assert_eq!(first.status, 403, "{first:?}");
    assert_eq!(asks_again_after(&first), Some(FLOOR), "{first:?}");
    let Some(token) = kept(&first, "levee-wait") else {
        panic!("nothing to keep: {first:?}")
    };

    let early = site.send(&back_with(&token));
    assert_eq!(early.status, 403, "{early:?}");
    assert_eq!(kept(&early, "levee-wait"), None, "the wait does not begin again");
    assert!(asks_again_after(&early).is_some_and(|seconds| (1..=FLOOR).contains(&seconds)));

    site.pass(Duration::from_secs(FLOOR));
    let answer = site.send(&back_with(&token));
    let clearance = let_in(&answer);
    assert_eq!(kept(&answer, "levee-wait").as_deref(), Some(""), "{answer:?}");
    assert!(
        site.send(&Message::navigation("/").cleared(&clearance))
            .was_forwarded()
    );
}

/// As everybody's is: the work is in the challenge, and the wait follows from it.
pub fn the_wait_is_as_long_as_the_price_is_high(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    for (work, wait) in [(WORK, 2_u64), (3 * WORK, 6), (1_000 * WORK, 60)] {
        // Two seconds too early, of which one may pass on the way.
        let mut challenge = challenge_of(site.now().as_seconds().saturating_sub(wait.saturating_sub(2)));
        challenge.work = work;
        let early = token::encode(&challenge.seal(&stolen_key()));
        let answer = site.send(&back_with(&early));
        assert_eq!(answer.status, 403, "{work}: {answer:?}");
        assert!(
            matches!(asks_again_after(&answer), Some(1 | 2)),
            "{work}: {answer:?}"
        );
        challenge.issued_at = challenge.issued_at.saturating_sub(2);
        let_in(&site.send(&back_with(&token::encode(&challenge.seal(&stolen_key())))));
    }
}

/// It buys less, and it proves no work.
pub fn who_has_waited_has_the_smaller_quota(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    let token = of_the_past(&*site, FLOOR, 1);
    let clearance = let_in(&site.send(&back_with(&token)));
    let opened = Clearance::open(
        &bytes_of(&clearance),
        &token::Keyring::new(stolen_key(), Vec::new()),
        site.now().as_seconds(),
    );
    assert!(
        opened.is_ok_and(|clearance| (clearance.lane, clearance.work) == (Lane::Waiting, 0)),
        "{opened:?}"
    );
    let ask = Message::navigation("/").cleared(&clearance);
    assert!(site.send(&ask).was_forwarded());
    assert_eq!(site.send(&ask).status, 429);
}

/// Waiting once is one identity, however often the same challenge is exchanged.
pub fn exchanging_a_challenge_again_is_the_same_clearance(start: Start<'_>) {
    let one = json!({ "limit": 1, "window_seconds": 3600 });
    let mut site = start(&lane(json!({ "grants": one, "grants_per_prefix": one })));
    let token = of_the_past(&*site, FLOOR, 1);
    let first = let_in(&site.send(&back_with(&token)));
    for _ in 0..3 {
        assert_eq!(let_in(&site.send(&back_with(&token))), first);
    }
    assert!(
        site.send(&Message::navigation("/").cleared(&first))
            .was_forwarded()
    );
    assert_eq!(site.send(&Message::navigation("/").cleared(&first)).status, 429);
}

/// Seconds pass for a bot's thousand challenges at once; what it gets for them is bounded.
pub fn no_prefix_and_not_all_together_are_granted_more_than_so_many(start: Start<'_>) {
    let mut site = start(&lane(json!({
        "grants": { "limit": 3, "window_seconds": 3600 },
        "grants_per_prefix": { "limit": 2, "window_seconds": 3600 },
    })));
    let granted = |site: &mut dyn Site, nonce, host| {
        let token = of_the_past(site, FLOOR, nonce);
        let answer = site.send(&back_with(&token).from(71, host));
        if answer.status == 403 {
            // Told when there may be another, and the place is kept.
            assert!(
                asks_again_after(&answer).is_some_and(|seconds| seconds > 60),
                "{answer:?}"
            );
            assert_eq!(kept(&answer, "levee-wait"), None, "{answer:?}");
            return false;
        }
        let_in(&answer);
        true
    };
    let of_one: Vec<bool> = (0..4).map(|nonce| granted(&mut *site, nonce, 1)).collect();
    assert_eq!(of_one, [true, true, false, false]);
    let of_others: Vec<bool> = (4..7).map(|nonce| granted(&mut *site, nonce, nonce)).collect();
    assert_eq!(of_others, [true, false, false]);
}

/// What is not a challenge of ours, or too old to be exchanged, is as good as nothing: the wait begins.
pub fn only_a_challenge_of_this_site_can_be_waited_for(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    let now = site.now().as_seconds();
    let right = challenge_of(now - FLOOR).seal(&stolen_key());
    let mut forgeries = vec![
        challenge_of(now - FLOOR).seal(&key(1, OTHER_SECRET)),
        challenge_of(now - 600).seal(&stolen_key()),
        challenge_of(now + 90).seal(&stolen_key()),
        clearance_of(now - FLOOR).seal(&stolen_key()),
        ticket_of(now - FLOOR).seal(&stolen_key()),
        right[..65].to_vec(),
        [&right[..], &[0]].concat(),
        Vec::new(),
    ];
    forgeries.extend((0..right.len()).map(|index| {
        let mut forged = right.clone();
        forged[index] ^= 1;
        forged
    }));
    for forgery in forgeries {
        let answer = site.send(&back_with(&token::encode(&forgery)));
        assert_eq!(answer.status, 403, "{forgery:?}");
        assert_eq!(asks_again_after(&answer), Some(FLOOR), "{forgery:?}");
        assert!(kept(&answer, "levee-wait").is_some(), "{forgery:?}");
    }
    let_in(&site.send(&back_with(&token::encode(&right))));
}

/// A page is what waits. Programs can solve, and a form that is posted must not vanish in a page.
pub fn only_a_navigation_can_wait(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    let cookie = format!("levee-wait={}", of_the_past(&*site, FLOOR, 1));
    for message in [
        Message::get("/"),
        Message::new("POST", "/").with("accept", "text/html"),
        Message::get("/")
            .with("accept", "text/html")
            .with("sec-fetch-mode", "cors"),
    ] {
        let answer = site.send(&message.with("cookie", &cookie));
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (403, "clearance_required")
        );
        assert_eq!(answer.values("set-cookie").count(), 0, "{answer:?}");
    }
}

/// Where work is what a rule asks for, waiting does not replace it.
pub fn a_rule_that_asks_for_work_does_not_take_a_wait(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    let token = of_the_past(&*site, FLOOR, 1);
    let clearance = let_in(&site.send(&back_with(&token)));
    let ask = Message::navigation("/pay").with("cookie", format!("levee={clearance}; levee-wait={token}"));
    let answer = site.send(&ask);
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(asks_again_after(&answer), None, "{answer:?}");
    assert_eq!(answer.values("set-cookie").count(), 0, "{answer:?}");
}

/// A browser that has solved does not wait any longer.
pub fn a_solution_ends_the_wait(start: Start<'_>) {
    let mut site = start(&lane(json!({})));
    let first = site.send(&Message::navigation("/"));
    let Some(token) = kept(&first, "levee-wait") else {
        panic!("nothing to keep: {first:?}")
    };
    let challenge = challenge_in(&first);
    let redeemed =
        site.send(&redemption(&challenge, &solve(&challenge)).with("cookie", format!("levee-wait={token}")));
    assert!(!clearance_in(&redeemed).is_empty());
    assert_eq!(kept(&redeemed, "levee-wait").as_deref(), Some(""), "{redeemed:?}");
    // Whoever has none is sent none.
    assert!(!earn(&mut *site, &Message::get("/")).is_empty());
}

/// Then browsers without script are told what they need.
pub fn a_lane_that_is_closed_lets_nobody_in(start: Start<'_>) {
    let mut site = start(&lane(json!({ "enabled": false })));
    let token = of_the_past(&*site, FLOOR, 1);
    let answer = site.send(&back_with(&token));
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(asks_again_after(&answer), None, "{answer:?}");
    assert_eq!(answer.values("set-cookie").count(), 0, "{answer:?}");
}
