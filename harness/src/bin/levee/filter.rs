//! The filter that is put to the test, as the command line names it.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use levee_harness::{Limits, Profile};

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
    pub(crate) profile: ProfileName,
    /// Memory that each VM of the filter may use, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: u32,
}

/// One of the profiles, with its name.
#[derive(Clone, Debug)]
pub(crate) struct ProfileName {
    pub(crate) name: String,
    pub(crate) profile: Profile,
}

impl std::str::FromStr for ProfileName {
    type Err = levee_harness::UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self {
            name: name.to_owned(),
            profile: name.parse()?,
        })
    }
}

impl FilterArguments {
    pub(crate) fn module_bytes(&self) -> anyhow::Result<Vec<u8>> {
        std::fs::read(&self.module)
            .with_context(|| format!("cannot read the module {}", self.module.display()))
    }

    pub(crate) fn configuration(&self) -> anyhow::Result<Vec<u8>> {
        match &self.config {
            Some(path) => std::fs::read(path)
                .with_context(|| format!("cannot read the configuration {}", path.display())),
            None => Ok(Vec::new()),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.memory as usize * 1024 * 1024,
            ..Limits::default()
        }
    }
}
