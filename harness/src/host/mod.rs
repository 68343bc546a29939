//! A guest with all the VMs that Envoy would give it.

mod builder;
mod stats;

use std::sync::Arc;
use std::time::Duration;

pub use self::builder::HostBuilder;
pub use self::stats::HostStats;
use crate::clock::{Clock, ManualClock};
use crate::entropy::Entropy;
use crate::log::{CapturedLog, LogLine, VmRole};
use crate::module::LoadError;
use crate::profile::Profile;
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
        HostBuilder::new()
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
        self.stats.shared_data(key)
    }

    /// Figures that stay readable from other threads.
    #[must_use]
    pub fn stats(&self) -> HostStats {
        self.stats.clone()
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        self.ports.entropy.clone()
    }

    /// Takes the host apart, so that each VM can go to a thread of its own: the main thread's, and the workers'. What
    /// [`stats`](Self::stats) has returned stays readable.
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
