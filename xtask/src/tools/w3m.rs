//! w3m, the text browser of the tests.

use std::{env, path::PathBuf, process::Command};

use super::{Tool, apt};
use crate::command;

/// Names a program to use instead.
const OVERRIDE: &str = "LEVEE_W3M";

const USUAL: &str = "/usr/bin/w3m";

pub(super) fn find() -> Option<Tool> {
    let location = env::var_os(OVERRIDE).map_or_else(|| PathBuf::from(USUAL), PathBuf::from);
    // w3m version w3m/0.5.3+git20230121, options lang=en,...
    let answer = command::output(Command::new(&location).arg("-version")).ok()?;
    let version = answer
        .split_once("w3m/")?
        .1
        .split(|c: char| c == ',' || c.is_whitespace())
        .next()?;
    Some(Tool {
        version: version.to_owned(),
        location,
    })
}

pub(super) fn install() -> anyhow::Result<()> {
    super::refuse_to_override(OVERRIDE)?;
    apt::install(&["w3m"], &format!("set {OVERRIDE} to a w3m of your own"))
}
