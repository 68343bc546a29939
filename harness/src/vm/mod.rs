//! One instance of a guest, and the order in which a proxy calls it.

mod callouts;
mod exports;
mod failure;
mod http;
mod shutdown;
mod start;
mod state;
mod tcp;
mod ticks;
mod trap;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use wasmtime::{Store, WasmParams, WasmResults};

pub(crate) use self::exports::Callback;
use self::exports::Exports;
pub(crate) use self::state::{Phase, Ports, ROOT, VmState};
pub use self::tcp::Peer;
pub use self::trap::GuestTrap;
use crate::log::{LogLine, VmRole};
use crate::module::{EPOCH, Metering, Module};
use crate::plugin::Limits;
use crate::profile::Profile;
use crate::stream::Attendance;
use crate::turns::Turns;
use crate::usage::Usage;

/// Figures of a VM that other threads may read.
#[derive(Debug, Default)]
pub struct VmStats {
    memory_bytes: AtomicU64,
    failed: AtomicBool,
}

impl VmStats {
    /// Linear memory of the guest in bytes; it never shrinks, unless the VM is started anew.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes.load(Ordering::Relaxed)
    }

    /// Whether the guest has trapped, and was not started anew since.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

/// A guest in a VM of its own.
///
/// A trap is the end of it, and [`FailurePolicy`](crate::FailurePolicy) says what then becomes of requests.
pub struct Vm {
    module: Module,
    store: Store<VmState>,
    exports: Exports,
    limits: Limits,
    /// The limit of a callback's time, in epochs.
    callback_epochs: u64,
    next_context: u32,
    /// Closed for the client, not yet finished for the guest.
    unfinished: HashSet<u32>,
    failure: Option<GuestTrap>,
    /// When a failed guest may be started anew.
    next_reload: Option<Duration>,
    stats: Arc<VmStats>,
}

/// The guest has trapped, now or earlier.
#[derive(Clone, Copy)]
struct Dead;

impl Vm {
    /// The trap that has ended this guest, if one has.
    #[must_use]
    pub const fn failure(&self) -> Option<&GuestTrap> {
        self.failure.as_ref()
    }

    /// Figures that stay readable from other threads.
    #[must_use]
    pub fn stats(&self) -> Arc<VmStats> {
        self.stats.clone()
    }

    /// What the guest has cost since it was started.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.store.data().usage
    }

    /// How often the guest has called each host function since it was started, for those that it has called.
    pub fn host_calls(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let names = self.module.functions.names().iter().copied();
        let calls = self.store.data().host_calls.iter().copied();
        names.zip(calls).filter(|(_, calls)| *calls > 0)
    }

    /// From now on the names of headers are noted that the guest asks for.
    pub(crate) fn watch_names(&mut self) {
        self.store.data_mut().asked.get_or_insert_default();
    }

    /// Names of headers that the guest has asked for since they are noted.
    pub(crate) fn asked_names(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.store.data().asked.iter().flatten()
    }

    /// How the host behaves.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        self.store.data().profile()
    }

    /// Which VM of the host this is.
    #[must_use]
    pub fn role(&self) -> VmRole {
        self.store.data().role
    }

    /// What the guest has logged since this was last called.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        self.store.data_mut().take_transcript()
    }

    /// From now on this VM waits for its turn before it touches what VMs share; also when its guest is started anew.
    pub fn take_turns(&mut self, turns: Option<Arc<dyn Turns>>) {
        self.store.data_mut().ports.turns = turns;
    }

    /// Calls the guest on behalf of a context. A callback that it does not have is `None`.
    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        context: u32,
        callback: &'static str,
        function: Option<Callback<P, R>>,
        params: P,
    ) -> Result<Option<R>, Dead> {
        let state = self.store.data_mut();
        match state.streams.get(&context).map(|stream| stream.attendance) {
            Some(Attendance::Bypassed) => return Ok(None),
            Some(Attendance::Lost) => return Err(Dead),
            Some(Attendance::Present) | None if self.failure.is_some() => return Err(Dead),
            Some(Attendance::Present) | None => {}
        }
        let Some(function) = function else { return Ok(None) };
        state.current = context;
        state.called = context;
        state.usage.callbacks += 1;
        self.store.set_epoch_deadline(self.callback_epochs);
        if self.module.metering() == Metering::Fuel {
            // Setting fuel fails only where none is counted.
            let _ = self.store.set_fuel(self.limits.callback_fuel);
        }
        let result = function.call(&mut self.store, params);
        if self.module.metering() == Metering::Fuel {
            let left = self.store.get_fuel().unwrap_or_default();
            self.store.data_mut().usage.fuel += self.limits.callback_fuel.saturating_sub(left);
        }
        self.tell_memory();
        result
            .map(Some)
            .map_err(|error| self.fail(callback, context, &error))
    }
}

impl Vm {
    fn tell_memory(&self) {
        let memory = self.store.data().memory;
        let bytes = memory.map_or(0, |memory| memory.data_size(&self.store));
        self.stats.memory_bytes.store(bytes as u64, Ordering::Relaxed);
    }
}

impl fmt::Debug for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vm")
            .field("role", &self.role())
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// How many epochs a callback may last; one more, since the current one has already begun.
fn epochs(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(EPOCH.as_nanos()))
        .unwrap_or(u64::MAX - 1)
        .saturating_add(1)
}
