//! What host functions see of their VM.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use rustc_hash::FxBuildHasher;
use wasmtime::{Memory, StoreLimits};

use super::Callback;
use crate::callout::{Callout, CalloutKind, Delivered};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::log::{LogLevel, LogLine, LogSink, VmRole};
use crate::module::{AbiVersion, Module};
use crate::plugin::Plugin;
use crate::profile::Profile;
use crate::shared::{Shared, Stat};
use crate::stream::Stream;
use crate::turns::Turns;
use crate::usage::Usage;

/// Which host functions the guest may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// In `_initialize`, `main` or `_start`: only logging and WASI.
    Initializing,
    /// In `proxy_on_vm_start`: the VM's configuration can be read.
    Starting,
    /// In `proxy_on_configure`: the plugin's configuration can be read.
    Configuring,
    /// Everything else.
    Running,
}

/// What a VM is connected to.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) profile: Profile,
    pub(crate) plugin: Arc<Plugin>,
    /// Services that the guest may call.
    pub(crate) clusters: Arc<BTreeSet<String>>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) log: Arc<dyn LogSink>,
    pub(crate) log_level: LogLevel,
    /// Where the VM waits for its turn before it touches what VMs share.
    pub(crate) turns: Option<Arc<dyn Turns>>,
}

/// Most names that are noted when the guest asks for headers, and the longest of them.
const MAX_ASKED: usize = 256;
const MAX_ASKED_LEN: usize = 128;

/// Most log lines kept for whoever asks after a call.
const MAX_TRANSCRIPT: usize = 10_000;

pub(crate) struct VmState {
    pub(crate) ports: Ports,
    pub(crate) role: VmRole,
    pub(crate) limits: StoreLimits,
    pub(crate) memory: Option<Memory>,
    pub(crate) allocate: Option<Callback<u32, u32>>,
    pub(crate) phase: Phase,
    /// The context on whose behalf the guest runs.
    pub(crate) current: u32,
    /// The context that the callback is for.
    pub(crate) called: u32,
    /// By ids that this host hands out, so that a quick hash is good enough.
    pub(crate) streams: HashMap<u32, Stream, FxBuildHasher>,
    pub(crate) tick_period: Option<Duration>,
    pub(crate) next_tick: Option<Duration>,
    /// The tick period was set since whoever keeps the time last looked.
    pub(crate) rescheduled: bool,
    /// Woken when the tick period is set, or something is asked of another service.
    pub(crate) timekeeper: Option<Waker>,
    pub(crate) metrics: HashMap<u32, Arc<Stat>>,
    pub(crate) callouts: Callouts,
    /// The guest has registered a shared queue: without one it is never told of anything.
    pub(crate) owns_queues: bool,
    /// Names of properties that the guest has declared.
    pub(crate) declared: BTreeSet<String>,
    pub(crate) usage: Usage,
    /// Names of headers that the guest has asked for, if anybody wants to know.
    pub(crate) asked: Option<BTreeSet<Vec<u8>>>,
    /// By the numbers of [`HostFunctions`](crate::abi::HostFunctions).
    pub(crate) host_calls: Vec<u64>,
    pub(crate) abi: AbiVersion,
    /// Whether the guest could read a metric.
    pub(crate) reads_metrics: bool,
    transcript: VecDeque<LogLine>,
}

/// The guest's calls to other services.
#[derive(Default)]
pub(crate) struct Callouts {
    pub(crate) last_id: u32,
    /// Not answered yet.
    pub(crate) pending: HashMap<u32, CalloutKind>,
    /// Not taken by the driver yet.
    pub(crate) outbox: Vec<Callout>,
    pub(crate) delivered: Delivered,
    /// What `proxy_get_status` tells: code and message of the call whose callback runs.
    pub(crate) status: (u32, Vec<u8>),
}

/// The only root context. Envoy gives 0 to the VM itself.
pub(crate) const ROOT: u32 = 1;

impl VmState {
    pub(crate) fn new(ports: Ports, role: VmRole, limits: StoreLimits, module: &Module) -> Self {
        Self {
            ports,
            role,
            limits,
            memory: None,
            allocate: None,
            phase: Phase::Initializing,
            current: 0,
            called: 0,
            streams: HashMap::default(),
            tick_period: None,
            next_tick: None,
            rescheduled: false,
            timekeeper: None,
            metrics: HashMap::new(),
            callouts: Callouts::default(),
            owns_queues: false,
            declared: BTreeSet::new(),
            usage: Usage::default(),
            asked: None,
            host_calls: Vec::new(),
            abi: module.abi_version(),
            reads_metrics: module.reads_metrics,
            transcript: VecDeque::new(),
        }
    }

    pub(crate) const fn profile(&self) -> &Profile {
        &self.ports.profile
    }

    /// What the VMs share; when they are to take turns at it, once it is this one's turn.
    pub(crate) fn shared(&self) -> &Shared {
        self.wait_for_turn();
        &self.ports.shared
    }

    /// Returns when it is this VM's turn, at once unless the VMs are to take turns.
    pub(crate) fn wait_for_turn(&self) {
        if let Some(turns) = &self.ports.turns {
            turns.pass(self.role);
        }
    }

    /// Asks something of another service, once the callback has returned.
    pub(crate) fn ask(&mut self, callout: Callout) {
        self.callouts.outbox.push(callout);
        if let Some(timekeeper) = self.timekeeper.take() {
            timekeeper.wake();
        }
    }

    /// The guest has asked for a header of this name.
    pub(crate) fn note_asked(&mut self, name: &[u8]) {
        if let Some(asked) = &mut self.asked
            && name.len() <= MAX_ASKED_LEN
            && asked.len() < MAX_ASKED
            && !asked.contains(name)
        {
            asked.insert(name.to_vec());
        }
    }

    pub(crate) fn count_host_call(&mut self, number: usize) {
        self.usage.host_calls += 1;
        if let Some(calls) = self.host_calls.get_mut(number) {
            *calls += 1;
        }
    }

    /// The stream on whose behalf the guest runs, if it is not the root context.
    pub(crate) fn stream(&mut self) -> Option<&mut Stream> {
        self.streams.get_mut(&self.current)
    }

    /// Whether anybody wants lines of this level.
    pub(crate) fn logs(&self, level: LogLevel) -> bool {
        level >= self.ports.log_level && self.ports.log.takes(level)
    }

    pub(crate) fn log(&mut self, level: LogLevel, message: String) {
        if !self.logs(level) {
            return;
        }
        let line = LogLine {
            vm: self.role,
            level,
            message,
        };
        self.ports.log.log(&self.ports.plugin.name, &line);
        if self.transcript.len() == MAX_TRANSCRIPT {
            self.transcript.pop_front();
        }
        self.transcript.push_back(line);
    }

    /// What an earlier guest of this VM has logged comes first.
    pub(crate) fn prepend_transcript(&mut self, earlier: Vec<LogLine>) {
        let mut transcript = VecDeque::from(earlier);
        transcript.append(&mut self.transcript);
        self.transcript = transcript;
    }

    /// What was logged since the last time this was asked.
    pub(crate) fn take_transcript(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.transcript).into()
    }
}
