//! Requests and responses as tests write them and drivers assemble them.

use std::net::{Ipv4Addr, SocketAddr};

use crate::abi::LocalReply;
use crate::headers::Headers;
use crate::stream::StreamInfo;

/// An HTTP request: what a client sends, or what reaches the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Pseudo header `:method`.
    pub method: Vec<u8>,
    /// Pseudo header `:path`: path and query, raw.
    pub path: Vec<u8>,
    /// Pseudo header `:authority`.
    pub authority: Vec<u8>,
    /// Pseudo header `:scheme`.
    pub scheme: Vec<u8>,
    /// All other headers.
    pub headers: Headers,
    /// The body, in the pieces in which it arrives.
    pub body: Vec<Vec<u8>>,
    /// Trailers, if there are any.
    pub trailers: Option<Headers>,
    /// The client's address.
    pub source: SocketAddr,
    /// The address the client has connected to.
    pub destination: SocketAddr,
}

impl Request {
    /// A request without body for `booking.example`, from 192.0.2.1.
    #[must_use]
    pub fn new(method: &str, path: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.into(),
            path: path.as_ref().to_vec(),
            authority: b"booking.example".to_vec(),
            scheme: b"http".to_vec(),
            headers: Headers::new(),
            body: Vec::new(),
            trailers: None,
            source: (Ipv4Addr::new(192, 0, 2, 1), 40_000).into(),
            destination: (Ipv4Addr::LOCALHOST, 8080).into(),
        }
    }

    /// `GET path`.
    #[must_use]
    pub fn get(path: impl AsRef<[u8]>) -> Self {
        Self::new("GET", path)
    }

    /// `POST path`.
    #[must_use]
    pub fn post(path: impl AsRef<[u8]>) -> Self {
        Self::new("POST", path)
    }

    /// Adds a header; any bytes, repetitions allowed.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets `:authority`.
    #[must_use]
    pub fn host(mut self, authority: impl AsRef<[u8]>) -> Self {
        self.authority = authority.as_ref().to_vec();
        self
    }

    /// Sets `:scheme`.
    #[must_use]
    pub fn scheme(mut self, scheme: &str) -> Self {
        self.scheme = scheme.into();
        self
    }

    /// Sets the client's address.
    #[must_use]
    pub const fn source(mut self, source: SocketAddr) -> Self {
        self.source = source;
        self
    }

    /// Adds a piece of body.
    #[must_use]
    pub fn body(mut self, piece: impl AsRef<[u8]>) -> Self {
        self.body.push(piece.as_ref().to_vec());
        self
    }

    /// Adds a trailer.
    #[must_use]
    pub fn trailer(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.trailers.get_or_insert_default().append(name, value);
        self
    }

    /// All body bytes.
    #[must_use]
    pub fn body_bytes(&self) -> Vec<u8> {
        self.body.concat()
    }

    /// Whether it is one of gRPC, by its `content-type`.
    pub(crate) fn speaks_grpc(&self) -> bool {
        let content_type = self.headers.get("content-type").unwrap_or_default();
        let rest = content_type.strip_prefix(b"application/grpc");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"+"))
    }

    /// What is known of the exchange before its first header.
    #[must_use]
    pub fn info(&self, connection_id: u64) -> StreamInfo {
        StreamInfo {
            source: self.source,
            destination: self.destination,
            protocol: "HTTP/1.1".to_owned(),
            connection_id,
        }
    }

    /// The header map that a guest sees: pseudo headers first.
    #[must_use]
    pub fn to_map(&self) -> Headers {
        let pseudo = [
            (&b":authority"[..], self.authority.as_slice()),
            (b":path", &self.path),
            (b":method", &self.method),
            (b":scheme", &self.scheme),
        ];
        self.headers.behind(&pseudo)
    }

    /// Takes over the headers as a guest has left them.
    pub fn set_map(&mut self, mut map: Headers) {
        let pseudo = map.take_each(&[":authority", ":path", ":method", ":scheme"]);
        [self.authority, self.path, self.method, self.scheme] = pseudo.map(Option::unwrap_or_default);
        self.headers = map;
    }
}

/// An HTTP response: what the origin answers, or what the client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Pseudo header `:status`; 0 if a guest has made it unreadable.
    pub status: u16,
    /// All other headers.
    pub headers: Headers,
    /// The body, in the pieces in which it arrives.
    pub body: Vec<Vec<u8>>,
    /// Trailers, if there are any.
    pub trailers: Option<Headers>,
}

impl Response {
    /// A response without body.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self {
            status,
            headers: Headers::new(),
            body: Vec::new(),
            trailers: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Adds a piece of body.
    #[must_use]
    pub fn body(mut self, piece: impl AsRef<[u8]>) -> Self {
        self.body.push(piece.as_ref().to_vec());
        self
    }

    /// Adds a trailer.
    #[must_use]
    pub fn trailer(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.trailers.get_or_insert_default().append(name, value);
        self
    }

    /// All body bytes.
    #[must_use]
    pub fn body_bytes(&self) -> Vec<u8> {
        self.body.concat()
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body_bytes()).into_owned()
    }

    /// The header map that a guest sees: `:status` first.
    #[must_use]
    pub fn to_map(&self) -> Headers {
        self.headers
            .behind(&[(b":status", self.status.to_string().as_bytes())])
    }

    /// Takes over the headers as a guest has left them.
    pub fn set_map(&mut self, mut map: Headers) {
        let status = map
            .take(":status")
            .and_then(|status| String::from_utf8(status).ok()?.parse().ok());
        self.status = status.unwrap_or(0);
        self.headers = map;
    }
}

/// The status of gRPC that one of HTTP comes to (gRPC's "HTTP to gRPC Status Code Mapping").
pub(crate) const fn grpc_status_of(status: u64) -> u32 {
    match status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502..=504 => 14,
        _ => 2,
    }
}

impl Response {
    /// A reply to a client that speaks gRPC.
    pub(crate) fn of_grpc(reply: LocalReply) -> Self {
        let status = reply
            .grpc_status
            .unwrap_or_else(|| grpc_status_of(reply.status.into()));
        let mut response = Self {
            headers: reply.headers,
            ..Self::new(200)
        };
        response.headers.remove(":status");
        response.headers.append("content-type", "application/grpc");
        response.headers.append("grpc-status", status.to_string());
        if !reply.body.is_empty() {
            response.headers.append("grpc-message", reply.body);
        }
        response
    }
}

impl From<LocalReply> for Response {
    /// With `content-length` and, unless the guest gave one, `content-type: text/plain`, as Envoy adds them.
    fn from(reply: LocalReply) -> Self {
        let mut response = Self {
            headers: reply.headers,
            ..Self::new(reply.status)
        };
        response.headers.remove(":status");
        if reply.body.is_empty() {
            response.headers.remove("content-length");
            response.headers.remove("content-type");
            return response;
        }
        let length = reply.body.len().to_string();
        if response.headers.get("content-length").is_some() {
            response.headers.change(b"content-length", length);
        } else {
            response.headers.append("content-length", length);
        }
        if response.headers.get("content-type").is_none() {
            response.headers.append("content-type", "text/plain");
        }
        response.body.push(reply.body);
        response
    }
}
