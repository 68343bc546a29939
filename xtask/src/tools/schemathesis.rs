//! Schemathesis, from PyPI, in a virtual environment of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use super::Tool;
use crate::{command, workspace::Workspace};

/// The version whose checks the booking app's API passes.
const VERSION: &str = "4.32.5";

/// Names a program to use instead.
const OVERRIDE: &str = "LEVEE_SCHEMATHESIS";

pub(super) fn find(workspace: &Workspace) -> Option<Tool> {
    let location = env::var_os(OVERRIDE).map_or_else(|| program(&folder(workspace)), PathBuf::from);
    // st, version 4.32.5
    let answer = command::output(Command::new(&location).arg("--version")).ok()?;
    let version = answer.split_once("version ")?.1.trim().to_owned();
    Some(Tool { version, location })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    super::refuse_to_override(OVERRIDE)?;
    // The folder's name is written into the programs there, so it cannot be made elsewhere and renamed: one that an
    // interrupted installation left is made anew.
    let folder = folder(workspace);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let instruction = || {
        format!(
            "Schemathesis {VERSION} comes from PyPI, for which python3 3.10 or newer with venv and pip is needed; or set \
             {OVERRIDE} to one of your own"
        )
    };
    command::run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).with_context(instruction)?;
    command::run(
        Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--only-binary=:all:"])
            .arg(format!("schemathesis=={VERSION}")),
    )
    .with_context(instruction)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join(format!("schemathesis-{VERSION}"))
}

fn program(folder: &Path) -> PathBuf {
    folder.join("bin/schemathesis")
}
