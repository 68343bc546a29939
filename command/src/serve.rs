//! `levee serve`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use levee_harness::serve::{Reloads, ServeOptions, Server, Upstream};
use levee_harness::{HostBuilder, TracingLog};
use tokio::signal::unix::{SignalKind, signal};

use crate::compiled::Compiled;
use crate::guest::GuestArguments;

const EXAMPLES: &str = "Examples:
  levee serve --module levee.wasm --config levee.json --upstream http://127.0.0.1:8000 --listen 127.0.0.1:8080
  levee serve --module levee.wasm --config levee.json --upstream http://127.0.0.1:8000 --listen 127.0.0.1:0 \\
      --workers 4 --admin 127.0.0.1:9901
  curl http://127.0.0.1:9901/stats
  levee serve --module auth.wasm --upstream http://127.0.0.1:8000 --listen 127.0.0.1:8080 \\
      --cluster auth=http://127.0.0.1:9000
  levee serve --module levee.wasm --config levee.json --upstream http://127.0.0.1:8000 --listen 127.0.0.1:8080 --watch

When ready, one line on standard output says so: listening on http://ADDRESS. SIGTERM and SIGINT end it gracefully.
SIGHUP reloads the module and the configuration; with --watch any change of the two files does. No request is dropped. \
Once every new request goes through the new filter, a line of the log says so: reloaded: generation 2. If the new filter \
does not start, the old one goes on serving, and the log says why.
It speaks HTTP/1.1 without TLS, and no WebSocket; for a filter that faces the internet put a TLS proxy in front.";

/// Arguments of `levee serve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    guest: GuestArguments,
    /// The origin to forward to, as http://HOST:PORT.
    #[arg(long, value_name = "URL")]
    upstream: Upstream,
    /// A service that the filter may call, by the name of its cluster. May be repeated.
    #[arg(long, value_name = "NAME=URL", value_parser = cluster)]
    cluster: Vec<(String, Upstream)>,
    /// Address to serve on, as HOST:PORT; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// Worker threads, each with a VM of its own.
    #[arg(long, value_name = "N", default_value_t = default_workers(), value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Reload when the module or the configuration changes, however it is replaced.
    #[arg(long)]
    watch: bool,
    /// Address of /ready and /stats; none unless given.
    #[arg(long, value_name = "ADDR")]
    admin: Option<SocketAddr>,
    /// Most KiB of request headers; beyond it 431.
    #[arg(long, value_name = "KIB", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=8192))]
    max_header_kib: u32,
    /// Most request headers; beyond it 431.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    max_headers: u16,
    /// Most client connections at a time; more wait to be accepted.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections: u32,
    /// Seconds until the origin must have answered with headers; beyond it 504.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    upstream_timeout: u32,
    /// Seconds that exchanges under way get to end after SIGTERM or SIGINT.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=86_400))]
    drain_timeout: u32,
}

fn default_workers() -> u16 {
    std::thread::available_parallelism()
        .ok()
        .and_then(|count| u16::try_from(count.get()).ok())
        .map_or(1, |n| n.min(256))
}

/// `NAME=http://HOST:PORT`.
fn cluster(text: &str) -> Result<(String, Upstream), String> {
    let (name, url) = text
        .split_once('=')
        .ok_or("it must be like auth=http://127.0.0.1:9000")?;
    let upstream = url.parse().map_err(|error| format!("{error}"))?;
    Ok((name.to_owned(), upstream))
}

impl Arguments {
    fn options(&self) -> ServeOptions {
        ServeOptions {
            clusters: Arc::new(self.cluster.iter().cloned().collect()),
            admin: self.admin,
            max_header_bytes: self.max_header_kib as usize * 1024,
            max_headers: self.max_headers.into(),
            max_connections: self.max_connections as usize,
            upstream_timeout: Duration::from_secs(self.upstream_timeout.into()),
            drain_timeout: Duration::from_secs(self.drain_timeout.into()),
            ..ServeOptions::new(self.listen, self.upstream.clone())
        }
    }
}

/// What to host, as its files describe it whenever they are read.
struct Description {
    guest: GuestArguments,
    clusters: Vec<String>,
    compiled: Compiled,
}

impl Description {
    fn host(&self) -> anyhow::Result<HostBuilder> {
        let module = self.compiled.module(&self.guest.module)?;
        let host = self.guest.host()?.loaded(module).log_sink(Arc::new(TracingLog));
        Ok(self.clusters.iter().fold(host, HostBuilder::cluster))
    }
}

impl Arguments {
    fn reloads(&self, description: Arc<Description>) -> anyhow::Result<Reloads> {
        let reloads = Reloads::new(move || description.host());
        if !self.watch {
            return Ok(reloads);
        }
        reloads
            .watching(self.guest.files().cloned())
            .context("--watch does not work here; without it, SIGHUP reloads")
    }
}

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // On the heap: all that serves is in this future.
    runtime.block_on(Box::pin(async {
        // Before anything is read: what happens to the files after that is not missed.
        let mut hang_up = signal(SignalKind::hangup()).context("cannot wait for SIGHUP")?;
        let description = Arc::new(Description {
            guest: arguments.guest.clone(),
            clusters: arguments.cluster.iter().map(|(name, _)| name.clone()).collect(),
            compiled: Compiled::default(),
        });
        let reloads = arguments.reloads(description.clone())?;
        let host = description.host()?.workers(arguments.workers.into()).start()?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?;
        let server = Server::bind(host, arguments.options()).await?;
        if let Some(admin) = server.admin_addr() {
            tracing::info!("admin on http://{admin}");
        }
        println!("listening on http://{}", server.local_addr()?);
        let handle = reloads.handle();
        tokio::spawn(async move {
            while hang_up.recv().await.is_some() {
                handle.reload();
            }
        });
        server
            .reloading(reloads)
            .run(async move {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                tracing::info!("draining");
            })
            .await?;
        Ok(())
    }))
}
