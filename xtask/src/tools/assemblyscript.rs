//! The compiler for AssemblyScript, from npm: one of the guests is written in it.

use super::{
    Tool,
    npm::{self, Package},
};
use crate::workspace::Workspace;

/// The last one that makes do with Node.js 18.
const COMPILER: Package = Package {
    name: "assemblyscript",
    version: "0.27.37",
};

/// Its location is a script for Node.js.
pub(super) fn find(workspace: &Workspace) -> Option<Tool> {
    npm::check_node().ok()?;
    let folder = workspace.node();
    COMPILER.is_in(&folder).then(|| Tool {
        version: COMPILER.version.to_owned(),
        location: folder.join("node_modules").join(COMPILER.name).join("bin/asc.js"),
    })
}

pub(super) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    COMPILER.install(&workspace.node())
}
