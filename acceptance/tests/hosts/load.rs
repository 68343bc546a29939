//! Many requests over connections that are kept, several at a time on each.

use crate::{echo, wire};
use levee_behaviour::Message;
use socket2::{Domain, Socket, Type};
use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// Bounds every wait, so that a hanging host fails a test.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of several requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Those that the origin answered.
    pub(crate) forwarded: usize,
    /// Those that the filter answered, but for an error of the host.
    pub(crate) refused: usize,
    /// Those answered 500 and above, by whom soever.
    pub(crate) failed: usize,
}

impl Counts {
    pub(crate) fn all(&self) -> usize {
        self.forwarded + self.refused + self.failed
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.forwarded += other.forwarded;
        self.refused += other.refused;
        self.failed += other.failed;
    }
}

/// A connection from an address in 127.0.0.0/8 to one of this machine.
pub(crate) struct Connection {
    socket: Socket,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(site: SocketAddr, from: Ipv4Addr) -> io::Result<Self> {
        assert!(site.ip().is_loopback(), "load is only sent to this machine");
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((from, 0)).into())?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_tcp_nodelay(true)?;
        socket.connect_timeout(&site.into(), PATIENCE)?;
        Ok(Self {
            socket,
            received: Vec::new(),
        })
    }

    /// Sends `messages` one after the other.
    pub(crate) fn exchange(&mut self, messages: &[Message]) -> io::Result<Counts> {
        let mut counts = Counts::default();
        for message in messages {
            counts += self.pipeline(std::slice::from_ref(message))?;
        }
        Ok(counts)
    }

    /// Sends all of `messages` and then reads an answer to each. Only where the origin is to answer: Envoy closes a connection
    /// on which it has answered itself while the next request had begun.
    pub(crate) fn pipeline(&mut self, messages: &[Message]) -> io::Result<Counts> {
        let requests: Vec<u8> = messages
            .iter()
            .flat_map(|message| wire::request(message, "keep-alive"))
            .collect();
        self.socket.write_all(&requests)?;
        let mut counts = Counts::default();
        while counts.all() < messages.len() {
            match self.answer()? {
                (_, true) => counts.forwarded += 1,
                (500.., _) => counts.failed += 1,
                _ => counts.refused += 1,
            }
        }
        Ok(counts)
    }

    /// The status of the next answer, and whether the origin gave it.
    fn answer(&mut self) -> io::Result<(u16, bool)> {
        let mut piece = [0; 65_536];
        loop {
            if let Some((length, answer)) = parse(&self.received)? {
                self.received.drain(..length);
                return Ok(answer);
            }
            match self.socket.read(&mut piece)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => self.received.extend(piece.iter().take(n)),
            }
        }
    }
}

/// The length of the answer that `received` begins with, its status, and whether the origin gave it.
fn parse(received: &[u8]) -> io::Result<Option<(usize, (u16, bool))>> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response
        .parse(received)
        .map_err(|error| invalid(&error.to_string()))?;
    let httparse::Status::Complete(head) = parsed else {
        return Ok(None);
    };
    let field = |name: &str| {
        response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
    };
    let length: usize = field("content-length")
        .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok())
        .ok_or_else(|| invalid("an answer without a length"))?;
    let is_of_origin = field(echo::MARK).is_some();
    let status = response.code.unwrap_or_default();
    Ok((received.len() >= head + length).then_some((head + length, (status, is_of_origin))))
}
