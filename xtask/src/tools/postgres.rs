//! PostgreSQL, which tests of the booking app start a server of.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Tool, apt};
use crate::command;

/// Names a folder with PostgreSQL's programs to use instead.
const OVERRIDE: &str = "LEVEE_POSTGRES";

/// Where Debian keeps a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder with `initdb` and `postgres`.
pub(super) fn find() -> Option<Tool> {
    let location = match env::var_os(OVERRIDE) {
        Some(folder) => PathBuf::from(folder),
        None => newest(Path::new(VERSIONS))?,
    };
    // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    let answer = command::output(Command::new(location.join("postgres")).arg("--version")).ok()?;
    let version = answer.split_once("(PostgreSQL)")?.1.split_whitespace().next()?;
    location.join("initdb").exists().then(|| Tool {
        version: version.to_owned(),
        location: location.clone(),
    })
}

pub(super) fn install() -> anyhow::Result<()> {
    super::refuse_to_override(OVERRIDE)?;
    apt::install(
        &["postgresql"],
        &format!("set {OVERRIDE} to the folder with the initdb and postgres of your own"),
    )
}

/// The programs of the latest version that is there.
fn newest(versions: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(versions).ok()?;
    let versions = folders.filter_map(|folder| {
        let folder = folder.ok()?.path();
        let version: u32 = folder.file_name()?.to_str()?.parse().ok()?;
        Some((version, folder.join("bin")))
    });
    versions
        .filter(|(_, programs)| programs.join("postgres").exists())
        .max()
        .map(|(_, programs)| programs)
}
