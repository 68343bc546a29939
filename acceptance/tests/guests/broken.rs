//! Guests with a mistake: they serve well until somebody sends what they did not think of.

use super::{host, messages, ok, start};
use levee_harness::{Limits, Request};
use std::time::Duration;

#[test]
fn broken_non_utf8_fails_on_a_byte_that_is_no_text() {
    let mut host = start(host("broken_non_utf8"));
    let mut send = |agent: &[u8]| {
        host.worker(0)
            .exchange(Request::get("/").header("user-agent", agent), ok)
    };
    for (agent, device) in [
        (&b"Mozilla/5.0 (iPhone)"[..], &b"mobile"[..]),
        (b"curl/8.0", b"desktop"),
        ("Trình duyệt".as_bytes(), b"desktop"),
    ] {
        let exchange = send(agent);
        let forwarded = exchange.forwarded.as_ref().expect("forwarded");
        assert_eq!(forwarded.headers.get("x-device"), Some(device));
    }
    let exchange = send(b"\xff");
    assert_eq!(exchange.status(), 503);
    let failure = exchange.failure.as_ref().expect("a trap");
    assert_eq!(failure.callback, "proxy_on_request_headers");
    let logged = messages(&exchange.log);
    assert!(
        logged.iter().any(|line| line.contains("Utf8Error")),
        "{logged:#?}"
    );
    assert_eq!(send(b"curl/8.0").status(), 503, "the VM has ended");
}

#[test]
fn broken_leak_counts_well_and_keeps_a_key_for_everything_it_is_told() {
    let mut host = start(host("broken_leak"));
    let mut visits = |request: Request| {
        let exchange = host.worker(0).exchange(request, ok);
        exchange
            .header("x-visits")
            .map(|visits| String::from_utf8_lossy(visits).into_owned())
    };
    assert_eq!(visits(Request::get("/a")).as_deref(), Some("1"));
    assert_eq!(visits(Request::get("/a")).as_deref(), Some("2"));
    for nth in 0..1_000 {
        let client = format!("client-{nth}");
        let count = visits(Request::get("/a").header("x-client", &client));
        assert_eq!(count.as_deref(), Some("1"));
    }
    let kept = (0..1_000).filter(|nth| host.shared_data(format!("visits.client-{nth}")).is_some());
    assert_eq!(kept.count(), 1_000);
}

#[test]
fn broken_loop_stands_still_on_a_pair_without_a_name() {
    let limits = Limits {
        callback_time: Duration::from_millis(100),
        ..Limits::default()
    };
    let mut host = start(host("broken_loop").limits(limits));
    let mut send = |cookies: &str| {
        host.worker(0)
            .exchange(Request::get("/").header("cookie", cookies), ok)
    };
    for (cookies, language) in [
        ("language=vi", Some(&b"vi"[..])),
        ("a=1; language=en ; b=2", Some(b"en")),
        ("a=1; b=2; ", None),
        ("language; a", Some(b"")),
        ("", None),
        ("language=vi;;", Some(b"vi")),
    ] {
        let exchange = send(cookies);
        let forwarded = exchange.forwarded.as_ref().expect("forwarded");
        assert_eq!(forwarded.headers.get("x-language"), language, "{cookies}");
    }
    let exchange = send("a=1;;language=vi");
    assert_eq!(exchange.status(), 503);
    let failure = exchange.failure.as_ref().expect("a trap");
    assert!(
        failure.message.contains("longer than a callback may"),
        "{failure}"
    );
}
