//! Puts the solver, which the build of the whole project makes first, where the module includes it from.

use std::{env, error::Error, fs, path::PathBuf};

/// Names the file with the solver's script.
const SOLVER: &str = "LEVEE_SOLVER_JS";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed={SOLVER}");
    let embedded = PathBuf::from(env::var("OUT_DIR")?).join("solver.js");
    match env::var_os(SOLVER) {
        Some(solver) => {
            println!("cargo::rerun-if-changed={}", solver.display());
            fs::copy(&solver, &embedded).map_err(|error| format!("{}: {error}", solver.display()))?;
        }
        None if env::var("CARGO_CFG_TARGET_ARCH")? == "wasm32" => {
            return Err(format!("{SOLVER} is not set; build the module with `cargo xtask build`").into());
        }
        // On any other target the crate is only checked, never run.
        None => fs::write(&embedded, "")?,
    }
    Ok(())
}
