//! `levee-origin`: the booking app as a program.

use std::{
    io::{self, IsTerminal, Write},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::Parser;
use levee_origin::{
    Origin,
    clock::Clock,
    config::{Config, LogFormat},
    metrics, retention, router,
    server::Server,
    shutdown,
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    start_log(config.log_format);
    // Before anything is open, so that an early signal is not lost.
    let shutdown = shutdown::requested().context("cannot listen for SIGTERM and SIGINT")?;
    let clock = Clock::system().context("cannot tell the hospital's time")?;
    let origin = Arc::new(Origin::open(&config, clock).await?);
    let server = Server::bind(config.listen)
        .await?
        .draining_for(Duration::from_secs(config.drain_seconds))
        .counting(origin.metrics().connections());
    let metrics = match config.metrics_listen {
        Some(address) => Some(Server::bind_metrics(address).await?),
        None => None,
    };
    announce(&server, metrics.as_ref()).context("cannot write to standard output")?;

    let retention = tokio::spawn(retention::run(Arc::clone(&origin)));
    let scrapes = metrics.map(|server| {
        let router = metrics::router(&origin.metrics());
        tokio::spawn(server.run(router, std::future::pending()))
    });
    let readiness = origin.readiness();
    let live = origin.live();
    let notice = Duration::from_secs(config.notice_seconds);
    let shutdown = async move {
        shutdown.await;
        readiness.withdraw();
        tokio::time::sleep(notice).await;
        // Streams would otherwise last as long as their pages.
        live.end();
    };
    server.run(router(origin), shutdown).await;
    // What holds the app lets go of it, so that the database is closed and the access log complete.
    retention.abort();
    let _ = retention.await;
    // Metrics were there to the last: the end is what an operator may want to see.
    if let Some(scrapes) = scrapes {
        scrapes.abort();
    }
    tracing::info!("ended");
    Ok(())
}

/// Says on standard output where it listens, for whoever has let it choose a port.
fn announce(server: &Server, metrics: Option<&Server>) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "listening on http://{}", server.address())?;
    if let Some(metrics) = metrics {
        writeln!(output, "metrics on http://{}/metrics", metrics.address())?;
    }
    tracing::info!(address = %server.address(), metrics = metrics.map(|server| server.address().to_string()), "ready");
    output.flush()
}

fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
