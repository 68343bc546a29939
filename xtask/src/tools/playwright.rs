//! `playwright-core`, which drives the browser. It brings no browser of its own.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Tool;
use crate::{command, workspace::Workspace};

const PACKAGE: &str = "playwright-core";
const VERSION: &str = "1.65.1";

/// The oldest Node.js that it runs on.
const NODE: u32 = 18;

/// Its location is the folder `node_modules`.
pub(super) fn find(workspace: &Workspace) -> Option<Tool> {
    check_node().ok()?;
    let location = folder(workspace).join("node_modules");
    let manifest = fs::read_to_string(location.join(PACKAGE).join("package.json")).ok()?;
    let manifest: Value = serde_json::from_str(&manifest).ok()?;
    let version = manifest.get("version")?.as_str()?.to_owned();
    (version == VERSION).then_some(Tool { version, location })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    check_node()?;
    let folder = folder(workspace);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    command::run(
        Command::new("npm")
            .args([
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--save-exact",
                "--prefix",
            ])
            .arg(&folder)
            .arg(format!("{PACKAGE}@{VERSION}")),
    )
    .context("npm, which comes with Node.js, is needed for the browser tests")
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("node")
}

fn check_node() -> anyhow::Result<()> {
    let instruction = || format!("install Node.js {NODE} or newer, with npm, for the browser tests");
    // v20.20.2
    let answer = command::output(Command::new("node").arg("--version")).with_context(instruction)?;
    let major = answer
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    match major {
        Some(NODE..) => Ok(()),
        _ => bail!("Node.js {} is too old: {}", answer.trim(), instruction()),
    }
}
