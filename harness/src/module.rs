//! A compiled guest, and the engine that it runs on.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::{Config, Engine, InstancePre, Linker};

use crate::abi::{self, HostFunctions};
use crate::vm::VmState;

/// How often running guests are looked at: the resolution of [`Limits::callback_time`](crate::Limits::callback_time).
pub(crate) const EPOCH: Duration = Duration::from_millis(10);

/// Why a module cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is missing or unreadable.
    #[error("cannot read the module {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// WebAssembly as text that cannot be read.
    #[error("the module {path} is not valid WebAssembly text: {message}")]
    Text {
        /// The file.
        path: String,
        /// What is wrong, and where.
        message: String,
    },
    /// Not WebAssembly, or not valid.
    #[error("the module is not valid WebAssembly: {0:#}")]
    Invalid(wasmtime::Error),
    /// No `proxy_abi_version_*` export that this host serves.
    #[error(
        "the module exports {found}, but this host serves Proxy-Wasm ABI 0.1.0, 0.2.0 and 0.2.1: \
         the module must export proxy_abi_version_0_2_1 (or one of the older ones)"
    )]
    AbiVersion {
        /// What it exports instead.
        found: String,
    },
    /// An import has a type that the ABI does not give it, or is no function.
    #[error("the module's imports do not fit the Proxy-Wasm ABI: {0:#}")]
    Imports(wasmtime::Error),
}

/// Whether the work of a guest is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Metering {
    /// It is not: a guest runs at full speed, and an endless callback is noticed by the time it takes.
    #[default]
    Off,
    /// Every instruction is (wasmtime's fuel, about one unit each), the same on every machine and in every run. Guests are
    /// slower by about a third; an endless callback is noticed by [`Limits::callback_fuel`](crate::Limits::callback_fuel).
    Fuel,
}

/// A version of the Proxy-Wasm ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AbiVersion {
    /// Of February 2020: header callbacks without `end_of_stream`; a missing header is an empty one.
    V0_1_0,
    /// Of August 2020.
    V0_2_0,
    /// 0.2.0 and `proxy_get_log_level`.
    V0_2_1,
}

impl AbiVersion {
    const ALL: [(Self, &str); 3] = [
        (Self::V0_2_1, "proxy_abi_version_0_2_1"),
        (Self::V0_2_0, "proxy_abi_version_0_2_0"),
        (Self::V0_1_0, "proxy_abi_version_0_1_0"),
    ];
}

impl fmt::Display for AbiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V0_1_0 => "0.1.0",
            Self::V0_2_0 => "0.2.0",
            Self::V0_2_1 => "0.2.1",
        })
    }
}

/// A guest that is compiled and linked, ready to be instantiated any number of times.
#[derive(Clone)]
pub struct Module {
    pub(crate) instance: InstancePre<VmState>,
    abi: AbiVersion,
    metering: Metering,
    /// Whether it imports the function that reads metrics.
    pub(crate) reads_metrics: bool,
    /// Imports that trap when they are called.
    pub(crate) unknown_imports: Vec<String>,
    pub(crate) functions: Arc<HostFunctions>,
    /// Without it an endless callback would not be noticed.
    _ticker: Arc<EpochTicker>,
}

impl Module {
    /// Loads a module from a file, binary or as text (`.wat`).
    ///
    /// # Errors
    /// When it cannot be read, is not WebAssembly or not a Proxy-Wasm module.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::from_bytes(&read_module(path.as_ref())?)
    }

    /// Loads a module from memory.
    ///
    /// # Errors
    /// When it is not WebAssembly or not a Proxy-Wasm module.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LoadError> {
        Self::compile(bytes, Metering::Off)
    }

    /// Loads a module from memory, and has its work counted or not.
    ///
    /// # Errors
    /// When it is not WebAssembly or not a Proxy-Wasm module.
    pub fn compile(bytes: &[u8], metering: Metering) -> Result<Self, LoadError> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        config.consume_fuel(metering == Metering::Fuel);
        let engine = Engine::new(&config).map_err(LoadError::Invalid)?;
        let module = wasmtime::Module::new(&engine, bytes).map_err(LoadError::Invalid)?;
        let abi = abi_version(&module)?;
        let reads_metrics = module.imports().any(|import| import.name() == "proxy_get_metric");
        let mut linker = Linker::new(&engine);
        let (functions, unknown_imports) =
            abi::link(&mut linker, &module, abi).map_err(LoadError::Imports)?;
        let instance = linker.instantiate_pre(&module).map_err(LoadError::Imports)?;
        Ok(Self {
            instance,
            abi,
            metering,
            reads_metrics,
            unknown_imports,
            functions: Arc::new(functions),
            _ticker: Arc::new(EpochTicker::start(engine)),
        })
    }

    /// The version of the ABI that it speaks: the newest of those that it exports.
    #[must_use]
    pub const fn abi_version(&self) -> AbiVersion {
        self.abi
    }

    /// Whether its work is counted.
    #[must_use]
    pub const fn metering(&self) -> Metering {
        self.metering
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.instance.module().engine()
    }
}

/// The module in a file; one that is named `.wat` is text.
pub(crate) fn read_module(path: &Path) -> Result<Vec<u8>, LoadError> {
    let bytes = std::fs::read(path).map_err(|source| LoadError::Read {
        path: path.display().to_string(),
        source,
    })?;
    if path.extension().is_none_or(|extension| extension != "wat") {
        return Ok(bytes);
    }
    wat::parse_bytes(&bytes)
        .map(std::borrow::Cow::into_owned)
        .map_err(|error| LoadError::Text {
            path: path.display().to_string(),
            message: error.to_string(),
        })
}

fn abi_version(module: &wasmtime::Module) -> Result<AbiVersion, LoadError> {
    let exported: Vec<&str> = module
        .exports()
        .map(|export| export.name())
        .filter(|name| name.starts_with("proxy_abi_version_"))
        .collect();
    let known = AbiVersion::ALL.iter().find(|(_, name)| exported.contains(name));
    known
        .map(|(version, _)| *version)
        .ok_or_else(|| LoadError::AbiVersion {
            found: if exported.is_empty() {
                "no proxy_abi_version_*".to_owned()
            } else {
                exported.join(", ")
            },
        })
}

/// Advances the engine's epoch, by which overlong callbacks are noticed, until it is dropped.
pub(crate) struct EpochTicker {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EpochTicker {
    fn start(engine: Engine) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(EPOCH) == Err(mpsc::RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for EpochTicker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A ticker that panicked has nothing left to stop.
            let _ = thread.join();
        }
    }
}
