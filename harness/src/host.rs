//! A guest with all the VMs that Envoy would give it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::clock::{Clock, ManualClock, SystemClock};
use crate::entropy::{Entropy, SystemEntropy};
use crate::log::{CapturedLog, LogLevel, LogLine, LogSink, VmRole};
use crate::module::{LoadError, Metering, Module, read_module};
use crate::plugin::{FailurePolicy, Limits, Plugin};
use crate::profile::Profile;
use crate::shared::{MetricKind, Shared};
use crate::vm::{GuestTrap, Ports, Vm};

/// Why a host does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The module cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The builder was not told which module to load.
    #[error("no module was given: call module() or module_bytes()")]
    NoModule,
    /// The module cannot be instantiated, or an export has the wrong type.
    #[error("the module cannot be instantiated in VM {vm}: {message}")]
    Instantiate {
        /// The VM that was started.
        vm: VmRole,
        /// What is wrong.
        message: String,
    },
    /// The guest trapped while it started.
    #[error("the guest failed to start in VM {vm}: {trap}{}", shown(log))]
    Trapped {
        /// The VM that was started.
        vm: VmRole,
        /// Where and how.
        trap: GuestTrap,
        /// What the guest logged until then.
        log: Vec<LogLine>,
    },
    /// The guest refused its configuration.
    #[error(
        "the guest refused its configuration ({callback} returned false in VM {vm}){}",
        shown(log)
    )]
    Refused {
        /// The VM that was started.
        vm: VmRole,
        /// The callback that said no.
        callback: &'static str,
        /// What the guest logged until then.
        log: Vec<LogLine>,
    },
}

fn shown(log: &[LogLine]) -> String {
    log.iter()
        .map(|line| format!("\n  {}: {}", line.level, line.message))
        .collect()
}

/// What to host, and how. Made by [`Host::builder`].
pub struct HostBuilder {
    module: Option<Source>,
    metering: Metering,
    profile: Profile,
    clusters: BTreeSet<String>,
    plugin: Plugin,
    workers: usize,
    limits: Limits,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    log: Option<Arc<dyn LogSink>>,
    log_level: LogLevel,
    shared: Shared,
}

enum Source {
    File(PathBuf),
    Bytes(Vec<u8>),
    Loaded(Module),
}

