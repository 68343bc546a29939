//! The compiler for wasm32-unknown-unknown, chosen here and nowhere else.
//!
//! It is the toolchain that runs this program, when that has the target's standard library, as rustup installs it
//! by itself from `rust-toolchain.toml`. Where rustup cannot fetch it, Debian's compiler stands in, which brings
//! the standard library as source and builds it on the way.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Tool, apt};
use crate::{command, workspace::Workspace};

/// The target of the modules.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_LINKER: &str = "/usr/bin/lld-22";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std";

/// What a panic does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panic {
    /// It ends the instance.
    Abort,
    /// It ends what a `catch_unwind` is around, where the standard library is built on the way; else it aborts as well: the
    /// one that comes with the target knows nothing else.
    Unwind,
}

/// A compiler that can build the modules.
#[derive(Clone, Debug)]
pub(crate) enum WasmToolchain {
    /// The one that runs this program.
    Active { version: String, sysroot: PathBuf },
    /// Debian's, with the standard library as source.
    Debian { version: String },
}

impl WasmToolchain {
    /// The compiler to use, if there is one.
    pub(crate) fn find(workspace: &Workspace) -> Option<Self> {
        active(workspace).or_else(debian)
    }

    /// What `setup` shows.
    pub(crate) fn tool(&self) -> Tool {
        match self {
            Self::Active { version, sysroot } => Tool {
                version: version.clone(),
                location: sysroot.clone(),
            },
            Self::Debian { version } => Tool {
                version: version.clone(),
                location: PathBuf::from(DEBIAN_RUSTC),
            },
        }
    }

    /// `cargo build` for the target, in the repository's root and its target directory for WebAssembly.
    pub(crate) fn cargo_build(&self, workspace: &Workspace, panic: Panic) -> Command {
        let mut cargo = match self {
            Self::Active { .. } => command::cargo(),
            Self::Debian { .. } => debian_cargo(),
        };
        cargo
            .current_dir(workspace.root())
            .args(["build", "--target", TARGET, "--target-dir"]);
        cargo.arg(workspace.wasm_target());
        match (self, panic) {
            (Self::Active { .. }, _) => {}
            (Self::Debian { .. }, Panic::Abort) => {
                cargo.arg("-Zbuild-std=std,panic_abort");
            }
            (Self::Debian { .. }, Panic::Unwind) => {
                // Cargo leaves the target's default alone for a profile that unwinds, and the target's is to abort.
                cargo
                    .arg("-Zbuild-std=std,panic_unwind")
                    .env("RUSTFLAGS", "-Cpanic=unwind");
            }
        }
        cargo
    }
}

/// Installs Debian's compiler. rustup is left alone: whether it may download is its owner's choice.
pub(super) fn install() -> anyhow::Result<()> {
    apt::install(&DEBIAN_PACKAGES, &format!("run: rustup target add {TARGET}"))
}

fn active(workspace: &Workspace) -> Option<WasmToolchain> {
    let rustc = || {
        let mut command = Command::new("rustc");
        command.current_dir(workspace.root());
        command
    };
    let libraries = command::output(rustc().args(["--print", "target-libdir", "--target", TARGET])).ok()?;
    if !Path::new(libraries.trim()).exists() {
        return None;
    }
    let sysroot = command::output(rustc().args(["--print", "sysroot"])).ok()?;
    let version = version(&command::output(rustc().arg("--version")).ok()?)?;
    Some(WasmToolchain::Active {
        version,
        sysroot: PathBuf::from(sysroot.trim()),
    })
}

fn debian() -> Option<WasmToolchain> {
    let complete = [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_LINKER, DEBIAN_SOURCE]
        .iter()
        .all(|path| Path::new(path).exists());
    if !complete {
        return None;
    }
    let version = version(&command::output(debian_command(DEBIAN_RUSTC).arg("--version")).ok()?)?;
    Some(WasmToolchain::Debian { version })
}

/// `1.96.0` of `rustc 1.96.0 (ac68faa20 2026-05-25) ...`.
fn version(answer: &str) -> Option<String> {
    answer.split_whitespace().nth(1).map(str::to_owned)
}

fn debian_cargo() -> Command {
    let mut cargo = debian_command(DEBIAN_CARGO);
    cargo
        .env("RUSTC", DEBIAN_RUSTC)
        // Building the standard library from source is an unstable option of a stable compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        // The target's usual linker, rust-lld, is not part of Debian's compiler.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
    cargo
}

/// A program of Debian's toolchain, out of reach of what rustup and the cargo above have set.
fn debian_command(program: &str) -> Command {
    let mut command = Command::new(program);
    command::forget_this_package(&mut command);
    for name in [
        "CARGO",
        "LD_LIBRARY_PATH",
        "RUSTDOC",
        "RUSTUP_TOOLCHAIN",
        "RUST_RECURSION_COUNT",
    ] {
        command.env_remove(name);
    }
    command.env("PATH", debian_first(env::var_os("PATH").unwrap_or_default()));
    command
}

fn debian_first(path: OsString) -> OsString {
    let mut first = OsString::from("/usr/bin:");
    first.push(path);
    first
}
