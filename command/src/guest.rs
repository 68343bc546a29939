//! The filter, as the command line names it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use levee_harness::{FailurePolicy, Host, HostBuilder, Limits, LogLevel, Plugin, Profile};

/// Which filter, and how it is configured.
#[derive(Clone, Debug, Args)]
pub(crate) struct GuestArguments {
    /// The filter: a Proxy-Wasm module of ABI 0.1.0, 0.2.0 or 0.2.1.
    #[arg(long, value_name = "FILE")]
    pub(crate) module: PathBuf,
    /// The plugin configuration: a file whose text the filter gets as it is. None: an empty configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The VM configuration: a file whose text the filter gets when its VM starts. None: an empty one.
    #[arg(long, value_name = "FILE")]
    vm_config: Option<PathBuf>,
    /// The host to imitate: envoy, strict (the specification to the letter) or ngx.
    #[arg(long, value_name = "NAME", default_value = "envoy")]
    profile: Profile,
    /// Changes one switch of the profile; `levee profiles` lists them. May be repeated.
    #[arg(long, value_name = "NAME=on|off", value_parser = switch)]
    switch: Vec<(String, bool)>,
    /// What becomes of requests when the filter has trapped: closed, open, or reload=SECONDS.
    #[arg(long, value_name = "POLICY", default_value = "closed", value_parser = failure_policy)]
    failure_policy: FailurePolicy,
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

/// `NAME=on` or `NAME=off`.
fn switch(text: &str) -> Result<(String, bool), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, "on")) => (name, true),
        Some((name, "off")) => (name, false),
        _ => return Err("it must be like own_reply_is_seen=off".to_owned()),
    };
    let known = Profile::envoy().set(name, value);
    known.map_err(|error| error.to_string())?;
    Ok((name.to_owned(), value))
}

fn failure_policy(text: &str) -> Result<FailurePolicy, String> {
    match text.split_once('=') {
        None if text == "closed" => Ok(FailurePolicy::Closed),
        None if text == "open" => Ok(FailurePolicy::Open),
        Some(("reload", seconds)) => seconds
            .parse()
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(|base_interval| FailurePolicy::Reload { base_interval })
            .ok_or_else(|| format!("\"{seconds}\" is no number of seconds")),
        _ => Err("it must be closed, open, or like reload=1".to_owned()),
    }
}

/// What a file holds; nothing when none is named.
pub(crate) fn contents(what: &str, file: Option<&PathBuf>) -> anyhow::Result<Vec<u8>> {
    file.map_or(Ok(Vec::new()), |path| {
        std::fs::read(path).with_context(|| format!("cannot read the {what} {}", path.display()))
    })
}

impl GuestArguments {
    /// The files that a host for it is made of.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.module)
            .chain(&self.config)
            .chain(&self.vm_config)
    }

    /// A host for it, not started yet.
    pub(crate) fn host(&self) -> anyhow::Result<HostBuilder> {
        let mut profile = self.profile;
        for (name, value) in &self.switch {
            profile.set(name, *value)?;
        }
        let name = self.module.file_stem().unwrap_or_default();
        let memory_bytes = self.memory as usize * 1024 * 1024;
        Ok(Host::builder()
            .module(&self.module)
            .plugin(Plugin {
                name: name.to_string_lossy().into_owned(),
                configuration: contents("configuration", self.config.as_ref())?,
                vm_configuration: contents("VM configuration", self.vm_config.as_ref())?,
                failure_policy: self.failure_policy,
                ..Plugin::default()
            })
            .profile(profile)
            .limits(Limits {
                memory_bytes,
                ..Limits::default()
            })
            .log_level(self.guest_log.into()))
    }
}
