//! The guests: small filters that the harness is tested with, one module each.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use super::{compiled, toolchain, worker};
use crate::{
    command,
    tools::{Component, Status, Tool, wasm_toolchain::Panic},
    workspace::Workspace,
};

/// Every file here is a guest; a folder is a part of some.
const RUST: &str = "harness/guests/examples";

/// The files here are one guest, which is called as the folder.
const ASSEMBLYSCRIPT: &str = "harness/guests/assemblyscript";

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

/// Builds the guests; what is up to date costs nothing. The one in AssemblyScript is left out where its compiler cannot be
/// had.
pub(crate) fn guests(workspace: &Workspace) -> anyhow::Result<Guests> {
    let mut modules = in_rust(workspace)?;
    match Component::AssemblyScript.ensure(workspace) {
        Status::Present(compiler) | Status::Installed(compiler) => {
            modules.push(in_assemblyscript(workspace, &compiler)?);
        }
        Status::Missing(why) => println!("The guest in AssemblyScript is left out: {why}"),
    }
    let fresh = tempfile::tempdir().context("cannot create a folder")?;
    for module in &modules {
        fs::copy(module, fresh.path().join(module.file_name().unwrap_or_default()))
            .with_context(|| format!("cannot copy {}", module.display()))?;
    }
    let folder = workspace.levee().join("guests");
    worker::replace(&folder, fresh.path())?;
    let bytes = modules.iter().map(|module| Ok(fs::metadata(module)?.len()));
    Ok(Guests {
        count: modules.len(),
        bytes: bytes.sum::<std::io::Result<_>>()?,
        folder,
    })
}

fn in_rust(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    command::run(toolchain(workspace)?.cargo_build(workspace, Panic::Abort).args([
        "--package",
        "levee-guests",
        "--examples",
        "--profile",
        "wasm",
    ]))?;
    let sources = worker::files(&workspace.root().join(RUST))?;
    let names = sources
        .iter()
        .filter(|source| source.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|source| source.file_stem());
    Ok(names
        .map(|name| compiled(workspace, "wasm", &format!("examples/{}.wasm", name.display())))
        .collect())
}

fn in_assemblyscript(workspace: &Workspace, compiler: &Tool) -> anyhow::Result<PathBuf> {
    let sources = workspace.root().join(ASSEMBLYSCRIPT);
    // Another compiler finds nothing there.
    let folder = format!("assemblyscript-{}", compiler.version);
    let module = workspace.wasm_target().join(folder).join("assemblyscript.wasm");
    if !is_newer(&module, &worker::files(&sources)?) {
        command::run(
            Command::new("node")
                .current_dir(&sources)
                .arg(&compiler.location)
                .args(["assemblyscript.ts", "-O", "--use", "abort=host/abort", "-o"])
                .arg(&module),
        )?;
    }
    Ok(module)
}

/// Whether a file is there and has been written after all of these.
fn is_newer(file: &Path, inputs: &[PathBuf]) -> bool {
    let written = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let is_older = |input: &PathBuf| written(input).is_some_and(|input| Some(input) < written(file));
    inputs.iter().all(is_older)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_module_is_up_to_date_when_it_is_newer_than_all_that_it_is_made_of() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, age: u64| {
            let path = folder.path().join(name);
            let file = fs::File::create(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age))
                .unwrap();
            path
        };
        let module = file("module", 20);
        let (old, new) = (file("old", 30), file("new", 10));
        for (module, inputs, up_to_date) in [
            (&module, vec![old.clone()], true),
            (&module, vec![old.clone(), new], false),
            (&module, vec![old.clone(), folder.path().join("missing")], false),
            (&folder.path().join("missing"), vec![old], false),
        ] {
            assert_eq!(is_newer(module, &inputs), up_to_date, "{inputs:?}");
        }
    }
}
