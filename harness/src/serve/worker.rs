//! A worker: one thread, one VM, its connections and its pool of upstream connections.

use std::cell::RefCell;
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::exchange::{Connection, Proxy};
use super::options::ServeOptions;
use super::stats::Counters;
use super::stream::SharedVm;
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

/// Serves the connections that come, until no more can come and all have ended or the drain timeout is over.
pub(super) async fn run(
    vm: Vm,
    mut connections: mpsc::UnboundedReceiver<Accepted>,
    options: ServeOptions,
    entropy: Arc<dyn Entropy>,
    counters: Arc<Counters>,
) {
    let vm: SharedVm = Rc::new(RefCell::new(vm));
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(options.connect_timeout));
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .build(connector);
    let proxy = Rc::new(Proxy {
        vm: vm.clone(),
        client,
        upstream: options.upstream,
        upstream_timeout: options.upstream_timeout,
        max_header_bytes: options.max_header_bytes,
        entropy,
        counters,
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(options.client_timeout)
        .max_headers(options.max_headers)
        .max_buf_size(options.max_header_bytes + REQUEST_LINE_ROOM);

    let graceful = GracefulShutdown::new();
    let background = tokio::task::spawn_local(attend(vm));
    while let Some(Accepted {
        socket,
        connection,
        permit,
    }) = connections.recv().await
    {
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
    background.abort();
}

/// Calls the guest when a tick is due or a queue has something for it.
pub(super) async fn attend(vm: SharedVm) {
    loop {
        let until_tick = vm.borrow().until_tick();
        let tick_due = async {
            match until_tick {
                Some(delay) => tokio::time::sleep(delay.max(Duration::from_millis(1))).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tick_due => vm.borrow_mut().tick(),
            () = std::future::poll_fn(|cx| vm.borrow_mut().poll_attention(cx)) => {}
        }
        // Whatever the guest does here, its connections get their turn.
        tokio::task::yield_now().await;
    }
}
