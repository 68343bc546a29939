//! Watching what the filter would do before it does it.

use super::Start;
use crate::{
    Message, Site,
    client::earn,
    configuration::{closed, narrow, with},
};
use serde_json::json;
use std::time::Duration;

/// With the reason, for the origin and the log.
pub fn a_filter_that_observes_forwards_everything_and_says_what_it_would_have_done(start: Start<'_>) {
    let mut site = start(&with(closed(), "mode", json!("observe")));
    for (message, said) in [
        (
            Message::navigation("/"),
            "forward;reason=clearance_required;rule=\"site\";observed=challenge",
        ),
        (
            Message::new("POST", "/internal"),
            "forward;reason=rule_refuses;rule=\"internal\";observed=refuse",
        ),
        (Message::get("/healthz"), "forward;reason=open;rule=\"health\""),
    ] {
        let answer = site.send(&message.with("levee-verdict", "forged"));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.origin_saw("levee-verdict"), [said]);
        assert_eq!(answer.origin_saw("levee-client"), ["prefix:127.0.7.1/32"]);
    }
    // Its own endpoints are there, and nobody else's.
    let missing = site.send(&Message::get("/.well-known/levee/nothing"));
    assert_eq!((missing.status, missing.was_forwarded()), (404, false));
}

/// One at a time.
pub fn a_rule_that_observes_leaves_the_others_enforced(start: Start<'_>) {
    let mut configuration = closed();
    configuration["rules"] = json!([
        { "name": "new", "access": "clearance", "mode": "observe", "match": { "path": { "prefix": "/new" } } },
        { "name": "site", "access": "clearance" },
    ]);
    let mut site = start(&configuration);
    assert!(site.send(&Message::get("/new")).was_forwarded());
    let refused = site.send(&Message::get("/"));
    assert_eq!(refused.reason(), "clearance_required");
    let clearance = earn(&mut *site, &Message::get("/"));
    let verdicts: Vec<String> = (0..4)
        .map(|_| site.send(&Message::get("/new").cleared(&clearance)))
        .flat_map(|answer| answer.origin_saw("levee-verdict"))
        .collect();
    assert_eq!(verdicts[2], "forward;reason=clearance;rule=\"new\"");
    assert_eq!(
        verdicts[3],
        "forward;reason=clearance_over_quota;rule=\"new\";observed=over_quota"
    );
}

/// In a header of the answer.
pub fn what_is_observed_is_told_to_the_client_only_if_wanted(start: Start<'_>) {
    for wanted in [true, false] {
        let configuration = with(closed(), "mode", json!("observe"));
        let mut site = start(&with(configuration, "observe_header", json!(wanted)));
        let answer = site.send(&Message::get("/"));
        let expected = if wanted {
            "forward;reason=clearance_required;rule=\"site\";observed=challenge"
        } else {
            ""
        };
        assert_eq!(answer.header("levee-verdict"), expected);
    }
}

/// Numbers for which nobody comes back would only make it look long.
pub fn a_line_that_is_only_observed_has_nobody_in_it(start: Start<'_>) {
    let mut site = start(&with(narrow(), "mode", json!("observe")));
    let clearance_site = &mut *start(&narrow());
    let mut earned = || earn(clearance_site, &Message::get("/"));
    let (clearances, newcomer): (Vec<String>, _) = ((0..20).map(|_| earned()).collect(), earned());
    let verdict_of = |site: &mut dyn Site, clearance: &str| {
        let answer = site.send(&Message::get("/").cleared(clearance));
        assert_eq!(answer.header("set-cookie"), "");
        answer.origin_saw("levee-verdict").concat()
    };
    let verdicts: Vec<String> = clearances
        .iter()
        .map(|clearance| verdict_of(&mut *site, clearance))
        .collect();
    let waiting = "forward;reason=in_line;rule=\"site\";observed=wait";
    assert!(verdicts.iter().any(|verdict| verdict == waiting), "{verdicts:?}");
    // As soon as there is room, there is nobody before whoever comes.
    site.pass(Duration::from_secs(2));
    assert_eq!(
        verdict_of(&mut *site, &newcomer),
        "forward;reason=clearance;rule=\"site\""
    );
}
