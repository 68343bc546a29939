//! Debian packages.

use std::{path::Path, process::Command};

use anyhow::bail;

use crate::command;

const APT_GET: &str = "/usr/bin/apt-get";

/// Installs packages, where that is this program's business: as root, on a system with `apt-get`.
///
/// `otherwise` is what to do elsewhere; it becomes the error.
pub(crate) fn install(packages: &[&str], otherwise: &str) -> anyhow::Result<()> {
    if !Path::new(APT_GET).exists() {
        bail!("{otherwise}");
    }
    if !is_root()? {
        bail!(
            "{otherwise}; or, on Debian: sudo apt-get install {}",
            packages.join(" ")
        );
    }
    // The package lists of a fresh machine are empty, those of an old one name packages that are gone.
    command::run(apt_get().arg("update"))?;
    // Nothing that somebody installed is replaced: Debian's rustup, for one, excludes its compiler for browsers.
    command::run(
        apt_get()
            .args(["install", "--yes", "--no-remove", "--no-install-recommends"])
            .args(packages),
    )
}

fn apt_get() -> Command {
    let mut command = Command::new(APT_GET);
    command.arg("--quiet").env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> anyhow::Result<bool> {
    Ok(command::output(Command::new("id").arg("-u"))?.trim() == "0")
}
