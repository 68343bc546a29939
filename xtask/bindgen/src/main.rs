//! Runs wasm-bindgen as a library over one module.
//!
//! A binary of its own, so that `cargo xtask` starts without compiling wasm-bindgen's tool chain, and a library
//! call rather than the `wasm-bindgen` command, so that its version is the one in `Cargo.lock`, always equal to
//! the version that the module was compiled against.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use wasm_bindgen_cli_support::Bindgen;

/// Write `NAME.js` (classic script) and `NAME_bg.wasm` for one wasm module compiled with wasm-bindgen.
#[derive(Parser)]
struct Args {
    /// The module as the compiler left it.
    input: PathBuf,
    /// The folder that receives the two files.
    out_dir: PathBuf,
    /// The stem of the two files' names.
    #[arg(long, default_value = "solver")]
    name: String,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&args.input)
        .out_name(&args.name)
        .no_modules(true)?
        .typescript(false)
        // The worker script holds the wasm itself: there is no file beside it to be found by default.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.generate(&args.out_dir).with_context(|| {
        format!(
            "wasm-bindgen failed on {} for {}",
            args.input.display(),
            args.out_dir.display()
        )
    })
}
