//! `levee-origin`: the booking app as a program.

use std::io::{IsTerminal, Write};

use anyhow::Context;
use clap::Parser;
use levee_origin::{
    Origin,
    clock::Clock,
    config::{Config, LogFormat},
    router,
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
    let origin = Origin::open(&config, clock).await?;
    let server = Server::bind(config.listen).await?;
    writeln!(std::io::stdout(), "listening on http://{}", server.address())
        .context("cannot write to standard output")?;
    tracing::info!(address = %server.address(), "ready");
    let live = origin.live();
    let shutdown = async move {
        shutdown.await;
        live.end();
    };
    server.run(router(origin), shutdown).await;
    tracing::info!("ended");
    Ok(())
}

fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
