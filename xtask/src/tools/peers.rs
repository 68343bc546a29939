//! Servers that the filter is measured beside. Nothing but a bench needs them, so they are not part of the set-up.

use std::path::PathBuf;

use anyhow::bail;

use super::apt;

/// nginx, installed if need be.
pub(crate) fn nginx() -> anyhow::Result<PathBuf> {
    require("nginx", "nginx-light")
}

/// HAProxy, installed if need be.
pub(crate) fn haproxy() -> anyhow::Result<PathBuf> {
    require("haproxy", "haproxy")
}

fn require(program: &str, package: &str) -> anyhow::Result<PathBuf> {
    if let Some(found) = find(program) {
        return Ok(found);
    }
    println!("Installing {package} ...");
    apt::install(
        &[package],
        &format!("install {program}, or leave it out: --without-peers"),
    )?;
    match find(program) {
        Some(found) => Ok(found),
        None => bail!("{program} is not found after its installation"),
    }
}

/// Where Debian puts servers, and where others do.
fn find(program: &str) -> Option<PathBuf> {
    [
        "/usr/sbin",
        "/usr/bin",
        "/usr/local/sbin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
    ]
    .into_iter()
    .map(|folder| PathBuf::from(folder).join(program))
    .find(|path| path.exists())
}
