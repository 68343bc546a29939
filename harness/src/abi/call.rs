//! One call of a guest into the host: access to the guest's memory and to the VM's state.

use wasmtime::{Caller, Memory, bail, format_err};

use super::codec;
use super::counted::HostFunction;
use super::status::{Answer, Failure, Status};
use crate::headers::Headers;
use crate::log::LogLevel;
use crate::profile::Profile;
use crate::shared::Full;
use crate::vm::{Phase, VmState};

/// A running host function.
pub(crate) struct Call<'a> {
    caller: Caller<'a, VmState>,
    function: &'static str,
}

impl<'a> Call<'a> {
    /// Begins a Proxy-Wasm function. During `_initialize`, `main` and `_start` Envoy allows logging only.
    pub(super) fn enter(mut caller: Caller<'a, VmState>, function: HostFunction) -> wasmtime::Result<Self> {
        let HostFunction {
            name: function,
            number,
        } = function;
        caller.data_mut().count_host_call(number);
        let state = caller.data();
        let restricted = state.phase == Phase::Initializing && state.profile().startup_may_only_log;
        if restricted && function != "proxy_log" {
            bail!(
                "{function} is not available in _initialize, main or _start: only proxy_log and WASI are; \
                 call it in proxy_on_vm_start or proxy_on_configure"
            );
        }
        Ok(Self { caller, function })
    }

    /// Begins a function that is available at any time.
    pub(super) fn enter_unrestricted(mut caller: Caller<'a, VmState>, function: HostFunction) -> Self {
        caller.data_mut().count_host_call(function.number);
        Self {
            caller,
            function: function.name,
        }
    }

    /// Turns the outcome of a function into what crosses the boundary.
    pub(super) fn finish(answer: Answer) -> wasmtime::Result<i32> {
        match answer {
            Ok(()) => Ok(Status::Ok as i32),
            Err(Failure::Status(status)) => Ok(status as i32),
            Err(Failure::Trap(error)) => Err(error),
        }
    }

    pub(crate) fn state(&mut self) -> &mut VmState {
        self.caller.data_mut()
    }

    pub(crate) fn profile(&self) -> Profile {
        *self.caller.data().profile()
    }

    /// Traps unless this host has the function.
    pub(crate) fn offered(&self, offered: bool) -> Answer {
        if offered {
            return Ok(());
        }
        Err(Failure::Trap(format_err!(
            "{}: hosts of this profile do not have this function",
            self.function
        )))
    }

    /// What becomes of a call that cannot be carried out now: a status, or a trap where the profile says so.
    pub(crate) fn misuse(&self, status: Status, what: &str) -> Failure {
        if self.profile().misuse_has_a_status {
            status.into()
        } else {
            Failure::Trap(format_err!(
                "{}: {what} (hosts of this profile trap here)",
                self.function
            ))
        }
    }

    /// A serialised map that the guest has sent.
    pub(crate) fn read_pairs(&mut self, pointer: u32, len: u32) -> Answer<Headers> {
        match codec::decode(self.bytes(pointer, len)?) {
            Some(pairs) => Ok(pairs),
            None if len == 0 || self.profile().malformed_pairs_are_none => Ok(Headers::new()),
            None => {
                self.log(LogLevel::Error, "the serialised map is malformed");
                Err(Status::BadArgument.into())
            }
        }
    }

    /// Says in the log what the host makes of a call, with the function's name.
    pub(crate) fn log(&mut self, level: LogLevel, message: &str) {
        let message = format!("{}: {message}", self.function);
        self.state().log(level, message);
    }

    /// A bound of the host is reached: the log says which.
    pub(crate) fn full(&mut self, full: &Full) -> Failure {
        self.log(LogLevel::Error, &full.to_string());
        Status::InternalFailure.into()
    }

    /// Copies bytes out of the guest.
    pub(crate) fn read(&mut self, pointer: u32, len: u32) -> Answer<Vec<u8>> {
        self.bytes(pointer, len).map(<[u8]>::to_vec)
    }

    /// Bytes of the guest, where they are.
    pub(crate) fn bytes(&mut self, pointer: u32, len: u32) -> Answer<&[u8]> {
        let memory = self.memory()?;
        let (start, size) = (pointer as usize, len as usize);
        let bytes = start
            .checked_add(size)
            .and_then(|end| memory.data(&self.caller).get(start..end));
        match bytes {
            Some(bytes) => Ok(bytes),
            None => Err(self.bad_pointer(pointer, size)),
        }
    }

    /// Bytes of the guest to be written, where they are, beside the VM's state.
    pub(crate) fn bytes_and_state(&mut self, pointer: u32, len: u32) -> Answer<(&mut [u8], &mut VmState)> {
        self.bytes(pointer, len)?;
        let memory = self.memory()?;
        let (bytes, state) = memory.data_and_store_mut(&mut self.caller);
        let start = pointer as usize;
        // It was found inside just now.
        let bytes = bytes.get_mut(start..start + len as usize).unwrap_or_default();
        Ok((bytes, state))
    }

    /// Copies bytes into the guest.
    pub(crate) fn write(&mut self, pointer: u32, bytes: &[u8]) -> Answer {
        let memory = self.memory()?;
        memory
            .write(&mut self.caller, pointer as usize, bytes)
            .map_err(|_| self.bad_pointer(pointer, bytes.len()))
    }

    pub(crate) fn write_u32(&mut self, pointer: u32, value: u32) -> Answer {
        self.write(pointer, &value.to_le_bytes())
    }

    pub(crate) fn write_u64(&mut self, pointer: u32, value: u64) -> Answer {
        self.write(pointer, &value.to_le_bytes())
    }

    /// Gives the guest bytes in memory that it allocates itself; nothing is a null pointer and a size of 0.
    pub(crate) fn give(&mut self, out_pointer: u32, out_len: u32, bytes: &[u8]) -> Answer {
        let mut pointer = 0;
        if !bytes.is_empty() {
            pointer = self.allocate(bytes.len())?;
            self.write(pointer, bytes)?;
        }
        self.write_u32(out_pointer, pointer)?;
        self.write_u32(out_len, size(bytes.len()))
    }

    fn allocate(&mut self, len: usize) -> Answer<u32> {
        let Some(allocate) = self.state().allocate.clone() else {
            return Err(Failure::Trap(format_err!(
                "{}: the guest exports neither malloc nor proxy_on_memory_allocate, so nothing can be handed to it",
                self.function
            )));
        };
        let usage = &mut self.state().usage;
        usage.guest_allocations += 1;
        usage.guest_allocated_bytes += len as u64;
        match allocate.call(&mut self.caller, size(len))? {
            0 => Err(Failure::Trap(format_err!(
                "{}: the guest could not allocate {len} bytes",
                self.function
            ))),
            pointer => Ok(pointer),
        }
    }

    fn memory(&mut self) -> Answer<Memory> {
        if let Some(memory) = self.state().memory {
            return Ok(memory);
        }
        // A module with a start section runs before its exports have been looked up.
        let memory = self
            .caller
            .get_export("memory")
            .and_then(wasmtime::Extern::into_memory);
        memory.ok_or_else(|| Failure::Trap(format_err!("the guest exports no memory named \"memory\"")))
    }

    fn bad_pointer(&self, pointer: u32, len: usize) -> Failure {
        Failure::Trap(format_err!(
            "{}: {len} bytes at {pointer:#x} are outside the guest's memory",
            self.function
        ))
    }
}

/// A length as the guest sees it. Whatever fits into a 32-bit memory fits.
pub(crate) fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
