//! What is said of a guest that has failed.

use std::fmt;

use wasmtime::{Trap, WasmBacktrace};

/// Most functions of the guest that are named.
const MAX_FRAMES: usize = 6;

/// How a guest came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestTrap {
    /// The callback it was in.
    pub callback: &'static str,
    /// The context it ran for: 1 is the root context, others are exchanges.
    pub context: u32,
    /// What happened, and in which functions of the guest.
    pub message: String,
}

impl fmt::Display for GuestTrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "trap in {} (context {}): {}",
            self.callback, self.context, self.message
        )
    }
}

impl GuestTrap {
    /// What has ended a callback.
    pub(super) fn new(callback: &'static str, context: u32, error: &wasmtime::Error) -> Self {
        Self {
            callback,
            context,
            message: describe(error),
        }
    }
}

/// The cause of a trap, and the innermost functions of the guest.
pub(super) fn describe(error: &wasmtime::Error) -> String {
    let cause = match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => "it ran longer than a callback may".to_owned(),
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    };
    let frames = error
        .downcast_ref::<WasmBacktrace>()
        .map(WasmBacktrace::frames)
        .unwrap_or_default();
    let names = frames.iter().filter_map(wasmtime::FrameInfo::func_name);
    let names = names.map(|name| format!("{:#}", rustc_demangle::demangle(name)));
    let own: Vec<String> = names
        .filter(|name| !is_panic_machinery(name))
        .take(MAX_FRAMES)
        .collect();
    if own.is_empty() {
        cause
    } else {
        format!("{cause}, in {}", own.join(" < "))
    }
}

/// How a Rust guest panics is always the same; where is what matters.
fn is_panic_machinery(function: &str) -> bool {
    [
        "__rustc",
        "core::panicking",
        "std::panicking",
        "std::sys::backtrace",
        "<std::panicking",
    ]
    .iter()
    .any(|begin| function.starts_with(begin))
}
