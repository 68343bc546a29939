//! Puts together what browsers load: the parts in `js/`, as one classic script each.

#[path = "src/script.rs"]
mod script;

use std::{env, error::Error, fs, path::Path};

/// The scripts, and their parts in the order in which they need each other.
const SCRIPTS: [(&str, &[&str]); 2] = [
    (
        "solver.js",
        &[
            "sha256.js",
            "block.js",
            "puzzle.js",
            "kernel.js",
            "engines.js",
            "search.js",
            "worker.js",
            "crew.js",
        ],
    ),
    (
        "client.js",
        &[
            "client/waiting.js",
            "client/refusal.js",
            "client/clearance.js",
            "client/request.js",
            "client/form.js",
            "client/install.js",
        ],
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var_os("OUT_DIR").ok_or("cargo tells no OUT_DIR")?;
    for (name, parts) in SCRIPTS {
        let mut script = String::from("(() => {\n\"use strict\";\n");
        for part in parts {
            let path = Path::new("js").join(part);
            println!("cargo::rerun-if-changed={}", path.display());
            let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            script
                .push_str(&script::shipped(&source).map_err(|error| format!("{}:{error}", path.display()))?);
        }
        script.push_str("})();\n");
        fs::write(Path::new(&out).join(name), script)?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/script.rs");
    Ok(())
}
