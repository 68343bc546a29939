//! A client that sends any bytes as HTTP/1.1, from any address of 127.0.0.0/8.

use crate::echo;
use levee_behaviour::{Answer, Headers, Message};
use levee_core::time::Timestamp;
use socket2::{Domain, Socket, Type};
use std::{
    io::{self, Read as _, Write as _},
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Bounds every wait, so that a hanging host fails a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The time on this machine's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

/// Sends `message` over a connection of its own and reads the answer.
pub(crate) fn exchange(site: SocketAddr, message: &Message) -> io::Result<Answer> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((message.peer, 0)).into())?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.connect_timeout(&site.into(), PATIENCE)?;
    // A host may refuse a long request before it has read it all; what it says then is still there to be read.
    let _ = socket.try_clone()?.write_all(&request(message, "close"));
    let received = receive(socket, message.method == "HEAD")?;
    answer(&received, message)
}

/// Reads one response. Not until the end of the connection: a host that answers before it has seen the whole request keeps
/// it open for a while.
fn receive(mut socket: Socket, is_head: bool) -> io::Result<Vec<u8>> {
    let mut received = Vec::new();
    let mut piece = [0; 65_536];
    while expected_length(&received, is_head).is_none_or(|length| received.len() < length) {
        match socket.read(&mut piece)? {
            0 => break,
            n => received.extend(piece.iter().take(n)),
        }
    }
    Ok(received)
}

/// How long the response is that begins so, as far as that can be told already.
fn expected_length(received: &[u8], is_head: bool) -> Option<usize> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = response.parse(received) else {
        return None;
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let body: usize = std::str::from_utf8(length?.value).ok()?.parse().ok()?;
    Some(if is_head { head } else { head + body })
}

/// The bytes of a request, with what it says of the connection.
pub(crate) fn request(message: &Message, connection: &str) -> Vec<u8> {
    let mut bytes = [
        message.method.as_bytes(),
        b" ",
        &message.target,
        b" HTTP/1.1\r\nhost: ",
        message.authority.as_bytes(),
    ]
    .concat();
    for (name, value) in &message.headers {
        bytes.extend([b"\r\n", &name[..], b": ", value].concat());
    }
    if !matches!(message.method.as_str(), "GET" | "HEAD") {
        bytes.extend(b"\r\ncontent-length: 0");
    }
    bytes.extend([b"\r\nconnection: ", connection.as_bytes(), b"\r\n\r\n"].concat());
    bytes
}

fn answer(received: &[u8], message: &Message) -> io::Result<Answer> {
    let mut answer = parse(received)?;
    if answer.headers.iter().any(|(name, _)| name == echo::MARK) {
        answer.at_origin = Some(match message.method.as_str() {
            // The body of the answer would say what arrived, and HEAD has none.
            "HEAD" => Vec::new(),
            _ => headers_at_origin(&answer.body).map_err(|error| invalid(error.to_string()))?,
        });
    }
    Ok(answer)
}

/// A response; its body is whatever comes behind its head.
pub(crate) fn parse(received: &[u8]) -> io::Result<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response
        .parse(received)
        .map_err(|error| invalid(format!("{error}: {}", received.escape_ascii())))?;
    let httparse::Status::Complete(length) = parsed else {
        return Err(invalid(format!("cut short: {}", received.escape_ascii())));
    };
    let headers = response
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec()))
        .collect();
    Ok(Answer {
        status: response.code.unwrap_or_default(),
        headers,
        body: received.get(length..).unwrap_or_default().to_vec(),
        at_origin: None,
    })
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn headers_at_origin(head: &[u8]) -> Result<Headers, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; 256];
    httparse::Request::new(&mut headers).parse(head)?;
    let sent = headers.iter().filter(|header| !header.name.is_empty());
    Ok(sent
        .map(|header| {
            (
                header.name.to_ascii_lowercase().into_bytes(),
                header.value.to_vec(),
            )
        })
        .collect())
}
