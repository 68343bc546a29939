//! A compiled guest, and the engine that it runs on.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::{Config, Engine, InstancePre, Linker};

use crate::abi;
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
    /// Not WebAssembly, or not valid.
    #[error("the module is not valid WebAssembly: {0:#}")]
    Invalid(wasmtime::Error),
    /// No `proxy_abi_version_*` export that this host serves.
    #[error(
        "the module exports {found}, but this host serves Proxy-Wasm ABI 0.2.1: \
         the module must export proxy_abi_version_0_2_1 (or proxy_abi_version_0_2_0)"
    )]
    AbiVersion {
        /// What it exports instead.
        found: String,
    },
    /// An import has a type that the ABI does not give it, or is no function.
    #[error("the module's imports do not fit Proxy-Wasm ABI 0.2.1: {0:#}")]
    Imports(wasmtime::Error),
}

/// A guest that is compiled and linked, ready to be instantiated any number of times.
#[derive(Clone)]
pub struct Module {
    pub(crate) instance: InstancePre<VmState>,
    /// Imports that trap when they are called.
    pub(crate) unknown_imports: Vec<String>,
    pub(crate) ticker: Arc<EpochTicker>,
}

impl Module {
    /// Loads a module from a file.
    ///
    /// # Errors
    /// When it cannot be read, is not WebAssembly or not a Proxy-Wasm 0.2 module.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| LoadError::Read {
            path: path.display().to_string(),
            source,
        })?;
        Self::from_bytes(&bytes)
    }

    /// Loads a module from memory.
    ///
    /// # Errors
    /// When it is not WebAssembly or not a Proxy-Wasm 0.2 module.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LoadError> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        let engine = Engine::new(&config).map_err(LoadError::Invalid)?;
        let module = wasmtime::Module::new(&engine, bytes).map_err(LoadError::Invalid)?;
        check_abi_version(&module)?;
        let mut linker = Linker::new(&engine);
        let unknown_imports = abi::link(&mut linker, &module).map_err(LoadError::Imports)?;
        let instance = linker.instantiate_pre(&module).map_err(LoadError::Imports)?;
        Ok(Self {
            instance,
            unknown_imports,
            ticker: Arc::new(EpochTicker::start(engine)),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.instance.module().engine()
    }
}

fn check_abi_version(module: &wasmtime::Module) -> Result<(), LoadError> {
    let versions: Vec<&str> = module
        .exports()
        .map(|export| export.name())
        .filter(|name| name.starts_with("proxy_abi_version_"))
        .collect();
    if versions
        .iter()
        .any(|name| matches!(*name, "proxy_abi_version_0_2_0" | "proxy_abi_version_0_2_1"))
    {
        return Ok(());
    }
    let found = if versions.is_empty() {
        "no proxy_abi_version_*".to_owned()
    } else {
        versions.join(", ")
    };
    Err(LoadError::AbiVersion { found })
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
