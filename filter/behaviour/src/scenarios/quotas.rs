//! How much may be sent.

use super::Start;
use crate::{
    Message, Site,
    client::earn,
    configuration::{closed, free_lane, with},
};
use serde_json::json;

fn forwarded(site: &mut dyn Site, message: &Message, times: usize) -> usize {
    (0..times).filter(|_| site.send(message).was_forwarded()).count()
}

/// The tighter one decides, and what it denies costs nothing of the wider one.
pub fn several_quotas_on_one_rule_all_hold(start: Start<'_>) {
    let quotas = json!([
        { "limit": 60, "window_seconds": 60, "burst": 2 },
        { "limit": 4, "window_seconds": 3600 },
    ]);
    let mut site = start(&with(closed(), "clearance", json!({ "quota": quotas })));
    let clearance = earn(&mut *site, &Message::get("/"));
    let message = Message::get("/").cleared(&clearance);
    assert_eq!(forwarded(&mut *site, &message, 10), 2);
    let answer = site.send(&message);
    assert_eq!(answer.header("ratelimit-policy"), "\"clearance.60s\";q=60;w=60");
    site.pass(std::time::Duration::from_secs(3));
    assert_eq!(forwarded(&mut *site, &message, 10), 2);
    site.pass(std::time::Duration::from_secs(3));
    let answer = site.send(&message);
    assert_eq!(answer.reason(), "clearance_over_quota");
    assert_eq!(
        answer.header("ratelimit-policy"),
        "\"clearance.3600s\";q=4;w=3600"
    );
}

/// However many clients there are.
pub fn a_quota_of_a_rule_is_shared_by_all_its_clients(start: Start<'_>) {
    let mut configuration = closed();
    configuration["rules"] = json!([
        { "name": "export", "access": "clearance", "route_quota": { "limit": 5, "window_seconds": 3600 },
          "match": { "path": { "prefix": "/export" } } },
        { "name": "call-back", "access": "open", "route_quota": { "limit": 3, "window_seconds": 3600 },
          "match": { "path": { "prefix": "/paid" } } },
        { "name": "site", "access": "clearance" },
    ]);
    let mut site = start(&configuration);
    let clearances = [(); 4].map(|()| earn(&mut *site, &Message::get("/")));
    let passed: usize = clearances
        .iter()
        .map(|clearance| forwarded(&mut *site, &Message::get("/export").cleared(clearance), 2))
        .sum();
    assert_eq!(passed, 5);
    let answer = site.send(&Message::get("/export").cleared(&clearances[3]));
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (429, "route_over_quota")
    );
    // What the rule denied was given back to the client.
    assert_eq!(
        forwarded(&mut *site, &Message::get("/").cleared(&clearances[3]), 5),
        3
    );
    assert_eq!(forwarded(&mut *site, &Message::get("/paid"), 10), 3);
    assert_eq!(site.send(&Message::get("/paid")).reason(), "route_over_quota");
}

/// `RateLimit` and `RateLimit-Policy`, on what is forwarded too.
pub fn an_answer_of_the_origin_tells_how_the_client_s_quotas_stand(start: Start<'_>) {
    let quota = json!({ "limit": 3600, "window_seconds": 3600, "burst": 100 });
    let always = |configuration| with(configuration, "rate_limit_fields", json!("always"));
    let mut site = start(&always(with(closed(), "clearance", json!({ "quota": quota }))));
    let clearance = earn(&mut *site, &Message::get("/"));
    for remaining in [99, 98, 97] {
        let answer = site.send(&Message::get("/").cleared(&clearance));
        assert!(answer.was_forwarded(), "{answer:?}");
        assert_eq!(answer.header("ratelimit-policy"), "\"clearance\";q=3600;w=3600");
        let limit = answer.header("ratelimit");
        // Where time passes, some of it has come back.
        assert!(
            limit.starts_with(&format!("\"clearance\";r={remaining};t="))
                || limit.starts_with(&format!("\"clearance\";r={};t=", remaining + 1)),
            "{limit}"
        );
    }
    let mut site = start(&always(free_lane(10, 5)));
    let answer = site.send(&Message::get("/"));
    assert_eq!(answer.header("ratelimit-policy"), "\"prefix\";q=5;w=3600");
    assert_eq!(answer.header("ratelimit"), "\"prefix\";r=4;t=720");
}

/// As configured: on refusals only, or not at all.
pub fn rate_limit_fields_stay_away_when_they_are_not_wanted(start: Start<'_>) {
    for (wanted, on_refusals) in [("refused", true), ("never", false)] {
        let mut site = start(&with(closed(), "rate_limit_fields", json!(wanted)));
        let clearance = earn(&mut *site, &Message::get("/"));
        let message = Message::get("/").cleared(&clearance);
        for _ in 0..3 {
            let answer = site.send(&message);
            assert!(
                answer.was_forwarded() && answer.header("ratelimit").is_empty(),
                "{answer:?}"
            );
        }
        let refused = site.send(&message);
        assert_eq!(refused.status, 429);
        assert!(!refused.header("retry-after").is_empty());
        assert_eq!(
            !refused.header("ratelimit").is_empty(),
            on_refusals,
            "{refused:?}"
        );
    }
}
