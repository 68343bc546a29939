//! The edge worker: a folder with the modules that are sent to the edge as they are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};

use super::{Binaries, compiled, sizes, toolchain, write_if_changed};
use crate::{command, tools::wasm_toolchain::Panic, workspace::Workspace};

/// What the edge takes at most of all modules together, compressed, in bytes.
const MAX_COMPRESSED: usize = 1_000_000;

/// The main module is written by hand.
const ENTRY: &str = "edge-worker/js/entry.js";

/// Which worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The one that is deployed.
    Shipped,
    /// One that fails on demand, for tests.
    Hazards,
}

impl Variant {
    fn profile(self) -> &'static str {
        match self {
            Self::Shipped => "worker",
            Self::Hazards => "worker-hazards",
        }
    }

    fn features(self) -> &'static str {
        match self {
            Self::Shipped => "",
            Self::Hazards => "hazards",
        }
    }
}

/// Builds the worker and returns its folder; what is up to date costs nothing.
pub(crate) fn bundle(
    workspace: &Workspace,
    binaries: &Binaries,
    variant: Variant,
) -> anyhow::Result<PathBuf> {
    let profile = variant.profile();
    command::run(toolchain(workspace)?.cargo_build(workspace, Panic::Unwind).args([
        "--package",
        "levee-edge-worker",
        "--profile",
        profile,
        "--features",
        variant.features(),
    ]))?;
    let module = compiled(workspace, profile, "levee_edge_worker.wasm");

    let fresh = tempfile::tempdir().context("cannot create a folder")?;
    command::run(
        Command::new(&binaries.bindgen)
            .args(["--name", "levee"])
            .arg(&module)
            .arg(fresh.path()),
    )?;
    let entry = workspace.root().join(ENTRY);
    fs::copy(&entry, fresh.path().join("index.js"))
        .with_context(|| format!("cannot copy {}", entry.display()))?;

    let folder = workspace.levee().join(profile);
    replace(&folder, fresh.path())?;
    let size = sizes::gzipped_together(&files(&folder)?)?;
    ensure!(
        size <= MAX_COMPRESSED,
        "{} takes {size} bytes compressed; the edge takes {MAX_COMPRESSED}",
        folder.display()
    );
    Ok(folder)
}

/// Gives `folder` the files that `fresh` has and no others. Of a worker, all that is in it is sent to the edge.
pub(super) fn replace(folder: &Path, fresh: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for old in files(folder)? {
        if !fresh.join(old.file_name().unwrap_or_default()).exists() {
            fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    for new in files(fresh)? {
        let contents = fs::read(&new).with_context(|| format!("cannot read {}", new.display()))?;
        write_if_changed(&folder.join(new.file_name().unwrap_or_default()), &contents)?;
    }
    Ok(())
}

/// The files in a folder, by name.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut files = fs::read_dir(folder)
        .with_context(cannot)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(cannot)?;
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_has_no_files_of_an_older_one() {
        let (folder, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, place) in [
            ("old.js", &folder),
            ("index.js", &folder),
            ("index.js", &fresh),
            ("new.js", &fresh),
        ] {
            fs::write(place.path().join(name), place.path().to_string_lossy().as_bytes()).unwrap();
        }
        replace(folder.path(), fresh.path()).unwrap();
        let contents: Vec<_> = files(folder.path())
            .unwrap()
            .iter()
            .map(|file| {
                (
                    file.file_name().unwrap().to_owned(),
                    fs::read_to_string(file).unwrap(),
                )
            })
            .collect();
        let expected = fresh.path().to_string_lossy().into_owned();
        assert_eq!(
            contents,
            [("index.js".into(), expected.clone()), ("new.js".into(), expected)]
        );
    }
}