impl HostBuilder {
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
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where randomness comes from; the operating system unless said otherwise.
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
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
            clock: self.clock,
            entropy: self.entropy,
            log: self.log.unwrap_or_else(|| captured.clone()),
            log_level: self.log_level,
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
        let start = |role| Vm::start(&module, ports.clone(), role, self.limits);
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

/// A running guest: one VM for the main thread, one for each worker, and what they share.
pub struct Host {
    main: Option<Vm>,
    workers: Vec<Vm>,
    ports: Ports,
    captured: Arc<CapturedLog>,
    stats: HostStats,
}

impl Host {
    /// Begins to describe a host.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder {
            module: None,
            metering: Metering::Off,
            profile: Profile::envoy(),
            clusters: BTreeSet::new(),
            plugin: Plugin::default(),
            workers: 1,
            limits: Limits::default(),
            clock: Arc::new(SystemClock::default()),
            entropy: Arc::new(SystemEntropy),
            log: None,
            log_level: LogLevel::Info,
            shared: Shared::default(),
        }
    }

    /// The VM of a worker, from 0.
    ///
    /// # Panics
    /// When there is no worker of that number.
    #[track_caller]
    pub fn worker(&mut self, number: usize) -> &mut Vm {
        let workers = self.workers.len();
        self.workers
            .get_mut(number)
            .unwrap_or_else(|| panic!("there is no worker {number}: the host has {workers}"))
    }

    /// The VM of the main thread, which never sees a request; not every profile has one.
    pub const fn main(&mut self) -> Option<&mut Vm> {
        self.main.as_mut()
    }

    /// Number of workers.
    #[must_use]
    pub const fn workers(&self) -> usize {
        self.workers.len()
    }

    /// Ticks every VM once, the main thread's first, whatever the clock says.
    pub fn tick(&mut self) {
        self.vms().for_each(Vm::tick);
        self.deliver_notices();
    }

    /// Moves the clock, stopping at every tick that falls due on the way.
    pub fn advance(&mut self, clock: &ManualClock, by: Duration) {
        let end = clock.monotonic().saturating_add(by);
        while let Some(vm) = self
            .vms()
            .filter(|vm| vm.next_tick().is_some_and(|due| due <= end))
            .min_by_key(|vm| vm.next_tick())
        {
            let due = vm.next_tick().unwrap_or(end);
            clock.advance(due.saturating_sub(clock.monotonic()));
            vm.tick();
            self.deliver_notices();
        }
        clock.advance(end.saturating_sub(clock.monotonic()));
    }

    /// Delivers notifications of shared queues until there are none; at most 1000 rounds.
    pub fn deliver_notices(&mut self) {
        for _ in 0..1000 {
            let delivered = self
                .vms()
                .filter_map(|vm| vm.deliver_notices().then_some(()))
                .count();
            if delivered == 0 {
                break;
            }
        }
    }

    /// The value of a metric that the guest has defined: for a histogram, the sum of what was recorded.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<i64> {
        self.stats.metric(name)
    }

    /// Everything the guest has logged, in all VMs, unless another log sink was given.
    #[must_use]
    pub fn log(&self) -> Vec<LogLine> {
        self.captured.lines()
    }

    /// A value in the shared data store.
    #[must_use]
    pub fn shared_data(&self, key: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        self.ports.shared.data.get(key.as_ref()).map(|(value, _)| value)
    }

    /// Figures that stay readable from other threads.
    #[must_use]
    pub fn stats(&self) -> HostStats {
        self.stats.clone()
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        self.ports.entropy.clone()
    }

    /// Takes the host apart, so that each VM can go to a thread of its own: the main thread's, and the workers'.
    #[must_use]
    pub fn into_vms(self) -> (Option<Vm>, Vec<Vm>) {
        (self.main, self.workers)
    }

    /// How the host behaves.
    pub(crate) fn profile(&self) -> &Profile {
        &self.ports.profile
    }

    /// All VMs, the main thread's first.
    pub(crate) fn vms(&mut self) -> impl Iterator<Item = &mut Vm> {
        self.main.iter_mut().chain(&mut self.workers)
    }
}

/// Figures about a host and its guest.
#[derive(Clone, Debug)]
pub struct HostStats {
    shared: Arc<Shared>,
}

impl HostStats {
    /// The value of a metric that the guest has defined: for a histogram, the sum of what was recorded.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<i64> {
        self.shared
            .metrics
            .all()
            .into_iter()
            .find(|(other, _)| other == name)
            .map(|(_, stat)| stat.value())
    }

    /// How many VMs have trapped.
    #[must_use]
    pub fn traps(&self) -> u64 {
        self.shared.traps.load(Ordering::Relaxed)
    }

    /// Keys in the shared data store, and bytes of keys and values.
    #[must_use]
    pub fn shared_data_size(&self) -> (usize, usize) {
        self.shared.data.size()
    }

    /// Every metric of the guest as name and value; a histogram gives `name.count` and `name.sum`.
    #[must_use]
    pub fn metrics(&self) -> Vec<(String, i64)> {
        let all = self.shared.metrics.all();
        all.into_iter()
            .flat_map(|(name, stat)| match stat.kind() {
                MetricKind::Counter | MetricKind::Gauge => vec![(name, stat.value())],
                MetricKind::Histogram => {
                    let count = i64::try_from(stat.records()).unwrap_or(i64::MAX);
                    vec![
                        (format!("{name}.count"), count),
                        (format!("{name}.sum"), stat.value()),
                    ]
                }
            })
            .collect()
    }
}
