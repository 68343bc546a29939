//! The world in which a scenario is played.

use std::path::Path;

use super::fakes::{GrpcFake, HttpFake, RateLimitFake};
use super::service::Service;
use super::setting::{Configuration, FailureChoice, LimitsChoice, LogLevelChoice, Setting};
use crate::host::{Host, StartError};
use crate::log::LogLevel;
use crate::module::Module;
use crate::plugin::{FailurePolicy, Limits, Plugin};
use crate::profile::Profile;
use crate::world::{World, WorldBuilder};

/// What a world needs beside the settings of the file.
pub(super) struct Stage<'a> {
    pub(super) setting: Setting<'a>,
    pub(super) folder: &'a Path,
    pub(super) module: Module,
    /// The module's name.
    pub(super) plugin: String,
    pub(super) profile: Profile,
    pub(super) seed: u64,
}

impl Stage<'_> {
    /// Sets everything up. The result says whether the filter has started.
    ///
    /// # Errors
    /// When a file cannot be read that the settings name.
    pub(super) fn start(self) -> Result<Result<World, StartError>, String> {
        let setting = &self.setting;
        let read = |configuration: Option<&super::at::At<Configuration>>| {
            configuration.map_or(Ok(Vec::new()), |configuration| configuration.read(self.folder))
        };
        let plugin = Plugin {
            name: self.plugin,
            configuration: read(setting.configuration)?,
            vm_configuration: read(setting.vm_configuration)?,
            failure_policy: setting
                .failure_policy
                .map_or_else(FailurePolicy::default, Into::into),
            ..Plugin::default()
        };
        let host = Host::builder()
            .loaded(self.module)
            .plugin(plugin)
            .profile(self.profile)
            .workers(setting.workers.map_or(1, |workers| workers.value))
            .limits(setting.limits.map_or_else(Limits::default, Into::into))
            .log_level(setting.log_level.map_or(LogLevel::Info, Into::into));
        let mut world = World::of(host).seed(self.seed);
        if let Some(origin) = setting.origin {
            world = world.origin(HttpFake::new(&origin.0, self.folder)?);
        }
        let [file, own] = setting.services;
        let replaced = |name: &String| own.is_some_and(|own| own.contains_key(name));
        let files = file.into_iter().flatten().filter(|(name, _)| !replaced(name));
        for (cluster, service) in files.chain(own.into_iter().flatten()) {
            world = add_service(world, cluster, service, self.folder)?;
        }
        Ok(world.start())
    }
}

fn add_service(
    world: WorldBuilder,
    cluster: &str,
    service: &Service,
    folder: &Path,
) -> Result<WorldBuilder, String> {
    Ok(match service {
        Service::Http(answers) => world.http_service(cluster, HttpFake::new(&answers.0, folder)?),
        Service::Grpc(answers) => world.grpc_service(cluster, GrpcFake::new(&answers.0, folder)?),
        Service::RateLimit(limit) => world.grpc_service(cluster, RateLimitFake::new(*limit)),
    })
}

impl Configuration {
    fn read(&self, folder: &Path) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Json(json) => Ok(json.to_string().into_bytes()),
            Self::File(file) => {
                let path = folder.join(file);
                std::fs::read(&path)
                    .map_err(|error| format!("cannot read the configuration {}: {error}", path.display()))
            }
        }
    }
}

impl From<FailureChoice> for FailurePolicy {
    fn from(choice: FailureChoice) -> Self {
        match choice {
            FailureChoice::Closed => Self::Closed,
            FailureChoice::Open => Self::Open,
            FailureChoice::Reload(interval) => Self::Reload {
                base_interval: interval.0,
            },
        }
    }
}

impl From<LimitsChoice> for Limits {
    fn from(choice: LimitsChoice) -> Self {
        let defaults = Self::default();
        let bytes = |size: super::quantity::Size| usize::try_from(size.0).unwrap_or(usize::MAX);
        Self {
            memory_bytes: choice.memory.map_or(defaults.memory_bytes, bytes),
            callback_time: choice.callback_time.map_or(defaults.callback_time, |time| time.0),
            buffer_bytes: choice.buffer.map_or(defaults.buffer_bytes, bytes),
            ..defaults
        }
    }
}

impl From<LogLevelChoice> for LogLevel {
    fn from(choice: LogLevelChoice) -> Self {
        match choice {
            LogLevelChoice::Trace => Self::Trace,
            LogLevelChoice::Debug => Self::Debug,
            LogLevelChoice::Info => Self::Info,
            LogLevelChoice::Warn => Self::Warn,
            LogLevelChoice::Error => Self::Error,
            LogLevelChoice::Critical => Self::Critical,
        }
    }
}
