//! The listening socket and the connections on it.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::metrics::Counted;

/// How long a connection may take to send the head of a request, the wait between two requests included. A proxy
/// in front should close its idle connections before that, or it may send into one that is being closed.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(60);

/// The largest head of a request, in bytes; hyper looks after each read, so that somewhat larger ones may pass. It may
/// have 100 headers, as hyper has it. Past either, the answer is 431.
const HEADER_LIMIT: usize = 64 * 1024;

/// Connections served at a time; more wait in the socket's backlog.
const CONNECTION_LIMIT: usize = 1024;

/// How long requests that have been taken may go on after the call to shut down, unless it is said otherwise.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// How long to wait before accepting again when the process has run out of something, such as file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A bound socket.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    drain_timeout: Duration,
    connections: Gauge,
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({option}): {source}; {}", advice(.source))]
pub struct BindError {
    option: &'static str,
    address: SocketAddr,
    source: io::Error,
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program, perhaps an earlier levee-origin, listens there: end it, or choose another port (0 takes a \
             free one)"
        }
        io::ErrorKind::PermissionDenied => "choose a port from 1024 up",
        io::ErrorKind::AddrNotAvailable => "choose an address of this machine, such as 127.0.0.1:8080",
        _ => "choose another address",
    }
}

impl Server {
    /// Binds the socket that patients reach; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is in use or not this machine's to use.
    pub async fn bind(address: SocketAddr) -> Result<Self, BindError> {
        Self::bind_as("--listen", address).await
    }

    /// Binds the socket that metrics are read at.
    ///
    /// # Errors
    /// As for [`Self::bind`].
    pub async fn bind_metrics(address: SocketAddr) -> Result<Self, BindError> {
        Self::bind_as("--metrics-listen", address).await
    }

    async fn bind_as(option: &'static str, address: SocketAddr) -> Result<Self, BindError> {
        let failed = |source| BindError {
            option,
            address,
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            drain_timeout: DRAIN_TIMEOUT,
            connections: Gauge::default(),
        })
    }

    /// Sets how long requests that have been taken may go on after the call to shut down; 15 seconds otherwise.
    #[must_use]
    pub fn draining_for(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// Keeps this gauge at the number of open connections.
    #[must_use]
    pub fn counting(mut self, connections: Gauge) -> Self {
        self.connections = connections;
        self
    }

    /// The address with the port that was really taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready, then takes no more connections and finishes the requests it has taken.
    pub async fn run(self, router: Router, shutdown: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(CONNECTION_LIMIT));
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                accepted = accept(&self.listener, &places) => accepted,
            };
            let Some((stream, place)) = accepted else { continue };
            let service = TowerToHyperService::new(router.clone());
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .max_buf_size(HEADER_LIMIT)
                .serve_connection(TokioIo::new(stream), service);
            let connection = graceful.watch(connection);
            let counted = Counted::on(self.connections.clone());
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
                drop((place, counted));
            });
        }
        drop(self.listener);
        tracing::info!(
            connections = graceful.count(),
            "shutting down, finishing what has been taken"
        );
        if tokio::time::timeout(self.drain_timeout, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!(
                seconds = self.drain_timeout.as_secs(),
                "requests were cut off, they did not finish in time"
            );
        }
    }
}

/// The next connection and its place among the limited number of them; `None` when this attempt failed.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are written whole; waiting to fill a segment would only delay them.
            let _ = stream.set_nodelay(true);
            Some((stream, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
