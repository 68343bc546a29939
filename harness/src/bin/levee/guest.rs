//! The filter, as the command line names it.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use levee_harness::{Host, HostBuilder, Limits, LogLevel, Plugin};

/// Which filter, and how it is configured.
#[derive(Clone, Debug, Args)]
pub(crate) struct GuestArguments {
    /// The filter: a WebAssembly module that exports proxy_abi_version_0_2_1.
    #[arg(long, value_name = "FILE")]
    pub(crate) module: PathBuf,
    /// The plugin configuration: a file whose text the filter gets as it is. None: an empty configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Memory that each VM of the filter may use, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: u32,
    /// Level from which on the filter's log lines are kept, also what proxy_get_log_level says.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    guest_log: GuestLogLevel,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum GuestLogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

impl From<GuestLogLevel> for LogLevel {
    fn from(level: GuestLogLevel) -> Self {
        match level {
            GuestLogLevel::Trace => Self::Trace,
            GuestLogLevel::Debug => Self::Debug,
            GuestLogLevel::Info => Self::Info,
            GuestLogLevel::Warn => Self::Warn,
            GuestLogLevel::Error => Self::Error,
        }
    }
}

impl GuestArguments {
    /// The files that a host for it is made of.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.module).chain(&self.config)
    }

    /// A host for it, not started yet.
    pub(crate) fn host(&self) -> anyhow::Result<HostBuilder> {
        let configuration = match &self.config {
            Some(path) => std::fs::read(path)
                .with_context(|| format!("cannot read the configuration {}", path.display()))?,
            None => Vec::new(),
        };
        let name = self.module.file_stem().unwrap_or_default();
        let memory_bytes = self.memory as usize * 1024 * 1024;
        Ok(Host::builder()
            .module(&self.module)
            .plugin(Plugin {
                name: name.to_string_lossy().into_owned(),
                configuration,
                ..Plugin::default()
            })
            .limits(Limits {
                memory_bytes,
                ..Limits::default()
            })
            .log_level(self.guest_log.into()))
    }
}
