//! How a guest comes to run.

use std::collections::HashSet;
use std::sync::Arc;

use wasmtime::{Store, StoreLimitsBuilder};

use super::exports::{Exports, optional};
use super::state::{Phase, Ports, ROOT, VmState};
use super::trap::describe;
use super::{Dead, Vm, epochs};
use crate::StartError;
use crate::log::VmRole;
use crate::module::{Metering, Module};
use crate::plugin::Limits;

/// Most elements of a guest's tables.
const MAX_TABLE_ELEMENTS: usize = 1 << 20;

impl Vm {
    /// Instantiates the guest and takes it through `_initialize`, `proxy_on_vm_start` and `proxy_on_configure`.
    pub(crate) fn start(
        module: &Module,
        ports: Ports,
        role: VmRole,
        limits: Limits,
    ) -> Result<Self, StartError> {
        let store_limits = StoreLimitsBuilder::new()
            .memory_size(limits.memory_bytes)
            .table_elements(MAX_TABLE_ELEMENTS)
            .instances(1)
            .build();
        let mut store = Store::new(module.engine(), VmState::new(ports, role, store_limits, module));
        store.data_mut().host_calls = vec![0; module.functions.names().len()];
        store.limiter(|state| &mut state.limits);
        store.epoch_deadline_trap();
        let callback_epochs = epochs(limits.callback_time);
        store.set_epoch_deadline(callback_epochs);
        if module.metering() == Metering::Fuel {
            // For a start section, which runs before any callback.
            let _ = store.set_fuel(limits.callback_fuel);
        }

        let unsound = |error: wasmtime::Error| StartError::Instantiate {
            vm: role,
            message: describe(&error),
        };
        let instance = module.instance.instantiate(&mut store).map_err(unsound)?;
        let exports = Exports::of(&instance, &mut store, module.abi_version()).map_err(unsound)?;
        let malloc = optional(&instance, &mut store, "malloc").map_err(unsound)?;
        let allocate = optional(&instance, &mut store, "proxy_on_memory_allocate").map_err(unsound)?;
        store.data_mut().memory = instance.get_memory(&mut store, "memory");
        store.data_mut().allocate = malloc.or(allocate);

        let mut vm = Self {
            module: module.clone(),
            store,
            exports,
            limits,
            callback_epochs,
            next_context: ROOT + 1,
            unfinished: HashSet::new(),
            failure: None,
            next_reload: None,
            stats: Arc::default(),
        };
        vm.tell_memory();
        vm.initialize(&instance)
            .and_then(|()| vm.configure())
            .map_err(|refusal| vm.start_error(refusal))?;
        Ok(vm)
    }

    /// `_initialize` and then `main`, or else `_start`: what a WASI reactor or command expects.
    fn initialize(&mut self, instance: &wasmtime::Instance) -> Result<(), Refusal> {
        let mut find = |name| optional::<(), ()>(instance, &mut self.store, name);
        let initialize = find("_initialize").ok().flatten();
        let start = find("_start").ok().flatten();
        if initialize.is_some() {
            let main = optional::<(u32, u32), u32>(instance, &mut self.store, "main")
                .ok()
                .flatten();
            let main_void = optional::<(), u32>(instance, &mut self.store, "__main_void")
                .ok()
                .flatten();
            self.call(0, "_initialize", initialize, ())?;
            if main.is_some() {
                self.call(0, "main", main, (0, 0))?;
            } else {
                self.call(0, "__main_void", main_void, ())?;
            }
        } else {
            self.call(0, "_start", start, ())?;
        }
        Ok(())
    }

    fn configure(&mut self) -> Result<(), Refusal> {
        let plugin = self.store.data().ports.plugin.clone();
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.store.data_mut().phase = Phase::Starting;
        self.call(
            ROOT,
            "proxy_on_context_create",
            self.exports.context_create.clone(),
            (ROOT, 0),
        )?;

        let size = length(&plugin.vm_configuration);
        if self.call(
            ROOT,
            "proxy_on_vm_start",
            self.exports.vm_start.clone(),
            (ROOT, size),
        )? == Some(0)
        {
            return Err(Refusal::Refused("proxy_on_vm_start"));
        }
        self.store.data_mut().phase = Phase::Configuring;
        let size = length(&plugin.configuration);
        if self.call(
            ROOT,
            "proxy_on_configure",
            self.exports.configure.clone(),
            (ROOT, size),
        )? == Some(0)
        {
            return Err(Refusal::Refused("proxy_on_configure"));
        }
        self.store.data_mut().phase = Phase::Running;
        Ok(())
    }

    fn start_error(&mut self, refusal: Refusal) -> StartError {
        let vm = self.store.data().role;
        let log = self.take_log();
        match (refusal, self.failure.take()) {
            (Refusal::Trapped, Some(trap)) => StartError::Trapped { vm, trap, log },
            (Refusal::Refused(callback), _) => StartError::Refused { vm, callback, log },
            (Refusal::Trapped, None) => StartError::Refused {
                vm,
                callback: "start",
                log,
            },
        }
    }
}

/// Why a start did not succeed.
enum Refusal {
    Trapped,
    Refused(&'static str),
}

impl From<Dead> for Refusal {
    fn from(_: Dead) -> Self {
        Self::Trapped
    }
}
