//! How one generation of the filter follows another while requests go on.

use std::cell::RefCell;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};

use super::callouts::Caller;
use super::generation::{Served, SharedVm};
use super::stats::{Serving, Stats};
use super::watch::{Watch, WatchError};
use super::worker::Order;
use crate::host::{Host, HostBuilder, HostStats, StartError};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Describe = dyn Fn() -> Result<HostBuilder, BoxError> + Send + Sync;

/// When a running proxy replaces its filter, and what by.
///
/// ```
/// use levee_harness::Host;
/// use levee_harness::serve::Reloads;
///
/// let reloads = Reloads::new(|| {
///     let configuration = std::fs::read("filter.json")?;
///     Ok::<_, std::io::Error>(Host::builder().module("filter.wasm").configuration(configuration))
/// });
/// let handle = reloads.handle();
/// // server.reloading(reloads).run(shutdown), and from any thread:
/// handle.reload();
/// ```
pub struct Reloads {
    describe: Arc<Describe>,
    demanded: Arc<Notify>,
    watch: Option<Watch>,
}

impl Reloads {
    /// Reloads on demand: see [`handle`](Self::handle).
    ///
    /// `describe` says anew each time what to host. It runs on a thread of its own and may block. The number of workers
    /// that it names is ignored: a proxy has as many as it began with.
    pub fn new<E: Into<BoxError>>(
        describe: impl Fn() -> Result<HostBuilder, E> + Send + Sync + 'static,
    ) -> Self {
        Self {
            describe: Arc::new(move || describe().map_err(Into::into)),
            demanded: Arc::default(),
            watch: None,
        }
    }

    /// Reloads also when the content of one of these files has changed since now, however that came about: written in
    /// place, replaced by another file, or by another target of a symbolic link on the way to it.
    ///
    /// # Errors
    /// When the system does not tell of changes there.
    pub fn watching(mut self, files: impl IntoIterator<Item = PathBuf>) -> Result<Self, WatchError> {
        self.watch = Some(Watch::new(files.into_iter().collect())?);
        Ok(self)
    }

    /// What a reload is demanded with.
    #[must_use]
    pub fn handle(&self) -> ReloadHandle {
        ReloadHandle(self.demanded.clone())
    }

    /// Waits for a reason to reload.
    async fn wanted(&mut self) {
        let Some(watch) = &mut self.watch else {
            return self.demanded.notified().await;
        };
        tokio::select! {
            () = self.demanded.notified() => tracing::debug!("a reload is demanded"),
            () = watch.changed() => {
                tracing::info!("the module or the configuration has changed");
                return;
            }
        }
        // What is loaded now is what later changes are to be compared with.
        watch.look().await;
    }
}

/// Demands that a running proxy reloads its filter, whether or not anything has changed.
#[derive(Clone, Debug)]
pub struct ReloadHandle(Arc<Notify>);

impl ReloadHandle {
    /// Demands it. What is demanded while a reload is under way comes after it, once however often it was demanded.
    pub fn reload(&self) {
        self.0.notify_one();
    }
}

/// Why the generation before goes on serving.
#[derive(Debug, thiserror::Error)]
enum ReloadError {
    #[error("{0:#}")]
    Describe(BoxError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("cannot start a thread for it: {0}")]
    Thread(io::Error),
    #[error("the thread that was to start it has panicked")]
    Panicked,
}

/// All that serves, and gets a new VM when the filter is reloaded.
pub(super) struct Generations {
    pub(super) reloads: Reloads,
    /// Attended to as long as it is held here; not every profile has one.
    pub(super) main: Rc<RefCell<Option<SharedVm>>>,
    pub(super) workers: Vec<mpsc::UnboundedSender<Order>>,
    /// For the main thread's VM.
    pub(super) caller: Caller,
    pub(super) stats: Rc<Stats>,
}

impl Generations {
    /// Reloads whenever there is a reason to, for ever.
    async fn follow_each_other(mut self) {
        loop {
            self.reloads.wanted().await;
            match self.prepare().await {
                Ok(host) => {
                    let generation = self.put_into_service(host).await;
                    tracing::info!("reloaded: generation {generation}");
                }
                Err(error) => {
                    let generation = self.stats.reload_failed();
                    tracing::error!("reload failed: generation {generation} goes on serving: {error}");
                }
            }
        }
    }

    /// Starts the next generation on a thread of its own, since compiling takes long.
    async fn prepare(&self) -> Result<Host, ReloadError> {
        let (describe, workers, earlier) = (
            self.reloads.describe.clone(),
            self.workers.len(),
            self.stats.host(),
        );
        let (done, started) = oneshot::channel();
        std::thread::Builder::new()
            .name("reload".to_owned())
            .spawn(move || {
                // Nobody waits any more when the proxy is to end.
                let _ = done.send(start(&*describe, workers, &earlier));
            })
            .map_err(ReloadError::Thread)?;
        started.await.unwrap_or(Err(ReloadError::Panicked))
    }

    /// Returns the number of the generation once it takes everything that begins.
    async fn put_into_service(&self, host: Host) -> u64 {
        let host_stats = host.stats();
        let (main, workers) = host.into_vms();
        let serving = Serving::of(host_stats, main.as_ref(), &workers);
        let main = main.map(|main| Served::new(main, self.stats.counters.clone(), self.caller.clone()));
        drop(self.main.replace(main));
        let taking: Vec<_> = self
            .workers
            .iter()
            .zip(workers)
            .map(|(worker, vm)| {
                let (taken, taking) = oneshot::channel();
                // A worker that has ended takes nothing: its end of `taken` is dropped.
                let _ = worker.send(Order::Vm(Box::new(vm), taken));
                taking
            })
            .collect();
        for taking in taking {
            if taking.await.is_err() {
                tracing::error!("a worker has ended: it serves no generation any more");
            }
        }
        self.stats.reloaded(serving)
    }
}

/// Reloads for ever, or waits for ever when there are to be no reloads.
pub(super) async fn follow(generations: Option<Generations>) {
    match generations {
        Some(generations) => generations.follow_each_other().await,
        None => std::future::pending().await,
    }
}

fn start(describe: &Describe, workers: usize, earlier: &HostStats) -> Result<Host, ReloadError> {
    let builder = describe().map_err(ReloadError::Describe)?;
    Ok(builder.workers(workers).sharing_with(earlier).start()?)
}
