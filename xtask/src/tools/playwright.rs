//! `playwright-core`, which drives the browser. It brings no browser of its own.

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
    let folder = workspace.node();
    PACKAGE.is_in(&folder).then(|| Tool {
        version: PACKAGE.version.to_owned(),
        location: folder.join("node_modules"),
    })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    PACKAGE.install(&workspace.node())
}
