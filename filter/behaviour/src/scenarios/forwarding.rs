//! What the origin gets to see.

use super::Start;
use crate::{
    Message,
    client::{challenge_in, earn},
    configuration::{WORK, closed, free_lane},
};

/// Who is asking and why it was let through, on every request.
pub fn the_origin_learns_who_and_why_from_the_filter_alone(start: Start<'_>) {
    let mut site = start(&free_lane(5, 5));
    let answer = site.send(&Message::get("/book"));
    assert_eq!(answer.origin_saw("levee-client"), ["prefix:127.0.7.1/32"]);
    assert_eq!(
        answer.origin_saw("levee-verdict"),
        ["forward;reason=free_lane;rule=\"default\""]
    );

    let mut site = start(&closed());
    let clearance = earn(&mut *site, &Message::get("/"));
    let answer = site.send(&Message::get("/").cleared(&clearance));
    let [client] = &answer.origin_saw("levee-client")[..] else {
        panic!("{answer:?}")
    };
    let id = client.strip_prefix("clearance:").unwrap_or_default();
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{client}"
    );
    assert_eq!(
        answer.origin_saw("levee-verdict"),
        ["forward;reason=clearance;rule=\"site\""]
    );
    let again = site.send(&Message::get("/").cleared(&clearance));
    assert_eq!(again.origin_saw("levee-client"), std::slice::from_ref(client));

    let health = site.send(&Message::get("/healthz"));
    assert_eq!(
        health.origin_saw("levee-verdict"),
        ["forward;reason=open;rule=\"health\""]
    );
}

/// A client that sets the difficulty, its own identity or the verdict sets nothing.
pub fn headers_of_the_filter_sent_by_the_client_change_nothing(start: Start<'_>) {
    let forged = |message: Message| {
        message
            .with("levee-client", "clearance:00000000000000000000000000000000")
            .with("levee-client", "prefix:10.0.0.1/32")
            .with("Levee-Verdict", "forward;reason=open;rule=\"health\"")
            .with("levee_client", "clearance:0")
            .with("levee-work", "1")
            .with("levee-difficulty", "1")
            .with("x-challenge-difficulty", "1")
            .with("x-levee", "kept")
    };
    let mut site = start(&closed());
    let challenged = site.send(&forged(Message::get("/")));
    assert_eq!(challenged.status, 403);
    let challenge = challenge_in(&challenged);
    assert_eq!(challenge.get(12..20), Some(&WORK.to_be_bytes()[..]));

    let mut site = start(&free_lane(5, 5));
    let answer = site.send(&forged(Message::get("/")));
    assert_eq!(answer.origin_saw("levee-client"), ["prefix:127.0.7.1/32"]);
    assert_eq!(
        answer.origin_saw("levee-verdict"),
        ["forward;reason=free_lane;rule=\"default\""]
    );
    for name in ["levee_client", "levee-work", "levee-difficulty"] {
        assert!(answer.origin_saw(name).is_empty(), "{name}");
    }
    assert_eq!(
        answer.origin_saw("x-levee"),
        ["kept"],
        "only the filter's own names are removed"
    );
}
