//! The filter that is put to the test, as the command line names it.

use std::path::PathBuf;

use clap::Args;
use levee_harness::Limits;
use levee_harness::scenario::ProfileChoice;

use crate::guest::contents;

/// Which filter, how it is configured, and on what kind of host it runs.
#[derive(Debug, Args)]
pub(crate) struct FilterArguments {
    /// The filter: a WebAssembly module that exports proxy_abi_version_0_2_1.
    #[arg(value_name = "MODULE.wasm")]
    pub(crate) module: PathBuf,
    /// The plugin configuration: a file whose text the filter gets as it is. None: an empty configuration.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Behave as this host does: envoy, strict or ngx.
    #[arg(long, value_name = "PROFILE", default_value = "envoy")]
    pub(crate) profile: ProfileChoice,
    /// Memory that each VM of the filter may use, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: u32,
}

impl FilterArguments {
    pub(crate) fn module_bytes(&self) -> anyhow::Result<Vec<u8>> {
        contents("module", Some(&self.module))
    }

    pub(crate) fn configuration(&self) -> anyhow::Result<Vec<u8>> {
        contents("configuration", self.config.as_ref())
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.memory as usize * 1024 * 1024,
            ..Limits::default()
        }
    }
}
