//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use crate::command;

/// The folders of this repository.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Asks cargo, which knows about `CARGO_TARGET_DIR` and its configuration files.
    pub(crate) fn locate() -> anyhow::Result<Self> {
        let metadata =
            command::output(command::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
        let folder = |name: &str| {
            metadata
                .get(name)
                .and_then(Value::as_str)
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata has no {name}"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    /// The repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// What `build` yields.
    pub(crate) fn levee(&self) -> PathBuf {
        self.target.join("levee")
    }

    /// Cargo's target directory for WebAssembly: apart, because another compiler may be at work there.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// Tools that were installed for this repository only.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Where packages of npm are.
    pub(crate) fn node(&self) -> PathBuf {
        self.tools().join("node")
    }
}
