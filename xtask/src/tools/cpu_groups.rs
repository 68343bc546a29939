//! Control groups of Linux that limit processor time: what makes a slow device of this machine.

use anyhow::bail;
use levee_testing::CpuGroup;

use super::Tool;

/// Its location is the group below which others can be made.
pub(super) fn find() -> Option<Tool> {
    Some(Tool {
        version: "-".to_owned(),
        location: CpuGroup::place()?,
    })
}

pub(super) fn install() -> anyhow::Result<()> {
    bail!(
        "no control group can be made that limits processor time: run as root, on Linux with the controller cpu"
    )
}
