//! What the worker lets through reaches the other side as it came.

use super::{Stage, from_client, from_origin};
use crate::wire;
use flate2::{Compression, write::GzEncoder};
use levee_behaviour::Answer;
use levee_testing::Workerd;
use std::io::Write as _;

/// Stages that differ in what becomes of an answer: nothing, and a header more.
fn stages() -> [(Stage, &'static str); 2] {
    [
        (Stage::set(), ""),
        (Stage::with_hazards(), "\r\nlevee-hazard: answer-header"),
    ]
}

/// What comes of a GET, for which the origin has these lines and this body, with and without a header more.
fn answers(lines: &str, body: &[u8]) -> impl Iterator<Item = Answer> {
    answers_to("GET", lines, body)
}

fn answers_to(method: &str, lines: &str, body: &[u8]) -> impl Iterator<Item = Answer> {
    let origin = from_origin(lines, body);
    stages().into_iter().map(move |(stage, wish)| {
        let (request, answer) = stage.exchange(&format!("{method} / HTTP/1.1{wish}"), &origin);
        assert!(request.starts_with(method), "{request}");
        // One that cannot be made again is passed on untouched.
        if !wish.is_empty() && answer.status < 600 {
            assert_eq!(answer.header("levee-hazard"), "met", "{answer:?}");
        }
        answer
    })
}

#[test]
fn bytes_of_a_header_that_are_no_ascii_are_the_same_bytes_on_the_other_side() {
    let lines = "200 OK\r\nx-of-origin: Bệnh viện\r\ncontent-length: 0";
    for (stage, wish) in stages() {
        let request = format!("GET / HTTP/1.1\r\nx-of-client: Bệnh viện{wish}");
        let (request, answer) = stage.exchange(&request, &from_origin(lines, ""));
        assert!(
            request
                .to_ascii_lowercase()
                .contains("\r\nx-of-client: bệnh viện\r\n"),
            "{request}"
        );
        assert_eq!(answer.header("x-of-origin"), "Bệnh viện", "{answer:?}");
    }
}

#[test]
fn a_request_reaches_the_origin_as_it_came() {
    let stage = Stage::set();
    let lines = "DELETE /a%2Fb/?q=%20&q HTTP/1.1\r\naccept-encoding: br\r\nuser-agent: somebody\r\nx-empty:\r\nx-of-client: 1";
    let (request, _) = stage.exchange(lines, &from_origin("204 No Content", ""));
    assert!(
        request.starts_with("DELETE /a%2Fb/?q=%20&q HTTP/1.1\r\n"),
        "{request}"
    );
    let request = request.to_ascii_lowercase();
    for field in [
        "host: site.example",
        "accept-encoding: br",
        "user-agent: somebody",
        "x-of-client: 1",
        "cf-connecting-ip: 192.0.2.1",
    ] {
        assert!(
            request.contains(&format!("\r\n{field}\r\n")),
            "{field} is not in {request}"
        );
    }
    assert!(!request.contains("levee-hazard"), "{request}");
}

#[test]
fn what_the_edge_knows_of_a_connection_goes_with_the_request() {
    let stage = Stage::set();
    let known = r#"{"asn":64500,"colo":"SGN"}"#;
    let lines = format!("GET / HTTP/1.1\r\n{}: {known}", Workerd::CF);
    let (request, _) = stage.exchange(&lines, &from_origin("204 No Content", ""));
    assert!(
        request.contains("\"asn\":64500") && request.contains("\"colo\":\"SGN\""),
        "{request}"
    );
}

#[test]
fn a_request_body_is_passed_on_while_it_comes() {
    let stage = Stage::set();
    let mut client = stage.connect();
    client.say("POST / HTTP/1.1\r\nhost: site.example\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    let mut origin = stage.origin.accept();
    origin.hear_until("first");
    client.say("4\r\nlast\r\n0\r\n\r\n");
    origin.hear_until("last");
    origin.say(from_origin("200 OK\r\ncontent-length: 2", "ok"));
    client.hear_until("\r\n\r\nok");
}

#[test]
fn an_answer_body_is_passed_on_while_it_comes() {
    for (stage, wish) in stages() {
        let mut client = stage.connect();
        client.say(from_client(&format!("GET / HTTP/1.1{wish}")));
        let mut origin = stage.origin.accept();
        origin.hear_until("\r\n\r\n");
        origin.say(from_origin(
            "200 OK\r\ntransfer-encoding: chunked",
            "5\r\nfirst\r\n",
        ));
        client.hear_until("first");
        origin.say("4\r\nlast\r\n0\r\n\r\n");
        client.hear_until("last");
    }
}

#[test]
fn a_large_body_arrives_whole_both_ways() {
    let large: Vec<u8> = (0..5_000_000_u32).map(|nth| (nth % 251) as u8).collect();
    for (stage, wish) in stages() {
        let mut client = stage.connect();
        let length = format!("content-length: {}", large.len());
        client.say(from_client(&format!("PUT / HTTP/1.1\r\n{length}{wish}")));
        let sent = client.say_meanwhile(large.clone());
        let mut origin = stage.origin.accept();
        let head = String::from_utf8_lossy(&origin.hear_until("\r\n\r\n")).to_ascii_lowercase();
        assert!(head.contains(&format!("\r\n{length}\r\n")), "{head}");
        assert!(
            origin.hear(large.len()) == large,
            "another body reaches the origin"
        );
        assert!(sent.join().is_ok_and(|sent| sent.is_ok()));
        let sent = origin.say_meanwhile(from_origin(&format!("200 OK\r\n{length}"), &large));
        let answer = wire::parse(&client.hear_all()).unwrap_or_else(|error| panic!("{error}"));
        assert!(sent.join().is_ok_and(|sent| sent.is_ok()));
        assert_eq!(answer.header("content-length"), large.len().to_string());
        assert!(answer.body == large, "another body reaches the client");
    }
}

#[test]
fn a_compressed_answer_arrives_byte_by_byte() {
    // Not the bytes that another compressor would make of it.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder
        .write_all(&b"the same again ".repeat(500))
        .unwrap_or_else(|error| panic!("{error}"));
    let compressed = encoder.finish().unwrap_or_else(|error| panic!("{error}"));
    let length = compressed.len();
    for encoding in ["gzip", "br", "zstd", "x-of-their-own"] {
        let lines = format!("200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}");
        for answer in answers(&lines, &compressed) {
            assert_eq!(answer.header("content-encoding"), encoding, "{answer:?}");
            assert_eq!(answer.header("content-length"), length.to_string(), "{encoding}");
            assert!(
                answer.body == compressed,
                "{encoding}: other bytes reach the client"
            );
        }
    }
}

#[test]
fn a_redirect_is_the_clients_to_follow() {
    for (status, lines) in [(302, "302 Found"), (307, "307 Temporary Redirect")] {
        for answer in answers(
            &format!("{lines}\r\nlocation: /elsewhere?a=b\r\ncontent-length: 0"),
            b"",
        ) {
            assert_eq!(answer.status, status, "{answer:?}");
            assert_eq!(answer.header("location"), "/elsewhere?a=b");
        }
    }
}

#[test]
fn headers_of_an_answer_are_passed_on_each_for_itself() {
    let lines = "200 OK\r\ncache-control: public, max-age=60\r\netag: W/\"1\"\r\nlast-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                 vary: accept-encoding\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2; Expires=Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                 server: somebody\r\ncontent-length: 0";
    for answer in answers(lines, b"") {
        let cookies: Vec<&[u8]> = answer.values("set-cookie").collect();
        assert_eq!(
            cookies,
            [&b"a=1; Path=/"[..], b"b=2; Expires=Sun, 06 Nov 1994 08:49:37 GMT"]
        );
        for (name, value) in [
            ("cache-control", "public, max-age=60"),
            ("etag", "W/\"1\""),
            ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("vary", "accept-encoding"),
            ("server", "somebody"),
        ] {
            assert_eq!(answer.header(name), value, "{answer:?}");
        }
    }
}

#[test]
fn answers_without_a_body_stay_so() {
    for answer in answers("304 Not Modified\r\netag: \"1\"", b"") {
        assert_eq!(
            (answer.status, &*answer.header("etag")),
            (304, "\"1\""),
            "{answer:?}"
        );
        assert!(answer.body.is_empty(), "{answer:?}");
    }
    for answer in answers("204 No Content", b"") {
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{answer:?}");
    }
    for answer in answers_to(
        "HEAD",
        "200 OK\r\ncontent-length: 1234\r\ncontent-encoding: gzip",
        b"",
    ) {
        assert_eq!(
            (answer.status, &*answer.header("content-length")),
            (200, "1234"),
            "{answer:?}"
        );
        assert_eq!(answer.header("content-encoding"), "gzip");
        assert!(answer.body.is_empty(), "{answer:?}");
    }
}

#[test]
fn a_status_that_http_does_not_define_passes() {
    for status in [600, 999] {
        for answer in answers(&format!("{status} Whatever\r\ncontent-length: 4"), b"body") {
            assert_eq!((answer.status, &*answer.text()), (status, "body"), "{answer:?}");
        }
    }
}

#[test]
fn an_origin_that_ends_the_connection_instead_of_answering_is_answered_as_refused() {
    let stage = Stage::set();
    let (_, answer) = stage.exchange("GET / HTTP/1.1", b"");
    assert_eq!(answer.status, 503, "{answer:?}\n{}", stage.log());
}
