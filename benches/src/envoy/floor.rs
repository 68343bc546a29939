//! Modules that do little: what the host takes from any filter that does as much.

use std::{fs, path::Path};

use anyhow::Context as _;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floor {
    /// Lets every request through.
    Nothing,
    /// Does so in every callback that Levee has.
    Callbacks,
    /// Reads all header fields in one call.
    Headers,
    /// Reads them, and adds two.
    TwoFields,
    /// Reads them, and changes a shared value.
    SharedData,
    /// Reads them, and refuses.
    Reply,
}

impl Floor {
    const ALL: [Self; 6] = [
        Self::Nothing,
        Self::Callbacks,
        Self::Headers,
        Self::TwoFields,
        Self::SharedData,
        Self::Reply,
    ];

    /// The name of its listener.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "wasm_nothing",
            Self::Callbacks => "wasm_callbacks",
            Self::Headers => "wasm_headers",
            Self::TwoFields => "wasm_two_fields",
            Self::SharedData => "wasm_shared_data",
            Self::Reply => "wasm_reply",
        }
    }

    /// The name of its file.
    pub(super) fn file(self) -> String {
        format!("{}.wasm", self.name())
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Nothing => include_str!("floor/nothing.wat"),
            Self::Callbacks => include_str!("floor/callbacks.wat"),
            Self::Headers => include_str!("floor/headers.wat"),
            Self::TwoFields => include_str!("floor/two_fields.wat"),
            Self::SharedData => include_str!("floor/shared_data.wat"),
            Self::Reply => include_str!("floor/reply.wat"),
        }
    }
}

/// Writes all of them to a folder.
pub(super) fn write_modules(folder: &Path) -> anyhow::Result<()> {
    for floor in Floor::ALL {
        let path = folder.join(floor.file());
        let module = wat::parse_str(floor.text()).with_context(|| floor.name().to_owned())?;
        fs::write(&path, module).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
