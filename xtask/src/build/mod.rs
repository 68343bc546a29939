//! `cargo xtask build`: the filter as a Proxy-Wasm module, with the browser's solver inside, and as an edge worker.

mod guests;
mod names;
mod sizes;
mod worker;

use std::{
    env::consts::EXE_SUFFIX,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use comfy_table::Table;

use crate::{
    command,
    tools::{
        Component,
        wasm_toolchain::{Panic, TARGET, WasmToolchain},
    },
    workspace::Workspace,
};

pub(crate) use self::{
    guests::guests,
    worker::{Variant, bundle},
};

/// Build the filter as a Proxy-Wasm module and as an edge worker.
///
/// Yields target/levee/levee.wasm, which Envoy and `levee serve` load, target/levee/levee.named.wasm, the same with the names
/// of its functions, for `levee inspect` and profilers, and a copy of the solver's script that the module holds and serves to
/// browsers, target/levee/solver.js; the folder target/levee/worker, the modules of a Cloudflare Worker;
/// the programs `levee` and `levee-origin`; and target/levee/guests, small filters that the embedded host is tested with.
/// Prints the sizes.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// What browsers and proxies load.
#[derive(Clone, Debug)]
pub(crate) struct Modules {
    /// The filter, for Proxy-Wasm hosts.
    pub(crate) module: PathBuf,
    /// The worker script that solves puzzles.
    pub(crate) solver: PathBuf,
}

/// What runs on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Binaries {
    /// The embedded host, `levee`.
    pub(crate) levee: PathBuf,
    /// The booking app, `levee-origin`.
    pub(crate) origin: PathBuf,
    /// wasm-bindgen's tool, `levee-bindgen`.
    bindgen: PathBuf,
}

pub(crate) fn run(_: &Args) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let modules = modules(&workspace)?;
    let bundle = bundle(&workspace, &binaries(&workspace)?, Variant::Shipped)?;
    println!("{}", sizes(&modules, &bundle)?);
    println!("{}", guests(&workspace)?);
    Ok(ExitCode::SUCCESS)
}

/// How large the modules and the worker in the folder `bundle` are, as a table.
pub(crate) fn sizes(modules: &Modules, bundle: &Path) -> anyhow::Result<Table> {
    let worker = worker::files(bundle)?;
    let mut files = vec![&*modules.module, &*modules.solver];
    files.extend(worker.iter().map(PathBuf::as_path));
    sizes::table(&files)
}

/// How large the module is, as it is and compressed, in bytes.
pub(crate) fn module_size(workspace: &Workspace) -> anyhow::Result<(usize, usize)> {
    let module = modules(workspace)?.module;
    let bytes = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    Ok((bytes.len(), sizes::gzipped(&bytes)?))
}

/// Builds the module; what is up to date costs nothing.
pub(crate) fn modules(workspace: &Workspace) -> anyhow::Result<Modules> {
    let toolchain = toolchain(workspace)?;
    let out = workspace.levee();
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;

    command::run(toolchain.cargo_build(workspace, Panic::Abort).args([
        "--package",
        "levee-proxy-wasm",
        "--profile",
        "wasm",
    ]))?;
    let built = compiled(workspace, "wasm", "levee_proxy_wasm.wasm");
    let bytes = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    write_if_changed(&out.join("levee.named.wasm"), &bytes)?;
    let shipped = names::without_names(&bytes).with_context(|| format!("cannot read {}", built.display()))?;
    let module = out.join("levee.wasm");
    write_if_changed(&module, &shipped)?;
    let solver = out.join("solver.js");
    write_if_changed(&solver, levee_solver::SCRIPT.as_bytes())?;
    Ok(Modules { module, solver })
}

/// Builds the programs that tests and the demonstration run.
pub(crate) fn binaries(workspace: &Workspace) -> anyhow::Result<Binaries> {
    // All of the workspace at once, as the tests are built: chosen one by one, packages would get other features, and
    // the largest dependencies would be compiled once more for each choice.
    command::run(
        command::cargo()
            .current_dir(workspace.root())
            .args(["build", "--workspace", "--bins"]),
    )?;
    let program = |name: &str| {
        workspace
            .target()
            .join("debug")
            .join(format!("{name}{EXE_SUFFIX}"))
    };
    Ok(Binaries {
        levee: program("levee"),
        origin: program("levee-origin"),
        bindgen: program("levee-bindgen"),
    })
}

/// The compiler for WebAssembly, installed if need be.
fn toolchain(workspace: &Workspace) -> anyhow::Result<WasmToolchain> {
    Component::WasmToolchain.require(workspace)?;
    WasmToolchain::find(workspace).context("no compiler for WebAssembly")
}

/// Where cargo puts a module.
fn compiled(workspace: &Workspace, profile: &str, file: &str) -> PathBuf {
    workspace.wasm_target().join(TARGET).join(profile).join(file)
}

/// Writes a file unless it is so already: cargo rebuilds what depends on a newer file.
fn write_if_changed(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    fs::write(path, contents).with_context(|| format!("cannot write {}", path.display()))
}
