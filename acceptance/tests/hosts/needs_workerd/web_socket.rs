//! A WebSocket goes through the worker.

use super::Stage;
use crate::{talk::Talk, wire};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest as _, Sha1};

/// What RFC 6455 has a server append to the client's key.
const MAGIC: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;
const MASK: [u8; 4] = [1, 2, 3, 4];

/// A short text as a client sends it.
fn from_client(text: &str) -> Vec<u8> {
    let mut frame = vec![TEXT, MASKED | text.len() as u8];
    frame.extend(MASK);
    frame.extend(masked(text.as_bytes(), &MASK));
    frame
}

/// A short text as a server sends it.
fn from_server(text: &str) -> Vec<u8> {
    [&[TEXT, text.len() as u8], text.as_bytes()].concat()
}

/// The next short text that a server gets.
fn hear_client(connection: &mut Talk) -> Vec<u8> {
    let head = connection.hear(6);
    let (start, mask) = head.split_at(2);
    assert!(
        start[0] == TEXT && start[1] & MASKED != 0,
        "{}",
        head.escape_ascii()
    );
    masked(&connection.hear(usize::from(start[1] & !MASKED)), mask)
}

fn masked(text: &[u8], mask: &[u8]) -> Vec<u8> {
    text.iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask)
        .collect()
}

/// What the server says to a handshake with this key.
fn accept(request: &str) -> String {
    let key = request
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("sec-websocket-key")
                .then(|| value.trim())
        })
        .unwrap_or_else(|| panic!("no key in {request}"));
    STANDARD.encode(Sha1::digest(format!("{key}{MAGIC}")))
}

#[test]
fn messages_pass_both_ways() {
    for (stage, wish) in [
        (Stage::set(), ""),
        (Stage::with_hazards(), "levee-hazard: answer-header\r\n"),
    ] {
        let mut client = stage.connect();
        client.say(format!(
            "GET /chat HTTP/1.1\r\nhost: site.example\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{wish}\r\n"
        ));
        let mut origin = stage.origin.accept();
        let request = String::from_utf8_lossy(&origin.hear_until("\r\n\r\n")).into_owned();
        assert!(request.starts_with("GET /chat "), "{request}");
        origin.say(format!(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-accept: {}\r\n\r\n",
            accept(&request)
        ));
        let answer = wire::parse(&client.hear_until("\r\n\r\n")).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(answer.status, 101, "{answer:?}\n{}", stage.log());
        assert_eq!(
            answer.header("sec-websocket-accept"),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );

        client.say(from_client("from the client"));
        assert_eq!(hear_client(&mut origin), b"from the client");
        origin.say(from_server("from the origin"));
        let expected = from_server("from the origin");
        assert_eq!(client.hear(expected.len()), expected);
    }
}
