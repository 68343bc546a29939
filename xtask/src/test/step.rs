//! The steps of a test run.

use std::{ffi::OsString, fs, process::Command};

use anyhow::{Context as _, ensure};
use clap::ValueEnum;

use super::setting::Setting;
use crate::{
    build::{self, Variant},
    command,
    tools::Component,
};

/// What came of a step.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Passed,
    /// With what failed.
    Failed(String),
    /// With the reason.
    Skipped(String),
}

/// One step; they run in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Step {
    /// `cargo fmt --check`
    Format,
    /// `cargo clippy` with every warning an error
    Lint,
    /// The modules and the programs
    Build,
    /// `cargo test` over the workspace
    Tests,
    /// The parts of the solver's script under Node.js
    SolverScript,
    /// `cargo doc` with every warning an error
    Docs,
    /// The demonstration on the embedded host
    DemoWasmtime,
    /// The demonstration on Envoy
    DemoEnvoy,
    /// The demonstration on workerd
    DemoWorkerd,
}

impl Step {
    pub(super) const ALL: [Self; 9] = [
        Self::Format,
        Self::Lint,
        Self::Build,
        Self::Tests,
        Self::SolverScript,
        Self::Docs,
        Self::DemoWasmtime,
        Self::DemoEnvoy,
        Self::DemoWorkerd,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Build => "build",
            Self::Tests => "tests",
            Self::SolverScript => "solver-script",
            Self::Docs => "docs",
            Self::DemoWasmtime => "demo-wasmtime",
            Self::DemoEnvoy => "demo-envoy",
            Self::DemoWorkerd => "demo-workerd",
        }
    }

    /// Whether the step runs what the build yields, so that it is pointless after a failed one.
    pub(super) fn needs_build(self) -> bool {
        matches!(
            self,
            Self::Tests | Self::DemoWasmtime | Self::DemoEnvoy | Self::DemoWorkerd
        )
    }

    /// The tool without which there is nothing to run.
    fn needs_tool(self) -> Option<Component> {
        match self {
            Self::SolverScript => Some(Component::Playwright),
            Self::DemoEnvoy => Some(Component::Envoy),
            Self::DemoWorkerd => Some(Component::Workerd),
            _ => None,
        }
    }

    /// Runs the step. A tool that is missing where nothing depends on its presence makes it a skipped one.
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<Outcome> {
        if let Some(tool) = self.needs_tool().filter(|tool| setting.is_missing(*tool)) {
            return Ok(Outcome::Skipped(format!("{} is missing", tool.name())));
        }
        match self {
            Self::Format => format(setting)?,
            Self::Lint => lint(setting)?,
            Self::Build => build(setting)?,
            Self::Tests => tests(setting)?,
            Self::SolverScript => solver_script(setting)?,
            Self::Docs => docs(setting)?,
            Self::DemoWasmtime => demo(setting, "wasmtime")?,
            Self::DemoEnvoy => demo(setting, "envoy")?,
            Self::DemoWorkerd => demo(setting, "workerd")?,
        }
        Ok(Outcome::Passed)
    }
}

fn format(setting: &Setting) -> anyhow::Result<()> {
    command::run(setting.cargo().args(["fmt", "--all", "--check"]))
}

fn lint(setting: &Setting) -> anyhow::Result<()> {
    command::run(setting.cargo().args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn build(setting: &Setting) -> anyhow::Result<()> {
    let modules = build::modules(setting.workspace())?;
    let binaries = build::binaries(setting.workspace())?;
    let bundle = build::bundle(setting.workspace(), &binaries, Variant::Shipped)?;
    println!("{}", build::sizes(&modules, &bundle)?);
    println!("{}", build::guests(setting.workspace())?);
    Ok(())
}

fn tests(setting: &Setting) -> anyhow::Result<()> {
    let mut cargo = setting.cargo_test()?;
    cargo
        .arg("--no-fail-fast")
        .arg("--")
        .args(setting.test_arguments());
    for (_, module) in setting.missing_test_modules() {
        cargo.args(["--skip", module]);
    }
    command::run(&mut cargo)
}

fn solver_script(setting: &Setting) -> anyhow::Result<()> {
    let folder = setting.workspace().root().join("filter/solver/js");
    let mut scripts = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            scripts.push(path);
        }
    }
    ensure!(!scripts.is_empty(), "no *.test.mjs in {}", folder.display());
    scripts.sort();
    command::run(Command::new("node").arg("--test").args(&scripts))
}

fn docs(setting: &Setting) -> anyhow::Result<()> {
    command::run(
        setting
            .cargo()
            .args(["doc", "--quiet", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// The README's command, shorter; its figures stay beside the modules.
fn demo(setting: &Setting, host: &str) -> anyhow::Result<()> {
    let figures: OsString = setting
        .workspace()
        .levee()
        .join(format!("demo-{host}.json"))
        .into();
    command::run(
        setting
            .cargo()
            .args(["xtask", "demo", "--host", host, "--seconds", "20", "--json"])
            .arg(figures),
    )
}
