//! What is sent to break it.

use super::Start;
use crate::{
    Message, Site,
    client::{clearance_of, earn, stolen_key},
    configuration::{closed, free_lane, with},
};
use levee_core::token;
use serde_json::json;

/// A site where everything is open but `/book`.
fn only_booking_is_protected() -> serde_json::Value {
    let rules = json!([
        { "name": "booking", "match": { "path": { "prefix": "/book" } }, "access": "clearance" },
        { "name": "rest", "match": { "path": { "prefix": "/" } }, "access": "open" },
    ]);
    with(closed(), "rules", rules)
}

/// However it is spelt, and whatever the server behind makes of it.
pub fn every_spelling_of_a_protected_path_is_protected(start: Start<'_>) {
    let mut site = start(&only_booking_is_protected());
    for target in [
        "/book",
        "/book/",
        "/book/1",
        "/book?x",
        "//book",
        "///book",
        "/%62ook",
        "/%42ook/%2e%2e/book",
        "/boo%6B",
        "/boo%6b",
        "/x/%2e%2e/book",
        "/x/%2E%2E/book",
        "/x/../book",
        "/./book",
        "/%2e/book",
        "/x/..%2fbook",
        "/x/..%2Fbook",
        "/%2fbook",
        "/%2Fbook",
        "/book%00",
        "/%00/book",
        "/book;x",
        "/book%3bx",
        "/;/book",
        "/x;/../book",
        "/book%23",
        "/book%2500",
        "/%2562ook",
        "/book%5c",
        "/x\\..\\book",
        "/book%",
        "/book%zz",
        "/x%2f..%2fbook",
    ] {
        let answer = site.send(&Message::get(target));
        assert!(!answer.was_forwarded(), "{target} reached the origin: {answer:?}");
        assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
    }
    let fragment = site.send(&Message::get("/book#x"));
    assert!(!fragment.was_forwarded());
    for target in [
        "/",
        "/about",
        "/bookshop",
        "/a..b",
        "/.well-known/x",
        "/caf%C3%A9",
    ] {
        assert!(site.send(&Message::get(target)).was_forwarded(), "{target}");
    }
}

/// The site still answers as it should, after whatever was sent before.
fn is_unharmed(site: &mut dyn Site) {
    assert_eq!(site.send(&Message::get("/")).reason(), "clearance_required");
    let clearance = earn(site, &Message::get("/"));
    assert!(site.send(&Message::get("/").cleared(&clearance)).was_forwarded());
}

/// The byte that has killed more filters than any other.
pub fn header_names_and_values_that_are_not_utf8_change_nothing(start: Start<'_>) {
    let mut site = start(&closed());
    for message in [
        Message::navigation("/").with("x-name", b"Nguy\xe1\xbb"),
        Message::navigation("/").with("cookie", b"levee=\xff\xfe; \x80=\x81"),
        Message::navigation("/").with("accept-language", b"\xff\xff;q=\xfe, vi"),
        Message::get("/").with("accept", b"\xff/\xff"),
        Message::get("/").with("levee-clearance", b"\xff"),
        Message::get("/").with("user-agent", b"\xc3\x28"),
        Message::get(b"/\xff\xfe/\x80"),
        Message::get(b"/?\xff"),
        Message::get("/").with(b"x-\xff\xfe", "1"),
        Message::get("/").with(b"levee-\xff", "1"),
    ] {
        let answer = site.send(&message);
        assert!(
            (400..500).contains(&answer.status) && !answer.was_forwarded(),
            "{message:?}: {answer:?}"
        );
    }
    is_unharmed(&mut *site);
    let mut site = start(&free_lane(50, 50));
    let answer = site.send(
        &Message::get("/")
            .with("x-name", b"Nguy\xe1\xbb")
            .with("levee-client", b"\xff"),
    );
    assert!(answer.was_forwarded());
    assert_eq!(answer.origin_saw("levee-client"), ["prefix:127.0.7.1/32"]);
}

