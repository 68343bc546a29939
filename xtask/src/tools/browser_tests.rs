//! What the tests in the browser load from npm, into one folder.

use super::{
    Tool,
    npm::{self, Package},
};
use crate::workspace::Workspace;

/// Drives the browser. It brings no browser of its own.
pub(super) const PLAYWRIGHT: Package = Package {
    name: "playwright-core",
    version: "1.65.1",
};

/// Looks for what keeps people from using a page.
pub(super) const AXE: Package = Package {
    name: "axe-core",
    version: "4.14.1",
};

/// Its location is the folder `node_modules`, which all of them share.
pub(super) fn find(package: Package, workspace: &Workspace) -> Option<Tool> {
    npm::check_node().ok()?;
    let folder = workspace.node();
    package.is_in(&folder).then(|| Tool {
        version: package.version.to_owned(),
        location: folder.join("node_modules"),
    })
}

pub(super) fn install(package: Package, workspace: &Workspace) -> anyhow::Result<()> {
    package.install(&workspace.node())
}
