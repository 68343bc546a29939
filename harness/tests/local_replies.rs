//! Replies of the guest's own.

mod support;

use levee_harness::Request;
use support::{host, ok};

#[test]
fn a_local_reply_stops_the_request_even_if_the_guest_says_continue() {
    let mut host = host("local_reply").start().expect("starts");
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!((exchange.status(), exchange.text().as_str()), (403, "no"));
    assert!(exchange.forwarded.is_none(), "nothing reaches the origin");
}

#[test]
fn a_local_reply_has_the_guests_headers_and_those_that_envoy_adds() {
    let mut host = host("local_reply").start().expect("starts");
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!(exchange.header("x-why"), Some(&b"because"[..]));
    assert_eq!(exchange.header("content-length"), Some(&b"2"[..]));
    assert_eq!(exchange.header("content-type"), Some(&b"text/plain"[..]));
}

#[test]
fn the_guest_sees_its_own_reply_and_then_the_end_in_envoys_order() {
    let mut host = host("local_reply").start().expect("starts");
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    assert_eq!(exchange.header("x-seen"), Some(&b"yes"[..]));
    let messages: Vec<&str> = exchange.log.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(messages, ["log", "done", "delete"]);
}
