//! The filter's own endpoints.

use super::Start;
use crate::{Message, configuration::closed};

/// The page's script, under a name that changes with its content.
pub fn the_solver_is_served_under_its_hash_and_may_be_kept(start: Start<'_>) {
    let mut site = start(&closed());
    let problem = site.send(&Message::get("/")).problem();
    let path = problem["challenge"]["solver"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let answer = site.send(&Message::get(&path));
    assert_eq!((answer.status, answer.was_forwarded()), (200, false));
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.body.is_empty());
    assert_eq!(
        site.send(&Message::get("/.well-known/levee/solver-0000000000000000.js"))
            .status,
        404
    );
}

/// The script for the site's own pages has a name that they can write down, so it may not be kept for ever.
pub fn the_client_is_served_under_a_name_that_stays(start: Start<'_>) {
    let mut site = start(&closed());
    let answer = site.send(&Message::get("/.well-known/levee/client.js"));
    assert_eq!((answer.status, answer.was_forwarded()), (200, false));
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    assert!(!answer.body.is_empty());
    let head = site.send(&Message::new("HEAD", "/.well-known/levee/client.js"));
    assert_eq!((head.status, head.body.len()), (200, 0));
}

/// Redeeming changes state, so a link cannot do it.
pub fn endpoints_answer_only_their_own_method(start: Start<'_>) {
    let mut site = start(&closed());
    let answer = site.send(&Message::get("/.well-known/levee/redeem"));
    assert_eq!((answer.status, answer.header("allow").as_str()), (405, "POST"));
    let problem = site.send(&Message::get("/")).problem();
    let solver = problem["challenge"]["solver"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for asset in [&solver, "/.well-known/levee/client.js"] {
        let answer = site.send(&Message::new("POST", asset));
        assert_eq!(
            (answer.status, answer.header("allow").as_str()),
            (405, "GET, HEAD"),
            "{asset}"
        );
    }
}

/// Nothing below the filter's own prefix belongs to the origin.
pub fn an_unknown_endpoint_is_not_found_and_not_forwarded(start: Start<'_>) {
    let mut site = start(&closed());
    for target in [
        "/.well-known/levee/",
        "/.well-known/levee/admin",
        "/.well-known/levee/redeem/",
        "//.well-known/levee/x",
    ] {
        let answer = site.send(&Message::get(target));
        assert_eq!((answer.status, answer.was_forwarded()), (404, false), "{target}");
    }
}
