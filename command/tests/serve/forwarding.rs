//! Requests and responses on their way through the filter.

use std::io::{Read, Write};

use crate::origin::{echo, nobody};
use crate::proxy::Proxy;

#[test]
fn a_request_goes_through_the_filter_to_the_origin_and_back() {
    let proxy = Proxy::start("sets_header", echo(), &["--workers", "2"]);
    let answer = proxy
        .get("X-Guest: forged\r\nX-Forwarded-For: 9.9.9.9\r\nX-Envoy-Internal: true\r\nTE: trailers\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("GET /a?b HTTP/1.1"), "{answer}");
    assert!(answer.contains("host: clinic.example"), "{answer}");
    assert_eq!(
        answer.matches("x-guest: was here").count(),
        2,
        "in the request and in the response: {answer}"
    );
    assert!(answer.contains("x-forwarded-for: 9.9.9.9,127.0.0.1"), "{answer}");
    assert!(answer.contains("x-request-id: "), "{answer}");
    assert!(
        !answer.contains("forged") && !answer.contains("x-envoy-internal") && !answer.contains("\r\nte: "),
        "{answer}"
    );
}

#[test]
fn header_values_that_are_not_utf_8_pass_unchanged() {
    let proxy = Proxy::start("sets_header", echo(), &[]);
    let mut stream = proxy.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Raw: \xff\xfe\xc3(\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let expected = b"x-raw: \xff\xfe\xc3(\r\n";
    assert!(
        answer.windows(expected.len()).any(|window| window == expected),
        "{}",
        answer.escape_ascii()
    );
}

#[test]
fn a_local_reply_is_sent_without_asking_the_origin() {
    let proxy = Proxy::start("local_reply", nobody(), &[]);
    let answer = proxy.get("");
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden"), "{answer}");
    assert!(
        answer.contains("x-why: because") && answer.contains("x-seen: yes"),
        "{answer}"
    );
    assert!(
        answer.contains("content-length: 2") && answer.ends_with("\r\n\r\nno"),
        "{answer}"
    );
}

#[test]
fn an_origin_that_is_down_is_503() {
    let proxy = Proxy::start("sets_header", nobody(), &[]);
    let answer = proxy.get("");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.contains("x-guest: was here"),
        "the filter sees the host's replies too: {answer}"
    );
}

#[test]
fn a_connection_is_kept_for_the_next_request() {
    let proxy = Proxy::start("local_reply", nobody(), &[]);
    let mut stream = proxy.connect();
    for _ in 0..3 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .expect("sent");
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"\r\n\r\nno") {
            assert_eq!(
                stream.read(&mut byte).expect("readable"),
                1,
                "{}",
                answer.escape_ascii()
            );
            answer.push(byte[0]);
        }
    }
}

#[test]
fn a_body_streams_through_a_filter_that_does_not_look_at_it() {
    let proxy = Proxy::start("sets_header", echo(), &[]);
    let body = "x".repeat(3 << 20);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = proxy.send(request.as_bytes());
    assert!(answer.ends_with(&body), "{} bytes came back", answer.len());
}

#[test]
fn a_held_request_goes_on_at_the_next_tick() {
    let proxy = Proxy::start("pauses_until_tick", echo(), &["--workers", "1"]);
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
}
