//! File systems that a program may mount for itself alone: a small disk that can be full.

use std::{path::PathBuf, process::Command};

use anyhow::bail;

use super::Tool;
use crate::command;

/// Makes a name space in which its program may mount.
const UNSHARE: &str = "/usr/bin/unshare";

pub(super) fn find() -> Option<Tool> {
    let mount = [
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "tmpfs",
        "levee",
        "/mnt",
    ];
    command::output(Command::new(UNSHARE).args(mount)).ok()?;
    Some(Tool {
        version: "-".to_owned(),
        location: PathBuf::from(UNSHARE),
    })
}

pub(super) fn install() -> anyhow::Result<()> {
    bail!(
        "nothing can be mounted in a name space of one's own: run as root, or where user name spaces are allowed"
    )
}
