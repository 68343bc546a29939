//! What is too much, or no request at all.

use std::io::{Read, Write};

use crate::origin::echo;
use crate::proxy::Proxy;

#[test]
fn a_held_body_goes_on_in_one_piece_and_an_overlong_one_is_413() {
    let proxy = Proxy::start("buffers_body", echo(), &[]);
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = proxy.send(format!("{chunked}3\r\none\r\n4\r\n two\r\n0\r\n\r\n").as_bytes());
    assert!(answer.contains("8\r\none two!\r\n"), "{answer}");

    // The buffer holds 16 such pieces.
    let mut stream = proxy.connect();
    stream.write_all(chunked.as_bytes()).expect("sent");
    let piece = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        stream.write_all(piece.as_bytes()).expect("sent");
    }
    let mut head = [0; 12];
    stream.read_exact(&mut head).expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 413");
}

#[test]
fn what_envoy_would_not_take_is_refused() {
    let proxy = Proxy::start("sets_header", echo(), &[]);
    let many: String = (0..101).map(|number| format!("X-{number}: v\r\n")).collect();
    assert!(
        proxy.get(&many).starts_with("HTTP/1.1 431 "),
        "more than 100 headers"
    );
    let large = format!("Cookie: {}\r\n", "c".repeat(61 << 10));
    assert!(
        proxy.get(&large).starts_with("HTTP/1.1 431 "),
        "more than 60 KiB of headers"
    );
    assert!(
        proxy
            .send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 400 "),
        "no host"
    );
    assert!(
        proxy
            .send(b"\x16\x03\x01 nonsense\r\n\r\n")
            .starts_with("HTTP/1.1 400 "),
        "no HTTP"
    );

    let roomy = Proxy::start(
        "sets_header",
        echo(),
        &["--max-headers", "2000", "--max-header-kib", "100"],
    );
    assert!(roomy.get(&many).starts_with("HTTP/1.1 200 "));
    assert!(roomy.get(&large).starts_with("HTTP/1.1 200 "));
}
