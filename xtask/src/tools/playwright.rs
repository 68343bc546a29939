//! `playwright-core`, which drives the browser. It brings no browser of its own.

use std::path::PathBuf;

use super::{
    Tool,
    npm::{self, Package},
};
use crate::workspace::Workspace;

const PACKAGE: Package = Package {
    name: "playwright-core",
    version: "1.65.1",
};

/// Its location is the folder `node_modules`.
pub(super) fn find(workspace: &Workspace) -> Option<Tool> {
    npm::check_node().ok()?;
    let folder = folder(workspace);
    PACKAGE.is_in(&folder).then(|| Tool {
        version: PACKAGE.version.to_owned(),
        location: folder.join("node_modules"),
    })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    PACKAGE.install(&folder(workspace))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("node")
}
