//! What to host, and how.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Host, HostStats, StartError};
use crate::clock::{Clock, SystemClock};
use crate::entropy::{Entropy, SystemEntropy};
use crate::log::{CapturedLog, LogLevel, LogLine, LogSink, VmRole};
use crate::module::{Metering, Module, read_module};
use crate::plugin::{FailurePolicy, Limits, Plugin};
use crate::profile::Profile;
use crate::shared::Shared;
use crate::vm::{Ports, Vm};

/// What to host, and how. Made by [`Host::builder`].
pub struct HostBuilder {
    module: Option<Source>,
    metering: Metering,
    profile: Profile,
    clusters: BTreeSet<String>,
    plugin: Plugin,
    workers: usize,
    limits: Limits,
    clock: PerVm<dyn Clock>,
    entropy: PerVm<dyn Entropy>,
    log: Option<Arc<dyn LogSink>>,
    log_level: LogLevel,
    shared: Shared,
}

/// Tells what each VM gets.
type PerVm<T> = Box<dyn Fn(VmRole) -> Arc<T> + Send + Sync>;

fn one_for_all<T: ?Sized + Send + Sync + 'static>(one: Arc<T>) -> PerVm<T> {
    Box::new(move |_| one.clone())
}

enum Source {
    File(PathBuf),
    Bytes(Vec<u8>),
    Loaded(Module),
}

impl HostBuilder {
    pub(super) fn new() -> Self {
        Self {
            module: None,
            metering: Metering::Off,
            profile: Profile::envoy(),
            clusters: BTreeSet::new(),
            plugin: Plugin::default(),
            workers: 1,
            limits: Limits::default(),
            clock: one_for_all(Arc::new(SystemClock::default())),
            entropy: one_for_all(Arc::new(SystemEntropy)),
            log: None,
            log_level: LogLevel::Info,
            shared: Shared::default(),
        }
    }

    /// The module, from a file.
    #[must_use]
    pub fn module(mut self, path: impl Into<PathBuf>) -> Self {
        self.module = Some(Source::File(path.into()));
        self
    }

    /// The module, from memory.
    #[must_use]
    pub fn module_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.module = Some(Source::Bytes(bytes.into()));
        self
    }

    /// A module that is compiled already, so that many hosts need not compile it again.
    #[must_use]
    pub fn loaded(mut self, module: Module) -> Self {
        self.module = Some(Source::Loaded(module));
        self
    }

    /// Whether the guest's work is counted; of a module that is compiled already, it is as it was compiled.
    #[must_use]
    pub const fn metering(mut self, metering: Metering) -> Self {
        self.metering = metering;
        self
    }

    /// How the host behaves where hosts differ; as Envoy does unless said otherwise.
    #[must_use]
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// A service that the guest may call by this name.
    #[must_use]
    pub fn cluster(mut self, name: impl Into<String>) -> Self {
        self.clusters.insert(name.into());
        self
    }

    /// What becomes of requests when the guest has trapped; every later one is refused unless said otherwise.
    #[must_use]
    pub const fn failure_policy(mut self, policy: FailurePolicy) -> Self {
        self.plugin.failure_policy = policy;
        self
    }

    /// The plugin configuration, as `proxy_on_configure` gets it.
    #[must_use]
    pub fn configuration(mut self, configuration: impl AsRef<[u8]>) -> Self {
        self.plugin.configuration = configuration.as_ref().to_vec();
        self
    }

    /// Names and both configurations at once.
    #[must_use]
    pub fn plugin(mut self, plugin: Plugin) -> Self {
        self.plugin = plugin;
        self
    }

    /// Number of worker VMs; 1 unless said otherwise.
    #[must_use]
    pub const fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// What each VM may use.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where time comes from; the system's clock unless said otherwise.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock: one_for_all(clock),
            ..self
        }
    }

    /// Where each VM's time comes from, so that VMs in threads of their own can be at different moments.
    #[must_use]
    pub fn clock_of(mut self, clock: impl Fn(VmRole) -> Arc<dyn Clock> + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Where randomness comes from; the operating system unless said otherwise.
    #[must_use]
    pub fn entropy(self, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            entropy: one_for_all(entropy),
            ..self
        }
    }

    /// Where each VM's randomness comes from, so that what one draws does not depend on how much another has drawn.
    #[must_use]
    pub fn entropy_of(
        mut self,
        entropy: impl Fn(VmRole) -> Arc<dyn Entropy> + Send + Sync + 'static,
    ) -> Self {
        self.entropy = Box::new(entropy);
        self
    }

    /// Where log lines go; kept in memory for [`Host::log`] unless said otherwise.
    #[must_use]
    pub fn log_sink(mut self, sink: Arc<dyn LogSink>) -> Self {
        self.log = Some(sink);
        self
    }

    /// Lines below this level are dropped; `Info` unless said otherwise.
    #[must_use]
    pub const fn log_level(mut self, level: LogLevel) -> Self {
        self.log_level = level;
        self
    }

    /// Shares data, queues and metrics with an earlier host, as Envoy does between filters with the same `vm_id`: what that
    /// one has stored, this one finds.
    #[must_use]
    pub fn sharing_with(mut self, earlier: &HostStats) -> Self {
        self.shared = earlier.shared.for_another_host();
        self
    }

    /// Starts the guest: in the profile of Envoy a canary that is dropped again and one VM for the main thread, and in all
    /// profiles one VM a worker.
    ///
    /// # Errors
    /// When the module cannot be loaded, or the guest traps or refuses its configuration; the error shows what the guest
    /// logged.
    pub fn start(self) -> Result<Host, StartError> {
        let mut plugin = self.plugin;
        let module = match self.module.ok_or(StartError::NoModule)? {
            Source::File(path) => {
                if let (true, Some(stem)) = (plugin.name.is_empty(), path.file_stem()) {
                    plugin.name = stem.to_string_lossy().into_owned();
                }
                Module::compile(&read_module(&path)?, self.metering)?
            }
            Source::Bytes(bytes) => Module::compile(&bytes, self.metering)?,
            Source::Loaded(module) => module,
        };
        let captured = Arc::new(CapturedLog::default());
        let ports = Ports {
            profile: self.profile,
            plugin: Arc::new(plugin),
            clusters: Arc::new(self.clusters),
            shared: Arc::new(self.shared),
            clock: (self.clock)(VmRole::Main),
            entropy: (self.entropy)(VmRole::Main),
            log: self.log.unwrap_or_else(|| captured.clone()),
            log_level: self.log_level,
            turns: None,
        };
        for import in &module.unknown_imports {
            let message =
                format!("the module imports {import}, which this host does not know: a call of it will trap");
            ports.log.log(
                &ports.plugin.name,
                &LogLine {
                    vm: VmRole::Worker(0),
                    level: LogLevel::Warn,
                    message,
                },
            );
        }
        let start = |role| {
            let ports = match role {
                VmRole::Main => ports.clone(),
                VmRole::Canary | VmRole::Worker(_) => Ports {
                    clock: (self.clock)(role),
                    entropy: (self.entropy)(role),
                    ..ports.clone()
                },
            };
            Vm::start(&module, ports, role, self.limits)
        };
        let main = if self.profile.canary_and_main_vm {
            drop(start(VmRole::Canary)?);
            Some(start(VmRole::Main)?)
        } else {
            None
        };
        let workers = (0..self.workers)
            .map(|number| start(VmRole::Worker(number)))
            .collect::<Result<_, _>>()?;
        Ok(Host {
            main,
            workers,
            stats: HostStats {
                shared: ports.shared.clone(),
            },
            ports,
            captured,
        })
    }
}
