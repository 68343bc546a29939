//! What is measured: a way through a server, and what is sent there.

use std::net::SocketAddr;

use http::{Request, StatusCode};

use crate::{
    load::{Body, Protocol},
    traffic::Traffic,
};

/// One row: a door of a server, and the requests that are sent to it.
pub struct Subject {
    /// What it is called in results: lower-case letters, digits and `_`.
    pub name: &'static str,
    /// What it is, for people.
    pub title: String,
    /// The name of the subject that it is told against; `None` for one that others are told against.
    pub reference: Option<&'static str>,
    /// The process that answers, whose processor time counts.
    pub process: u32,
    /// Where it listens.
    pub address: SocketAddr,
    /// What is spoken.
    pub protocol: Protocol,
    /// What is sent.
    pub traffic: Box<dyn Traffic>,
    /// What every answer must have, or the row would measure something else than it says.
    pub expected: StatusCode,
    /// Requests that go ahead of every burst, and do not count.
    pub ahead: usize,
}

impl Subject {
    /// So many of the requests that are sent.
    ///
    /// # Errors
    /// When one would be no valid request.
    pub fn requests(&mut self, count: usize) -> Result<Vec<Request<Body>>, http::Error> {
        (0..count)
            .map(|_| self.traffic.next_request(self.protocol))
            .collect()
    }

    /// The same, told against the row called `reference`.
    #[must_use]
    pub fn beside(self, reference: &'static str) -> Self {
        Self {
            reference: Some(reference),
            ..self
        }
    }

    /// The same, told against nothing: a reference of others.
    #[must_use]
    pub fn alone(self) -> Self {
        Self {
            reference: None,
            ..self
        }
    }

    /// The same over another protocol.
    #[must_use]
    pub fn over(self, protocol: Protocol) -> Self {
        Self { protocol, ..self }
    }

    /// The same with a request ahead of every burst: a server that lets one through from time to time lets that one through.
    #[must_use]
    pub fn announced(self) -> Self {
        Self { ahead: 1, ..self }
    }

    /// The same with answers of another status than 200.
    #[must_use]
    pub fn expecting(self, expected: StatusCode) -> Self {
        Self { expected, ..self }
    }
}
