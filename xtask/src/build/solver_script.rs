//! The solver as one classic worker script: its source with wasm-bindgen's glue and the module inside.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{command, tools::wasm_toolchain::WasmToolchain, workspace::Workspace};

/// Where the glue goes, in the script's source.
const GLUE: &str = "/* levee:glue */";

/// Where the module goes, a string of Base64.
const WASM: &str = "\"levee:wasm\"";

/// Builds the solver's module and puts the script together.
pub(super) fn build(
    workspace: &Workspace,
    toolchain: &WasmToolchain,
    bindgen: &Path,
) -> anyhow::Result<String> {
    command::run(
        toolchain
            .cargo_build(workspace)
            .args(["--package", "levee-solver", "--lib", "--profile", "wasm-browser"])
            // For this module only: a browser without vectors falls back to plain JavaScript.
            .env("RUSTFLAGS", "-Ctarget-feature=+simd128"),
    )?;
    let bound = workspace.target().join("levee/bindgen");
    command::run(
        Command::new(bindgen)
            .arg(super::compiled(workspace, "wasm-browser", "levee_solver.wasm"))
            .arg(&bound),
    )?;
    let source = text(&workspace.root().join("filter/solver/js/worker.js"))?;
    let glue = text(&bound.join("solver.js"))?;
    let module = bound.join("solver_bg.wasm");
    let module = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    assemble(&source, &glue, &module)
}

fn assemble(source: &str, glue: &str, module: &[u8]) -> anyhow::Result<String> {
    for placeholder in [GLUE, WASM] {
        let found = source.matches(placeholder).count();
        ensure!(
            found == 1,
            "worker.js must have {placeholder} once, but has it {found} times"
        );
    }
    let module = format!("\"{}\"", BASE64_STANDARD.encode(module));
    Ok(source.replace(WASM, &module).replace(GLUE, glue))
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glue_and_module_take_the_places_of_their_placeholders() {
        let script = assemble(
            "/* levee:glue */\nconst wasm = \"levee:wasm\";\n",
            "let $1;",
            b"\0asm",
        );
        assert_eq!(
            script.expect("both placeholders"),
            "let $1;\nconst wasm = \"AGFzbQ==\";\n"
        );
    }

    #[test]
    fn a_missing_or_doubled_placeholder_is_refused() {
        let doubled = "/* levee:glue */ \"levee:wasm\" \"levee:wasm\"";
        for source in ["", "/* levee:glue */", "\"levee:wasm\"", doubled] {
            assert!(assemble(source, "", b"").is_err(), "{source:?}");
        }
    }
}
