//! What a guest logs, and where it goes.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Severity of a log line, in the order of the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Finest detail.
    Trace,
    /// For developers.
    Debug,
    /// Normal events; Envoy's default level.
    Info,
    /// Something is odd.
    Warn,
    /// Something failed.
    Error,
    /// The guest cannot go on.
    Critical,
}

impl LogLevel {
    pub(crate) const fn from_abi(level: u32) -> Option<Self> {
        Some(match level {
            0 => Self::Trace,
            1 => Self::Debug,
            2 => Self::Info,
            3 => Self::Warn,
            4 => Self::Error,
            5 => Self::Critical,
            _ => return None,
        })
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Critical => "critical",
        })
    }
}

/// Which VM of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VmRole {
    /// Started first and dropped again, to see whether the guest takes its configuration.
    Canary,
    /// On the main thread: ticks, but never sees a request.
    Main,
    /// On the worker thread of that number, from 0.
    Worker(usize),
}

impl fmt::Display for VmRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Canary => f.write_str("canary"),
            Self::Main => f.write_str("main"),
            Self::Worker(number) => write!(f, "worker {number}"),
        }
    }
}

/// One line that the guest, or the host on its behalf, has logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The VM it came from.
    pub vm: VmRole,
    /// Severity.
    pub level: LogLevel,
    /// The text; bytes that are not UTF-8 are replaced.
    pub message: String,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.vm, self.level, self.message)
    }
}

/// Where log lines go.
pub trait LogSink: Send + Sync {
    /// Takes one line. `plugin` is the name under which the guest was loaded.
    fn log(&self, plugin: &str, line: &LogLine);

    /// Whether lines of this level are of any use. One that is not is not even put together, and nor does
    /// [`Vm::take_log`](crate::Vm::take_log) have it.
    fn takes(&self, _level: LogLevel) -> bool {
        true
    }
}

/// Throws every line away, as cheaply as can be: not even [`Vm::take_log`](crate::Vm::take_log) has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLog;

impl LogSink for NoLog {
    fn log(&self, _plugin: &str, _line: &LogLine) {}

    fn takes(&self, _level: LogLevel) -> bool {
        false
    }
}

/// Hands every line to `tracing`, under the target `guest`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingLog;

impl LogSink for TracingLog {
    fn log(&self, plugin: &str, line: &LogLine) {
        let (vm, message) = (line.vm.to_string(), &line.message);
        match line.level {
            LogLevel::Trace => tracing::trace!(target: "guest", plugin, vm, "{message}"),
            LogLevel::Debug => tracing::debug!(target: "guest", plugin, vm, "{message}"),
            LogLevel::Info => tracing::info!(target: "guest", plugin, vm, "{message}"),
            LogLevel::Warn => tracing::warn!(target: "guest", plugin, vm, "{message}"),
            LogLevel::Error | LogLevel::Critical => tracing::error!(target: "guest", plugin, vm, "{message}"),
        }
    }
}

/// Keeps the last 100,000 lines in memory.
#[derive(Debug, Default)]
pub struct CapturedLog(Mutex<VecDeque<LogLine>>);

impl CapturedLog {
    const CAPACITY: usize = 100_000;

    /// The lines kept so far, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<LogLine> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

impl LogSink for CapturedLog {
    fn log(&self, _plugin: &str, line: &LogLine) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == Self::CAPACITY {
            lines.pop_front();
        }
        lines.push_back(line.clone());
    }
}
