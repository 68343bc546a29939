//! Chromium, the browser of the tests.

use std::{env, path::PathBuf, process::Command};

use super::{Tool, apt};
use crate::command;

/// Names a program to use instead.
const OVERRIDE: &str = "LEVEE_CHROMIUM";

const USUAL: &str = "/usr/bin/chromium";

pub(super) fn find() -> Option<Tool> {
    let location = env::var_os(OVERRIDE).map_or_else(|| PathBuf::from(USUAL), PathBuf::from);
    // Chromium 156.0.8078.79 built on Debian ...
    let answer = command::output(Command::new(&location).arg("--version")).ok()?;
    let version = answer
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(Tool {
        version: version.to_owned(),
        location,
    })
}

pub(super) fn install() -> anyhow::Result<()> {
    super::refuse_to_override(OVERRIDE)?;
    apt::install(
        &["chromium"],
        &format!("set {OVERRIDE} to a Chromium or Chrome of your own"),
    )
}
