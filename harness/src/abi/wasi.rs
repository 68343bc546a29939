//! The part of WASI that a Proxy-Wasm host offers: writing to the log, clocks, random bytes, and an empty environment.

use std::collections::HashSet;

use wasmtime::{Caller, ExternType, ImportType, Linker, Val};

use super::call::Call;
use super::counted::HostFunctions;
use super::status::{Answer, Failure};
use crate::clock::nanoseconds;
use crate::log::LogLevel;
use crate::vm::VmState;

/// Both names under which a module may import WASI.
const MODULES: [&str; 2] = ["wasi_snapshot_preview1", "wasi_unstable"];

const SUCCESS: i32 = 0;
const BAD_FILE: i32 = 8;
const INVALID: i32 = 28;
const IO: i32 = 29;
const NOT_SUPPORTED: i32 = 58;

/// Most bytes that one `random_get` gives, as in proxy-wasm-cpp-host.
const MAX_RANDOM: u32 = 64 << 10;
/// Most bytes that one `fd_write` takes; a guest that has more is told how many were written.
const MAX_WRITE: usize = 64 << 10;
/// Most pieces that one `fd_write` takes.
const MAX_PIECES: u32 = 1024;

/// Links the functions above, and notes their names in `linked`.
pub(crate) fn link(
    linker: &mut Linker<VmState>,
    linked: &mut HashSet<(&'static str, &'static str)>,
    functions: &mut HostFunctions,
) -> wasmtime::Result<()> {
    for wasi in MODULES {
        macro_rules! link {
            ($($name:literal => $function:ident($($arg:ident: $ty:ty),*);)*) => {$(
                let function = functions.number($name);
                linker.func_wrap(wasi, $name, move |caller: Caller<'_, VmState>, $($arg: $ty),*| {
                    errno($function(&mut Call::enter_unrestricted(caller, function), $($arg),*))
                })?;
                linked.insert((wasi, $name));
            )*};
        }
        link! {
            "fd_write" => fd_write(fd: u32, pieces: u32, count: u32, out_written: u32);
            "clock_time_get" => clock_time_get(id: u32, precision: u64, out_time: u32);
            "random_get" => random_get(buffer: u32, len: u32);
            "environ_sizes_get" => nothing_sizes(out_count: u32, out_bytes: u32);
            "environ_get" => nothing(pointers: u32, bytes: u32);
            "args_sizes_get" => nothing_sizes(out_count: u32, out_bytes: u32);
            "args_get" => nothing(pointers: u32, bytes: u32);
        }
        // Like Envoy's, it only says so in the log.
        let proc_exit = functions.number("proc_exit");
        linker.func_wrap(
            wasi,
            "proc_exit",
            move |caller: Caller<'_, VmState>, code: u32| {
                let mut call = Call::enter_unrestricted(caller, proc_exit);
                call.log(
                    LogLevel::Error,
                    &format!("the guest asked to exit with code {code}; it goes on"),
                );
            },
        )?;
        linked.insert((wasi, "proc_exit"));
    }
    Ok(())
}

/// Whether an import is a WASI function that can only be answered with "not supported".
pub(crate) fn is_unsupported(import: &ImportType<'_>) -> bool {
    let returns_errno = import
        .ty()
        .func()
        .is_some_and(|ty| ty.results().len() == 1 && ty.results().all(|result| result.is_i32()));
    MODULES.contains(&import.module()) && returns_errno
}

/// Links such an import.
pub(crate) fn link_unsupported(
    linker: &mut Linker<VmState>,
    import: &ImportType<'_>,
) -> wasmtime::Result<()> {
    if let (true, ExternType::Func(ty)) = (is_unsupported(import), import.ty()) {
        linker.func_new(import.module(), import.name(), ty, |_, _, results| {
            if let Some(result) = results.first_mut() {
                *result = Val::I32(NOT_SUPPORTED);
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn errno(answer: Answer<i32>) -> wasmtime::Result<i32> {
    match answer {
        Ok(errno) => Ok(errno),
        Err(Failure::Status(_)) => Ok(IO),
        Err(Failure::Trap(error)) => Err(error),
    }
}

fn fd_write(call: &mut Call<'_>, fd: u32, pieces: u32, count: u32, out_written: u32) -> Answer<i32> {
    let level = match fd {
        1 => LogLevel::Info,
        2 => LogLevel::Error,
        _ => return Ok(BAD_FILE),
    };
    if count > MAX_PIECES {
        return Ok(INVALID);
    }
    let pieces = call.read(pieces, count * 8)?;
    let mut text = Vec::new();
    for piece in pieces.chunks_exact(8) {
        let (pointer, len) = piece.split_at(4);
        let number = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_le_bytes);
        let room = super::call::size(MAX_WRITE - text.len());
        text.extend(call.read(number(pointer), number(len).min(room))?);
    }
    let written = super::call::size(text.len());
    let message = String::from_utf8_lossy(text.strip_suffix(b"\n").unwrap_or(&text)).into_owned();
    if !message.is_empty() {
        call.state().log(level, message);
    }
    call.write_u32(out_written, written)?;
    Ok(SUCCESS)
}

fn clock_time_get(call: &mut Call<'_>, id: u32, _precision: u64, out_time: u32) -> Answer<i32> {
    let clock = &call.state().ports.clock;
    let time = match id {
        0 => clock.now(),
        1 => clock.monotonic(),
        _ => return Ok(NOT_SUPPORTED),
    };
    call.write_u64(out_time, nanoseconds(time))?;
    Ok(SUCCESS)
}

fn random_get(call: &mut Call<'_>, buffer: u32, len: u32) -> Answer<i32> {
    if len > MAX_RANDOM {
        return Ok(INVALID);
    }
    let (bytes, state) = call.bytes_and_state(buffer, len)?;
    Ok(if state.ports.entropy.fill(bytes) {
        SUCCESS
    } else {
        IO
    })
}

fn nothing_sizes(call: &mut Call<'_>, out_count: u32, out_bytes: u32) -> Answer<i32> {
    call.write_u32(out_count, 0)?;
    call.write_u32(out_bytes, 0)?;
    Ok(SUCCESS)
}

fn nothing(_: &mut Call<'_>, _pointers: u32, _bytes: u32) -> Answer<i32> {
    Ok(SUCCESS)
}
