//! What a clearance costs.

use super::Start;
use crate::{
    Message, Site,
    client::{challenge_in, clearance_in, earn, redemption, solve, work_of},
    configuration::{WORK, closed, with},
};
use serde_json::{Value, json};
use std::time::Duration;

/// The price doubles with each four clearances beyond the target, for everybody.
fn steep() -> Value {
    let price = json!({
        "floor": WORK, "ceiling": 16 * WORK, "target_per_second": 1, "doubling_seconds": 4,
        "prefix": { "target_per_minute": 60_000, "doubling_seconds": 3600 },
    });
    with(closed(), "price", price)
}

fn asked(site: &mut dyn Site, message: &Message) -> u64 {
    work_of(&challenge_in(&site.send(message)))
}

/// It comes back by itself.
pub fn minting_raises_the_price_and_quiet_lets_it_fall(start: Start<'_>) {
    let mut site = start(&steep());
    let visitor = Message::get("/").from(50, 1);
    assert_eq!(asked(&mut *site, &visitor), WORK);
    for host in 2..14 {
        earn(&mut *site, &Message::get("/").from(50, host));
    }
    // What is read of others' doing may be a quarter of a second old.
    site.pass(Duration::from_millis(300));
    let dear = asked(&mut *site, &visitor);
    assert!((5 * WORK..=8 * WORK).contains(&dear), "{dear}");
    site.pass(Duration::from_secs(13));
    assert_eq!(asked(&mut *site, &visitor), WORK);
}

/// Neighbours of a botnet do not pay for it all, and it pays for itself.
pub fn a_prefix_that_mints_much_pays_more_than_another(start: Start<'_>) {
    let price = json!({
        "floor": WORK, "ceiling": 64 * WORK, "target_per_second": 10_000, "doubling_seconds": 3600,
        "prefix": { "target_per_minute": 60, "doubling_seconds": 4 },
    });
    let mut site = start(&with(closed(), "price", price));
    let miner = Message::get("/").from(51, 1);
    for _ in 0..12 {
        earn(&mut *site, &miner);
        site.pass(Duration::from_millis(260));
    }
    site.pass(Duration::from_millis(300));
    assert!(asked(&mut *site, &miner) >= 3 * WORK);
    assert_eq!(asked(&mut *site, &Message::get("/").from(51, 2)), WORK);
}

/// Or one solution, sent again and again, would make it dear for everybody.
pub fn a_solution_redeemed_again_does_not_raise_the_price(start: Start<'_>) {
    let mut site = start(&steep());
    let challenge = challenge_in(&site.send(&Message::get("/")));
    let redemption = redemption(&challenge, &solve(&challenge));
    let first = clearance_in(&site.send(&redemption));
    for _ in 0..8 {
        assert_eq!(clearance_in(&site.send(&redemption)), first);
    }
    site.pass(Duration::from_millis(300));
    let work = asked(&mut *site, &Message::get("/"));
    assert!(work <= WORK + WORK / 4, "{work}");
}

/// Challenges laid in while they are cheap are of no use when they are dear.
pub fn a_challenge_far_below_the_present_price_is_refused_with_another(start: Start<'_>) {
    let mut site = start(&steep());
    let hoarded = [(); 3].map(|()| challenge_in(&site.send(&Message::get("/"))));
    for _ in 0..14 {
        earn(&mut *site, &Message::get("/"));
        site.pass(Duration::from_millis(30));
    }
    site.pass(Duration::from_millis(300));
    for challenge in &hoarded {
        let refused = site.send(&redemption(challenge, &solve(challenge)));
        assert_eq!((refused.status, refused.reason().as_str()), (403, "price_risen"));
        let dear = challenge_in(&refused);
        assert!(work_of(&dear) > 4 * WORK, "{}", work_of(&dear));
    }
}
