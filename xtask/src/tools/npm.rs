//! Packages from npm, at pinned versions.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::command;

/// The oldest Node.js that serves.
const NODE: u32 = 18;

/// A package, and the version that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Package {
    /// Whether `folder` has it, in this version.
    pub(crate) fn is_in(self, folder: &Path) -> bool {
        let manifest = folder.join("node_modules").join(self.name).join("package.json");
        fs::read_to_string(manifest)
            .ok()
            .and_then(|manifest| serde_json::from_str::<Value>(&manifest).ok())
            .is_some_and(|manifest| manifest.get("version").and_then(Value::as_str) == Some(self.version))
    }

    /// Installs it in `folder`, beside what is there. None of its scripts are run.
    pub(crate) fn install(self, folder: &Path) -> anyhow::Result<()> {
        check_node()?;
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        command::run(
            Command::new("npm")
                .args([
                    "install",
                    "--silent",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--save-exact",
                    "--prefix",
                ])
                .arg(folder)
                .arg(format!("{}@{}", self.name, self.version)),
        )
        .with_context(|| {
            format!(
                "{} {} comes from npm, which comes with Node.js",
                self.name, self.version
            )
        })
    }
}

/// Whether there is a Node.js that serves.
pub(crate) fn check_node() -> anyhow::Result<()> {
    let instruction = || format!("install Node.js {NODE} or newer, with npm");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_there_in_its_version_only() {
        let folder = tempfile::tempdir().unwrap();
        let package = Package {
            name: "@scope/name",
            version: "1.2.3",
        };
        assert!(!package.is_in(folder.path()));
        let place = folder.path().join("node_modules/@scope/name");
        fs::create_dir_all(&place).unwrap();
        for (manifest, there) in [
            ("{", false),
            (r#"{"version": "1.2.4"}"#, false),
            (r#"{"version": "1.2.3"}"#, true),
        ] {
            fs::write(place.join("package.json"), manifest).unwrap();
            assert_eq!(package.is_in(folder.path()), there, "{manifest}");
        }
    }
}
