//! `axe-core`, which looks for what keeps people from using a page.

use super::{
    Tool,
    npm::{self, Package},
};
use crate::workspace::Workspace;

const PACKAGE: Package = Package {
    name: "axe-core",
    version: "4.14.1",
};

/// Its location is the folder `node_modules`, which it shares with what drives the browser.
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
