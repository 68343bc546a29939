//! The origin behind the workers, which costs next to nothing and is not part of the process that is measured.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    thread,
};

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, runtime, sync::oneshot};

/// Bytes of every answer.
const BODY: [u8; 200] = [b'x'; 200];

/// A server on a thread of this process that answers everything alike; ends when dropped.
pub(super) struct Origin {
    address: SocketAddr,
    _until_dropped: oneshot::Sender<Infallible>,
}

impl Origin {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no thread or no port can be had.
    pub(super) fn start() -> anyhow::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .context("the origin gets no port")?;
        let address = listener.local_addr()?;
        let (until_dropped, end) = oneshot::channel();
        thread::Builder::new().name("origin".to_owned()).spawn(move || {
            runtime.spawn(accept(listener));
            // Connections end with the runtime.
            let _ = runtime.block_on(end);
        })?;
        Ok(Self {
            address,
            _until_dropped: until_dropped,
        })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn accept(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        // Without it answers are only slower.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::from_static(&BODY))))
}
