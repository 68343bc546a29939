//! What a refused client receives.

use super::Start;
use crate::{
    Message,
    configuration::{closed, free_lane},
};

/// A page for people, problem details for programs; both with everything that is needed to go on.
pub fn a_browser_gets_a_page_and_everything_else_gets_problem_details(start: Start<'_>) {
    let mut site = start(&closed());
    let html = "text/html,*/*";
    for (message, page) in [
        (Message::navigation("/"), true),
        (Message::get("/").with("accept", html), true),
        (Message::get("/"), false),
        (Message::get("/").with("accept", "*/*"), false),
        (Message::get("/").with("accept", "application/json"), false),
        (
            Message::get("/")
                .with("accept", html)
                .with("sec-fetch-mode", "cors"),
            false,
        ),
        (
            Message::get("/")
                .with("accept", html)
                .with("sec-fetch-mode", "no-cors"),
            false,
        ),
        (Message::new("OPTIONS", "/").with("accept", html), false),
    ] {
        let answer = site.send(&message);
        assert_eq!(answer.status, 403, "{message:?}");
        let expected = if page {
            "text/html; charset=utf-8"
        } else {
            "application/problem+json"
        };
        assert_eq!(answer.header("content-type"), expected, "{message:?}");
    }
    let problem = site.send(&Message::get("/")).problem();
    assert_eq!(problem["status"], 403);
    assert_eq!(problem["reason"], "clearance_required");
    assert_eq!(problem["support_id"].as_str().map(str::len), Some(10));
    assert_eq!(problem["challenge"]["redeem"], "/.well-known/levee/redeem");
    let page = site.send(&Message::navigation("/"));
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'"),
        "{page:?}"
    );
    for attribute in [
        "data-token=\"",
        "data-solver=\"/.well-known/levee/solver-",
        "data-redeem=\"/.well-known/levee/redeem\"",
    ] {
        assert!(
            page.text().contains(attribute),
            "{attribute} is not in {}",
            page.text()
        );
    }
}

/// A form that is posted is never answered with a page: its content would be lost.
pub fn a_post_without_clearance_never_gets_a_page(start: Start<'_>) {
    let mut site = start(&closed());
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let message = Message {
            method: method.to_owned(),
            ..Message::navigation("/book")
        };
        let answer = site.send(&message.with("content-type", "application/x-www-form-urlencoded"));
        assert_eq!(answer.status, 403);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{method}"
        );
        assert!(!answer.header("retry-after").is_empty());
    }
}

/// Vietnamese, English, or what the site prefers.
pub fn a_page_speaks_the_language_that_the_browser_asks_for(start: Start<'_>) {
    let mut site = start(&closed());
    for (accepted, language) in [
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, en;q=0.5, vi;q=0.4", "en"),
        ("fr", "vi"),
        ("en;q=0, *", "vi"),
        ("", "vi"),
    ] {
        let message = Message::get("/")
            .with("accept", "text/html")
            .with("accept-language", accepted);
        let answer = site.send(&message);
        assert!(
            answer.text().contains(&format!("lang=\"{language}\"")),
            "{accepted}"
        );
    }
}

/// A stored challenge would be everybody's, and stale.
pub fn no_answer_of_the_filter_may_be_stored(start: Start<'_>) {
    let mut site = start(&closed());
    for message in [
        Message::navigation("/"),
        Message::get("/"),
        Message::get("/internal"),
        Message::get("/.well-known/levee/x"),
    ] {
        assert_eq!(
            site.send(&message).header("cache-control"),
            "no-store",
            "{message:?}"
        );
    }
}

/// As RFC 9110 §9.3.2 has it.
pub fn a_head_request_gets_no_body(start: Start<'_>) {
    let mut site = start(&closed());
    let answer = site.send(&Message::new("HEAD", "/").with("accept", "text/html"));
    assert_eq!((answer.status, answer.body.len()), (403, 0), "{answer:?}");
    let mut site = start(&free_lane(5, 5));
    assert!(site.send(&Message::new("HEAD", "/")).was_forwarded());
}
