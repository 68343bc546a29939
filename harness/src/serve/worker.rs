//! A worker: one thread, one VM at a time, its connections and its pool of upstream connections.

use std::net::TcpStream;
use std::rc::Rc;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::callouts::Caller;
use super::exchange::{Connection, Proxy};
use super::generation::{Current, Served};
use super::options::ServeOptions;
use super::stats::Counters;
use crate::entropy::Entropy;
use crate::vm::Vm;

/// Bytes of a request line and of framing, on top of the headers, for which there is room in the read buffer.
const REQUEST_LINE_ROOM: usize = 16 << 10;

/// An accepted connection on its way to a worker.
pub(super) struct Accepted {
    pub(super) socket: TcpStream,
    pub(super) connection: Connection,
    pub(super) permit: OwnedSemaphorePermit,
}

/// What a worker is told to do.
pub(super) enum Order {
    /// Serve a connection.
    Connection(Accepted),
    /// Serve with that VM whatever begins from now on, and say when that is so.
    Vm(Box<Vm>, oneshot::Sender<()>),
}

/// Serves the connections that come, until no more can come and all have ended or the drain timeout is over.
pub(super) async fn run(
    vm: Vm,
    mut orders: mpsc::UnboundedReceiver<Order>,
    options: ServeOptions,
    entropy: Arc<dyn Entropy>,
    counters: Arc<Counters>,
) {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(options.connect_timeout));
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .build(connector);
    let caller = Caller::new(options.clusters.clone(), options.connect_timeout);
    let proxy = Rc::new(Proxy {
        serving: Current::new(Served::new(vm, counters.clone(), caller.clone())),
        client,
        upstream: options.upstream,
        upstream_timeout: options.upstream_timeout,
        max_header_bytes: options.max_header_bytes,
        entropy,
        counters: counters.clone(),
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(options.client_timeout)
        .max_headers(options.max_headers)
        .max_buf_size(options.max_header_bytes + REQUEST_LINE_ROOM);

    let graceful = GracefulShutdown::new();
    while let Some(order) = orders.recv().await {
        let Accepted {
            socket,
            connection,
            permit,
        } = match order {
            Order::Connection(accepted) => accepted,
            Order::Vm(vm, taken) => {
                proxy
                    .serving
                    .replace(Served::new(*vm, counters.clone(), caller.clone()));
                // Nobody waits any more when the proxy is to end.
                let _ = taken.send(());
                continue;
            }
        };
        let socket = match tokio::net::TcpStream::from_std(socket) {
            Ok(socket) => socket,
            Err(error) => {
                tracing::warn!(peer = %connection.peer, "cannot take a connection over: {error}");
                continue;
            }
        };
        let proxy = proxy.clone();
        let service = service_fn(move |request| {
            let proxy = proxy.clone();
            async move { proxy.serve(connection, request).await }
        });
        let serving = graceful.watch(http.serve_connection(TokioIo::new(socket), service));
        tokio::task::spawn_local(async move {
            if let Err(error) = serving.await {
                tracing::debug!(peer = %connection.peer, "connection ended: {error}");
            }
            drop(permit);
        });
    }
    if tokio::time::timeout(options.drain_timeout, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            "connections were cut off after {:?} of draining",
            options.drain_timeout
        );
    }
}
