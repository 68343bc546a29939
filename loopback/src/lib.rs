//! Connections that never leave this machine.
//!
//! A rehearsal plays an attack, so the one place where it opens sockets accepts loopback addresses only, for
//! the target and for the source. Linux owns the whole of 127.0.0.0/8, which is where thousands of clients with
//! addresses of their own come from.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Full, LengthLimitError, Limited, combinators::BoxBody};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::Duration,
};
use tokio::net::TcpSocket;

/// Bytes of an answer's body that are read at most.
const ANSWER_LIMIT: usize = 1 << 20;

/// How long connecting and one request with its answer may take together before the request counts as failed.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// An address of this machine and no other, in 127.0.0.0/8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Loopback(Ipv4Addr);

/// An address that load may not be sent to, or from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a loopback address: load is only ever sent within 127.0.0.0/8")]
pub struct NotLoopback(SocketAddr);

impl Loopback {
    /// The address 127.x.y.z.
    pub const fn new(x: u8, y: u8, z: u8) -> Self {
        Self(Ipv4Addr::new(127, x, y, z))
    }

    /// The address as the socket interface takes it.
    pub const fn ip(self) -> Ipv4Addr {
        self.0
    }
}

/// The most doors of a target.
pub const MOST_DOORS: usize = 16;

/// Where load is sent: ports of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    address: Loopback,
    port: u16,
    /// Ports besides the first that lead to the same, each to a part of it; 0 where there is none.
    others: [u16; MOST_DOORS - 1],
    /// Whether clients tell who they are, as the edge of a network would tell that stands in front.
    is_behind_edge: bool,
}

/// The request header in which Cloudflare's edge tells the client's address.
const EDGE_CLIENT: http::HeaderName = http::HeaderName::from_static("cf-connecting-ip");

impl Target {
    /// The same, reached by these doors, too, at most [`MOST_DOORS`] in all: ports of the same address, among which clients are
    /// divided.
    #[must_use]
    pub fn with_doors(mut self, others: &[u16]) -> Self {
        for (port, other) in self.others.iter_mut().zip(others) {
            *port = *other;
        }
        self
    }

    /// The same, behind the edge of a network that clients stand in for: they tell their address in a header field.
    #[must_use]
    pub const fn behind_edge(mut self) -> Self {
        self.is_behind_edge = true;
        self
    }

    /// Whether clients tell who they are, as behind the edge of a network.
    #[must_use]
    pub const fn is_behind_edge(self) -> bool {
        self.is_behind_edge
    }

    /// The address and port by which it is known.
    pub const fn socket_address(self) -> SocketAddr {
        SocketAddr::V4(SocketAddrV4::new(self.address.0, self.port))
    }

    /// The door that a client at `source` is led to, always the same.
    fn door_for(self, source: Loopback) -> SocketAddr {
        let doors: Vec<u16> = std::iter::once(self.port)
            .chain(self.others.into_iter().filter(|port| *port != 0))
            .collect();
        let nth = usize::from(source.0.octets()[3]) % doors.len();
        SocketAddr::V4(SocketAddrV4::new(self.address.0, doors[nth]))
    }
}

impl TryFrom<SocketAddr> for Target {
    type Error = NotLoopback;

    fn try_from(address: SocketAddr) -> Result<Self, NotLoopback> {
        match address {
            SocketAddr::V4(v4) if v4.ip().is_loopback() => Ok(Self {
                address: Loopback(*v4.ip()),
                port: v4.port(),
                others: [0; MOST_DOORS - 1],
                is_behind_edge: false,
            }),
            SocketAddr::V4(_) | SocketAddr::V6(_) => Err(NotLoopback(address)),
        }
    }
}

/// A request's body: none, or a short form.
pub type Body = BoxBody<Bytes, std::convert::Infallible>;

/// A body of no bytes.
pub fn no_body() -> Body {
    Empty::new().boxed()
}

/// A body of these bytes.
pub fn body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed()
}

