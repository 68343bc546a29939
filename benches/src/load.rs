//! Short bursts of requests over connections that are kept.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use levee_loopback::Target;
use tokio::{net::TcpStream, task::JoinSet};

/// What a request carries.
pub type Body = Full<Bytes>;

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1, one request after the other on each connection.
    Http1,
    /// HTTP/2 with prior knowledge, likewise.
    Http2,
}

/// Servers close connections that nobody uses, workerd after five seconds; those idle for longer than this are not used again.
const IDLE: Duration = Duration::from_secs(3);

/// Kept connections to one door, each with one request at a time: a closed loop.
#[derive(Debug)]
pub struct Connections {
    address: SocketAddr,
    protocol: Protocol,
    idle: Vec<Connection>,
    idle_since: Instant,
}

#[derive(Debug)]
enum Connection {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

impl Connections {
    /// Opens `count` connections.
    ///
    /// # Errors
    /// When the address is not on this machine, or nobody answers there.
    pub async fn open(address: SocketAddr, protocol: Protocol, count: usize) -> anyhow::Result<Self> {
        let address = Target::try_from(address)?.socket_address();
        let mut idle = Vec::with_capacity(count);
        for _ in 0..count {
            idle.push(Connection::open(address, protocol).await?);
        }
        Ok(Self {
            address,
            protocol,
            idle,
            idle_since: Instant::now(),
        })
    }

    /// Opens all of them anew if the server may have closed them in the meantime; whether it was so.
    ///
    /// # Errors
    /// When nobody answers any more.
    pub async fn reopen(&mut self) -> anyhow::Result<bool> {
        let is_old = self.idle_since.elapsed() > IDLE;
        if is_old {
            *self = Self::open(self.address, self.protocol, self.idle.len()).await?;
        }
        Ok(is_old)
    }

    /// Sends all of `requests`, as fast as answers come, and reads every answer to its end.
    ///
    /// # Errors
    /// When an exchange breaks off, or an answer does not have the status `expected`, where one is.
    pub async fn burst(
        &mut self,
        requests: Vec<Request<Body>>,
        expected: Option<StatusCode>,
    ) -> anyhow::Result<()> {
        let requests = Rc::new(RefCell::new(requests));
        let mut lanes = JoinSet::new();
        for mut connection in self.idle.drain(..) {
            let requests = Rc::clone(&requests);
            lanes.spawn_local(async move {
                loop {
                    let Some(request) = requests.borrow_mut().pop() else {
                        return Ok(connection);
                    };
                    connection.exchange(request, expected).await?;
                }
            });
        }
        while let Some(lane) = lanes.join_next().await {
            let connection: anyhow::Result<Connection> = lane?;
            self.idle.push(connection?);
        }
        self.idle_since = Instant::now();
        Ok(())
    }
}

impl Connection {
    async fn open(address: SocketAddr, protocol: Protocol) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        let stream = TokioIo::new(stream);
        // Connections end by themselves when the sender is dropped; what goes wrong the sender is told too.
        match protocol {
            Protocol::Http1 => {
                let (sender, connection) = http1::handshake(stream).await?;
                tokio::task::spawn_local(connection);
                Ok(Self::Http1(sender))
            }
            Protocol::Http2 => {
                let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
                tokio::task::spawn_local(connection);
                Ok(Self::Http2(sender))
            }
        }
    }

    async fn exchange(&mut self, request: Request<Body>, expected: Option<StatusCode>) -> anyhow::Result<()> {
        let response = match self {
            Self::Http1(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
            Self::Http2(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
        };
        let (head, mut body) = response.into_parts();
        if let Some(expected) = expected
            && head.status != expected
        {
            let body = body.collect().await?.to_bytes();
            bail!(
                "an answer has the status {} where {expected} was expected; headers {:?}, body {:?}",
                head.status,
                head.headers,
                String::from_utf8_lossy(&body)
            );
        }
        while let Some(frame) = body.frame().await {
            frame?;
        }
        Ok(())
    }
}
