//! The guests: small filters that the harness is tested with, one module each.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::{compiled, toolchain, worker};
use crate::{command, tools::wasm_toolchain::Panic, workspace::Workspace};

/// Every file here is a guest; a folder is a part of some.
const SOURCES: &str = "harness/guests/examples";

/// All guests, built.
#[derive(Clone, Debug)]
pub(crate) struct Guests {
    /// Where they are, one file each.
    pub(crate) folder: PathBuf,
    count: usize,
    bytes: u64,
}

impl fmt::Display for Guests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, count, bytes } = self;
        write!(
            f,
            "{count} guests in {}: {bytes} bytes together",
            folder.display()
        )
    }
}

/// Builds the guests; what is up to date costs nothing.
pub(crate) fn guests(workspace: &Workspace) -> anyhow::Result<Guests> {
    command::run(toolchain(workspace)?.cargo_build(workspace, Panic::Abort).args([
        "--package",
        "levee-guests",
        "--examples",
        "--profile",
        "wasm",
    ]))?;
    let fresh = tempfile::tempdir().context("cannot create a folder")?;
    for name in names(&workspace.root().join(SOURCES))? {
        let module = compiled(workspace, "wasm", &format!("examples/{name}"));
        fs::copy(&module, fresh.path().join(&name))
            .with_context(|| format!("cannot copy {}", module.display()))?;
    }
    let folder = workspace.levee().join("guests");
    worker::replace(&folder, fresh.path())?;
    let modules = worker::files(&folder)?;
    let bytes = modules.iter().map(|module| Ok(fs::metadata(module)?.len()));
    Ok(Guests {
        count: modules.len(),
        bytes: bytes.sum::<std::io::Result<_>>()?,
        folder,
    })
}

/// What cargo calls the module of each source in a folder.
fn names(sources: &Path) -> anyhow::Result<Vec<String>> {
    let sources = worker::files(sources)?;
    let modules = sources
        .iter()
        .filter(|source| source.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|source| source.file_stem());
    Ok(modules.map(|stem| format!("{}.wasm", stem.display())).collect())
}