/// What came back, with its whole body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The value of a header field, when it is there and is text.
    pub fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the content is of this media type, parameters aside.
    pub fn is(&self, media_type: &str) -> bool {
        self.header(http::header::CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
    }

    /// The time after which to ask again; a second when the answer does not say.
    pub fn retry_after(&self) -> Duration {
        let seconds = self
            .header(http::header::RETRY_AFTER)
            .and_then(|value| value.trim().parse().ok());
        Duration::from_secs(seconds.unwrap_or(1))
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The socket could not be bound to its source address, or not be connected.
    #[error("cannot connect from {from} to {to}: {cause}", from = .from.ip())]
    Connect {
        /// The source address.
        from: Loopback,
        /// Where to.
        to: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
    /// The exchange broke off.
    #[error("the exchange broke off: {0}")]
    Http(#[from] hyper::Error),
    /// The body of the answer is longer than a mebibyte, or broke off.
    #[error("the answer's body could not be read: {0}")]
    Body(String),
    /// Nothing came within [`ANSWER_TIMEOUT`].
    #[error("no answer within {} s", ANSWER_TIMEOUT.as_secs())]
    Timeout,
}

/// A client at one source address, with at most one connection, which is kept alive as a browser would.
pub struct Client {
    source: Loopback,
    target: Target,
    connection: Option<SendRequest<Body>>,
}

impl Client {
    /// A client at `source` that talks to `target`. Nothing is connected yet.
    pub const fn new(source: Loopback, target: Target) -> Self {
        Self {
            source,
            target,
            connection: None,
        }
    }

    /// Sends one request and reads its whole answer, over the open connection or a new one. Adds the `host` field.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`]; the connection is then given up, and the next request opens another.
    pub async fn send(&mut self, mut request: Request<Body>) -> Result<Answer, NoAnswer> {
        let host =
            http::HeaderValue::from_maybe_shared(Bytes::from(self.target.socket_address().to_string()));
        if let Ok(host) = host {
            request.headers_mut().insert(http::header::HOST, host);
        }
        if self.target.is_behind_edge
            && let Ok(client) =
                http::HeaderValue::from_maybe_shared(Bytes::from(self.source.ip().to_string()))
        {
            request.headers_mut().insert(EDGE_CLIENT, client);
        }
        let exchanged = tokio::time::timeout(ANSWER_TIMEOUT, self.exchange(request))
            .await
            .unwrap_or(Err(NoAnswer::Timeout));
        if exchanged.is_err() {
            self.connection = None;
        }
        exchanged
    }

    async fn exchange(&mut self, request: Request<Body>) -> Result<Answer, NoAnswer> {
        // A server may have closed the connection while it was idle; that is no failure of this request.
        let open = match self.connection.take() {
            Some(mut connection) => connection.ready().await.is_ok().then_some(connection),
            None => None,
        };
        let connection = match open {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let connection = self.connection.insert(connection);
        let (head, body) = connection.send_request(request).await?.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    NoAnswer::Body(format!("it is longer than {ANSWER_LIMIT} bytes"))
                } else {
                    NoAnswer::Body(error.to_string())
                }
            })?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }

    async fn connect(&self) -> Result<SendRequest<Body>, NoAnswer> {
        let to = self.target.door_for(self.source);
        let stream = async {
            let socket = TcpSocket::new_v4()?;
            socket.set_nodelay(true)?;
            socket.bind(SocketAddr::V4(SocketAddrV4::new(self.source.0, 0)))?;
            socket.connect(to).await
        };
        let stream = stream.await.map_err(|cause| NoAnswer::Connect {
            from: self.source,
            to,
            cause,
        })?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends by itself when the sender is dropped or the peer hangs up; what went wrong the sender is told too.
        tokio::spawn(connection);
        Ok(sender)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read as _, Write as _},
        net::{IpAddr, TcpListener},
        sync::mpsc,
    };

    /// A server for one connection, which answers so many requests and tells who has connected.
    fn server(requests: usize) -> (SocketAddr, mpsc::Receiver<IpAddr>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (from, seen) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut stream, peer) = listener.accept().unwrap();
            from.send(peer.ip()).unwrap();
            for _ in 0..requests {
                let mut read = Vec::new();
                while !read.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    read.extend(byte);
                }
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                    .unwrap();
            }
        });
        (address, seen)
    }

    #[test]
    fn addresses_outside_loopback_are_refused_by_name() {
        for outside in [
            "203.0.113.7:80",
            "0.0.0.0:80",
            "10.0.0.1:8080",
            "[::1]:80",
            "[2001:db8::1]:443",
            "128.0.0.1:1",
        ] {
            let address: SocketAddr = outside.parse().unwrap();
            assert_eq!(Target::try_from(address), Err(NotLoopback(address)));
        }
        let message = NotLoopback("203.0.113.7:80".parse().unwrap()).to_string();
        assert!(
            message.contains("203.0.113.7:80") && message.contains("127.0.0.0/8"),
            "{message}"
        );
    }

    #[test]
    fn every_address_of_127_slash_8_is_accepted() {
        for inside in ["127.0.0.1:80", "127.9.9.9:1", "127.255.255.254:65535"] {
            let address: SocketAddr = inside.parse().unwrap();
            assert_eq!(Target::try_from(address).unwrap().socket_address(), address);
        }
    }

    #[test]
    fn clients_are_divided_among_doors_and_each_keeps_its_own() {
        let first = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
        let target = Target::try_from(first).unwrap().with_doors(&[81, 82]);
        let door = |z| target.door_for(Loopback::new(1, 2, z)).port();
        assert_eq!([0, 1, 2, 3].map(door), [80, 81, 82, 80]);
        assert_eq!(door(7), door(7));
    }

    #[tokio::test]
    async fn the_server_sees_the_source_address_and_one_connection() {
        let (address, seen) = server(3);
        let target = Target::try_from(address).unwrap();
        let mut client = Client::new(Loopback::new(9, 9, 9), target);
        for _ in 0..3 {
            let request = Request::get("/").body(no_body()).unwrap();
            assert_eq!(client.send(request).await.unwrap().status, StatusCode::OK);
        }
        let sources: Vec<_> = seen.try_iter().collect();
        assert_eq!(sources, [IpAddr::from([127, 9, 9, 9])]);
    }

    #[tokio::test]
    async fn a_target_that_nobody_listens_on_is_a_typed_failure() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = Target::try_from(listener.local_addr().unwrap()).unwrap();
        drop(listener);
        let mut client = Client::new(Loopback::new(0, 0, 1), target);
        let refused = client.send(Request::get("/").body(no_body()).unwrap()).await;
        assert!(matches!(refused, Err(NoAnswer::Connect { .. })), "{refused:?}");
    }
}
