//! Runs wasm-bindgen as a library over one module.
//!
//! A binary of its own, so that `cargo xtask` starts without compiling wasm-bindgen's tool chain, and a library call rather
//! than the `wasm-bindgen` command, so that its version is the one in `Cargo.lock`, always equal to the version that the
//! module was compiled against.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use clap::Parser;
use wasm_bindgen_cli_support::{Bindgen, Output};

/// Write `NAME.wasm`, `glue.js` and what it imports for one wasm module compiled with wasm-bindgen.
///
/// All are modules of one folder, as a worker's are: `glue.js` imports the compiled module by itself and exports what the
/// Rust code exports.
#[derive(Parser)]
struct Args {
    /// The module as the compiler left it.
    input: PathBuf,
    /// The folder that receives the files.
    out_dir: PathBuf,
    /// The stem of the module's name.
    #[arg(long)]
    name: String,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut output = Bindgen::new()
        .input_path(&args.input)
        .out_name(&args.name)
        .module(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // An instance that has ended is replaced by the next call, also where panics abort.
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate_output()
        .with_context(|| format!("wasm-bindgen failed on {}", args.input.display()))?;

    let module = format!("{}.wasm", args.name);
    let mut glue = replaced(
        output.js(),
        &format!("import source wasmModule from \"./{}_bg.wasm\"", args.name),
        // Source-phase imports are not what workers have: there, importing a module yields it compiled.
        &format!("import wasmModule from \"./{module}\""),
    )?;
    for part in imported(&output)? {
        glue = replaced(&glue, &part.written, &part.name)?;
        // Where nothing has to be caught, the module itself names what it imports.
        for import in output.wasm_mut().imports.iter_mut() {
            if import.module == part.written {
                import.module.clone_from(&part.name);
            }
        }
        write(&args.out_dir.join(part.name), part.contents.as_bytes())?;
    }
    write(&args.out_dir.join("glue.js"), glue.as_bytes())?;
    write(&args.out_dir.join(module), &output.wasm_mut().emit_wasm())
}

/// A module in JavaScript that the glue imports.
struct Imported {
    /// The name that wasm-bindgen gives it, with a hash of where the crate is on this machine.
    written: String,
    /// The name that it gets instead.
    name: String,
    contents: String,
}

fn imported(output: &Output) -> anyhow::Result<Vec<Imported>> {
    let mut modules = Vec::new();
    let snippets = output
        .snippets()
        .iter()
        .flat_map(|(id, list)| list.iter().enumerate().map(move |(nth, js)| (id, nth, js)));
    for (number, (id, nth, contents)) in snippets.enumerate() {
        modules.push(Imported {
            written: format!("./snippets/{id}/inline{nth}.js"),
            name: format!("./snippet-{number}.js"),
            contents: contents.clone(),
        });
    }
    for (path, contents) in output.local_modules() {
        let name = Path::new(path).file_name().context("a module without a name")?;
        modules.push(Imported {
            written: format!("./snippets/{path}"),
            name: format!("./{}", name.to_string_lossy()),
            contents: contents.clone(),
        });
    }
    Ok(modules)
}

/// `text` with all of `old` replaced, of which there must be one.
fn replaced(text: &str, old: &str, new: &str) -> anyhow::Result<String> {
    ensure!(text.contains(old), "wasm-bindgen has written no {old:?}");
    Ok(text.replace(old, new))
}

fn write(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    fs::write(path, contents).with_context(|| format!("cannot write {}", path.display()))
}
