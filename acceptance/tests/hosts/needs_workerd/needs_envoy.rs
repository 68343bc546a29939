//! One site behind both: Cloudflare's edge and an Envoy with the same keys.

use super::behaviour::{InWorkerd, launch};
use crate::needs_envoy;
use levee_behaviour::{Message, Site, client::earn, configuration::closed};

#[test]
fn a_clearance_earned_at_one_is_valid_at_the_other() {
    let workerd = launch(&closed(), 1, None).unwrap_or_else(|error| panic!("{error}"));
    let mut edge = InWorkerd::new(workerd);
    let mut envoy = needs_envoy::start(&closed());
    let ask = Message::get("/");
    let at_edge = earn(&mut edge, &ask);
    let at_envoy = earn(&mut envoy, &ask);
    let sites: [&mut dyn Site; 2] = [&mut edge, &mut envoy];
    for site in sites {
        for clearance in [&at_edge, &at_envoy] {
            let answer = site.send(&ask.clone().cleared(clearance));
            assert_eq!(
                answer.origin_saw("levee-verdict"),
                ["forward;reason=clearance;rule=\"site\""]
            );
        }
    }
}

/// So who solves at one and redeems at the other gets through.
#[test]
fn a_challenge_of_one_can_be_redeemed_at_the_other() {
    let workerd = launch(&closed(), 1, None).unwrap_or_else(|error| panic!("{error}"));
    let mut edge = InWorkerd::new(workerd);
    let mut envoy = needs_envoy::start(&closed());
    let challenge = levee_behaviour::client::challenge_in(&envoy.send(&Message::get("/")));
    let solution = levee_behaviour::client::solve(&challenge);
    let redemption = levee_behaviour::client::redemption(&challenge, &solution);
    let granted = [edge.send(&redemption), envoy.send(&redemption)];
    let [at_edge, at_envoy] = granted.map(|answer| levee_behaviour::client::clearance_in(&answer));
    assert_eq!(at_edge, at_envoy, "one solution, one identity");
}
