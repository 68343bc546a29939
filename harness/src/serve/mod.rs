//! A reverse proxy that hosts one filter: what `levee serve` runs.
//!
//! The main thread accepts connections and hands them to the workers in turn. A worker is one thread with one VM; it
//! serves HTTP/1.1 with keep-alive, and forwards to one origin over a pool of its own. Bodies stream both ways: nothing is
//! read from one side until the other has taken what came before, unless the guest pauses to see a whole body.
//!
//! # Reloading
//!
//! With [`Reloads`] the filter is replaced while requests go on, on demand or when its files change. The next generation
//! is started on a thread of its own exactly as the first one was: a canary, a VM for the main thread, one for each worker.
//! If that fails, the one before goes on serving, and the next change or demand is another chance. If it succeeds, each
//! worker takes its new VM between two requests; after `reloaded: generation N` in the log every request that begins goes
//! through it, on kept connections too. What is under way ends on the VM on which it began, with its ticks and its queues;
//! when the last of it has ended, that VM is [shut down](Vm::shut_down) and dropped. Until then both are in memory. Shared
//! data, queues and metrics go on from generation to generation, as in Envoy between filters with the same `vm_id`; what a
//! guest keeps in its own memory does not.
//!
//! # Not spoken
//!
//! TLS, HTTP/2, and protocol upgrades (`upgrade` is removed like every header of one hop, so an origin
//! answers a WebSocket handshake as a plain request).

mod admin;
mod body;
mod callouts;
mod edge;
mod exchange;
mod generation;
mod options;
mod reload;
mod stats;
mod stream;
mod watch;
mod way;
mod worker;

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::LocalSet;

use self::callouts::Caller;
use self::exchange::Connection;
use self::generation::Served;
pub use self::options::{ServeOptions, Upstream, UpstreamError};
use self::reload::Generations;
pub use self::reload::{ReloadHandle, Reloads};
use self::stats::{Counters, Serving, Stats, increment};
pub use self::watch::WatchError;
use self::worker::{Accepted, Order};
use crate::entropy::Entropy;
use crate::host::{Host, HostStats};
use crate::vm::Vm;

/// Why the proxy cannot serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A thread or its runtime could not be started.
    #[error("cannot start a worker thread: {0}")]
    Thread(io::Error),
    /// A host without workers has nobody to serve.
    #[error("the host has no workers: at least 1 is needed")]
    NoWorkers,
}

/// A proxy that listens, but does not serve yet.
pub struct Server {
    listener: TcpListener,
    admin: Option<TcpListener>,
    main: Option<Vm>,
    workers: Vec<Vm>,
    host: HostStats,
    entropy: Arc<dyn Entropy>,
    options: ServeOptions,
    reloads: Option<Reloads>,
}

impl Server {
    /// Takes the addresses.
    ///
    /// # Errors
    /// When an address cannot be listened on, or the host has no worker.
    pub async fn bind(host: Host, options: ServeOptions) -> Result<Self, ServeError> {
        let listen = async |address: SocketAddr| {
            TcpListener::bind(address)
                .await
                .map_err(|source| ServeError::Listen { address, source })
        };
        let listener = listen(options.listen).await?;
        let admin = match options.admin {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let (stats, entropy) = (host.stats(), host.entropy());
        let (main, workers) = host.into_vms();
        if workers.is_empty() {
            return Err(ServeError::NoWorkers);
        }
        Ok(Self {
            listener,
            admin,
            main,
            workers,
            host: stats,
            entropy,
            options,
            reloads: None,
        })
    }

    /// Replaces the filter while it serves, whenever there is a reason to.
    #[must_use]
    pub fn reloading(mut self, reloads: Reloads) -> Self {
        self.reloads = Some(reloads);
        self
    }

    /// The address that is served.
    ///
    /// # Errors
    /// When the system does not know it any more.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address of `/ready` and `/stats`, if there is one.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }

    /// Serves until `shutdown` completes and what was under way then has ended, or the drain timeout is over.
    ///
    /// # Errors
    /// When a worker thread cannot be started.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
        let counters: Arc<Counters> = Arc::default();
        let serving = Serving::of(self.host, self.main.as_ref(), &self.workers);
        let stats = Rc::new(Stats::new(counters.clone(), serving));
        let mut workers = Vec::new();
        for (number, vm) in self.workers.into_iter().enumerate() {
            let (sender, receiver) = mpsc::unbounded_channel();
            let (options, entropy, counters) = (self.options.clone(), self.entropy.clone(), counters.clone());
            let serve = move || worker::run(vm, receiver, options, entropy, counters);
            workers.push((sender, spawn(number, serve).map_err(ServeError::Thread)?));
        }
        let (senders, threads): (Vec<_>, Vec<_>) = workers.into_iter().unzip();

        let local = LocalSet::new();
        let caller = Caller::new(self.options.clusters.clone(), self.options.connect_timeout);
        let main = {
            let _inside = local.enter();
            let main = self
                .main
                .map(|main| Served::new(main, counters.clone(), caller.clone()));
            Rc::new(RefCell::new(main))
        };
        if let Some(admin) = self.admin {
            local.spawn_local(admin::run(admin, stats.clone()));
        }
        let reloading = self.reloads.map(|reloads| Generations {
            reloads,
            main: main.clone(),
            workers: senders.clone(),
            caller,
            stats,
        });
        let accepting = accept(&self.listener, &senders, self.options.max_connections, &counters);
        local
            .run_until(async {
                tokio::select! {
                    () = accepting => {}
                    () = shutdown => {}
                    () = reload::follow(reloading) => {}
                }
            })
            .await;

        // Workers end when nothing more can come.
        drop(senders);
        drop(self.listener);
        let joined = tokio::task::spawn_blocking(move || join(threads));
        if local.run_until(joined).await.is_err() {
            tracing::error!("the workers could not be waited for");
        }
        Ok(())
    }
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a worker thread has panicked");
        }
    }
}

/// Hands connections to the workers in turn, for ever.
async fn accept(
    listener: &TcpListener,
    workers: &[mpsc::UnboundedSender<Order>],
    max_connections: usize,
    counters: &Counters,
) {
    let places = Arc::new(Semaphore::new(max_connections));
    for (id, worker) in (1..).zip(workers.iter().cycle()) {
        let Ok(permit) = places.clone().acquire_owned().await else {
            return;
        };
        let (socket, peer) = loop {
            match listener.accept().await {
                Ok(accepted) => break accepted,
                Err(error) => {
                    tracing::warn!("cannot accept a connection: {error}");
                    // Out of file descriptors, most likely: trying again at once would only burn time.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        increment(&counters.connections);
        // Without it, small answers would wait for the client's acknowledgement.
        let prepared = socket
            .set_nodelay(true)
            .and_then(|()| Ok((socket.local_addr()?, socket.into_std()?)));
        let accepted = prepared.map(|(local, socket)| {
            let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
            Accepted {
                socket,
                connection: Connection { id, peer, local },
                permit,
            }
        });
        match accepted.map(|accepted| worker.send(Order::Connection(accepted))) {
            Ok(Ok(())) => {}
            Ok(Err(_)) => tracing::error!("a worker has ended: its connections are dropped"),
            Err(error) => tracing::debug!(%peer, "a connection was gone at once: {error}"),
        }
    }
}

/// A thread with a runtime of its own.
fn spawn<F: Future<Output = ()> + 'static>(
    number: usize,
    serve: impl FnOnce() -> F + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name(format!("worker {number}"))
        .spawn(move || LocalSet::new().block_on(&runtime, serve()))
}
