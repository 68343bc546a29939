//! workerd, the runtime of Cloudflare Workers, from the npm package that carries its program.

use std::{
    env,
    env::consts::{ARCH, OS},
    path::PathBuf,
    process::Command,
};

use anyhow::Context as _;

use super::{Tool, npm::Package};
use crate::{command, workspace::Workspace};

/// The version that the worker is tested with.
const VERSION: &str = "1.20261117.1";

/// Names a program to use instead.
const OVERRIDE: &str = "LEVEE_WORKERD";

pub(super) fn find(workspace: &Workspace) -> Option<Tool> {
    let location = match env::var_os(OVERRIDE) {
        Some(location) => PathBuf::from(location),
        None => {
            let package = package()?;
            let folder = workspace.node();
            package
                .is_in(&folder)
                .then(|| folder.join("node_modules").join(package.name).join("bin/workerd"))?
        }
    };
    // workerd 2026-11-17
    let answer = command::output(Command::new(&location).arg("--version")).ok()?;
    let version = answer.strip_prefix("workerd ")?.trim().to_owned();
    Some(Tool { version, location })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    super::refuse_to_override(OVERRIDE)?;
    package()
        .with_context(|| {
            format!("there is no workerd for {OS} on {ARCH}; set {OVERRIDE} to one of your own")
        })?
        .install(&workspace.node())
}

/// The package with the program for this machine. The package `workerd` has none: it picks one of these by a script.
fn package() -> Option<Package> {
    let name = match (OS, ARCH) {
        ("linux", "x86_64") => "@cloudflare/workerd-linux-64",
        ("linux", "aarch64") => "@cloudflare/workerd-linux-arm64",
        ("macos", "x86_64") => "@cloudflare/workerd-darwin-64",
        ("macos", "aarch64") => "@cloudflare/workerd-darwin-arm64",
        _ => return None,
    };
    Some(Package {
        name,
        version: VERSION,
    })
}