/// HTTP/2 splits cookies over several headers; so do attackers.
pub fn repeated_cookie_headers_are_all_read(start: Start<'_>) {
    let mut site = start(&closed());
    let now = site.now().as_seconds();
    let clearance = token::encode(&clearance_of(now).seal(&stolen_key()));
    let message = Message::get("/")
        .with("cookie", "a=b")
        .with("cookie", "levee=nonsense")
        .with("cookie", format!("levee={clearance}"))
        .with("cookie", "c=d");
    assert!(site.send(&message).was_forwarded());
}

/// A client's own claim of where it comes from gives it neither another quota nor another name.
pub fn a_forwarded_for_header_of_the_client_is_never_believed(start: Start<'_>) {
    let mut site = start(&free_lane(100, 3));
    let passed = (0..50_u8)
        .filter(|n| {
            let claimed = format!("203.0.113.{n}");
            let message = Message::get("/")
                .with("x-forwarded-for", &claimed)
                .with("x-forwarded-for", "198.51.100.9");
            site.send(
                &message
                    .with("forwarded", format!("for={claimed}"))
                    .with("x-real-ip", claimed),
            )
            .was_forwarded()
        })
        .count();
    assert_eq!(passed, 3);

    // The left end of the header is the client's; only the right end is the proxy's.
    let behind_a_proxy = json!({ "address": { "header": { "name": "x-edge-client", "trusted_hops": 1 } } });
    let mut site = start(&with(free_lane(100, 3), "client", behind_a_proxy));
    let message = |claimed: String| {
        Message::get("/")
            .with("x-edge-client", claimed)
            .with("x-edge-client", "192.0.2.7")
    };
    let answer = site.send(&message("203.0.113.1, 203.0.113.2".to_owned()));
    assert_eq!(answer.origin_saw("levee-client"), ["prefix:192.0.2.7/32"]);
    let passed = (0..50)
        .filter(|n| site.send(&message(format!("203.0.113.{n}"))).was_forwarded())
        .count();
    assert_eq!(passed, 2);
}

/// More headers than any host hands over; some hosts refuse them before the filter does.
pub fn eleven_hundred_headers_change_nothing(start: Start<'_>) {
    let mut site = start(&closed());
    let message = (0..1_100).fold(Message::navigation("/"), |message, n| {
        message.with(format!("x-{n}"), "1")
    });
    let answer = site.send(&message);
    assert!(
        (400..500).contains(&answer.status) && !answer.was_forwarded(),
        "{answer:?}"
    );
    is_unharmed(&mut *site);
}

/// Longer than any honest cookie, and made of what looks like clearances.
pub fn a_cookie_of_64_kilobytes_changes_nothing(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = token::encode(&clearance_of(1).seal(&stolen_key()));
    for cookie in [
        "a".repeat(65_536),
        format!("levee={clearance}; ").repeat(700),
        ";".repeat(65_536),
        "levee=".repeat(10_000),
    ] {
        let answer = site.send(&Message::navigation("/").with("cookie", cookie));
        assert!(
            (400..500).contains(&answer.status) && !answer.was_forwarded(),
            "{answer:?}"
        );
    }
    is_unharmed(&mut *site);
}

/// A household has 2^64 addresses and is one client.
pub fn an_ipv6_client_is_its_prefix(start: Start<'_>) {
    let behind_a_proxy = json!({ "address": { "header": { "name": "x-edge-client", "trusted_hops": 1 } } });
    let mut site = start(&with(free_lane(100, 3), "client", behind_a_proxy));
    let from = |address: String| Message::get("/").with("x-edge-client", address);
    let answer = site.send(&from("[2001:db8:1:2::1]:5678".to_owned()));
    assert_eq!(answer.origin_saw("levee-client"), ["prefix:2001:db8:1:2::/64"]);
    let passed = (2..50)
        .filter(|n| site.send(&from(format!("2001:db8:1:2:{n}::{n}"))).was_forwarded())
        .count();
    assert_eq!(passed, 2);
    assert!(site.send(&from("2001:db8:1:3::1".to_owned())).was_forwarded());
}
