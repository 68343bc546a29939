//! The programs that this repository uses but does not build: each is found or installed at a pinned version.

mod apt;
mod assemblyscript;
mod browser_tests;
mod chromium;
mod cpu_groups;
mod envoy;
mod mounts;
pub(crate) mod npm;
pub(crate) mod peers;
mod postgres;
mod schemathesis;
mod w3m;
pub(crate) mod wasm_toolchain;
mod workerd;

use std::{env, path::PathBuf};

use anyhow::{Context as _, bail};

use crate::workspace::Workspace;

/// A tool that was found.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    pub(crate) version: String,
    pub(crate) location: PathBuf,
}

/// A tool that the repository may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    /// A compiler for wasm32-unknown-unknown.
    WasmToolchain,
    /// The proxy that the filter is made for.
    Envoy,
    /// What runs the edge worker here.
    Workerd,
    /// The browser of the tests.
    Chromium,
    /// What drives the browser.
    Playwright,
    /// What looks for faults of pages in the browser.
    Axe,
    /// The browser without scripts.
    W3m,
    /// The server that the booking app may keep its tickets in.
    Postgres,
    /// What tests the booking app's API by its description.
    Schemathesis,
    /// A compiler for a guest in another language.
    AssemblyScript,
    /// What makes a slow device of this machine.
    CpuGroups,
    /// What makes a small disk of its memory.
    Mounts,
}

/// What came of looking for a tool.
#[derive(Clone, Debug)]
pub(crate) enum Status {
    Present(Tool),
    Installed(Tool),
    /// With what to do about it.
    Missing(String),
}

impl Component {
    pub(crate) const ALL: [Self; 12] = [
        Self::WasmToolchain,
        Self::Envoy,
        Self::Workerd,
        Self::Chromium,
        Self::Playwright,
        Self::Axe,
        Self::W3m,
        Self::Postgres,
        Self::Schemathesis,
        Self::AssemblyScript,
        Self::CpuGroups,
        Self::Mounts,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WasmToolchain => "wasm32 compiler",
            Self::Envoy => "envoy",
            Self::Workerd => "workerd",
            Self::Chromium => "chromium",
            Self::Playwright => "playwright-core",
            Self::Axe => "axe-core",
            Self::W3m => "w3m",
            Self::Postgres => "postgresql",
            Self::Schemathesis => "schemathesis",
            Self::AssemblyScript => "assemblyscript",
            Self::CpuGroups => "cpu control groups",
            Self::Mounts => "private mounts",
        }
    }

    /// Whether somebody who lacks it can get it: all but what the machine's kernel allows or does not.
    pub(crate) fn can_be_installed(self) -> bool {
        !matches!(self, Self::CpuGroups | Self::Mounts)
    }

    /// The tool, if it is there.
    pub(crate) fn find(self, workspace: &Workspace) -> Option<Tool> {
        match self {
            Self::WasmToolchain => wasm_toolchain::WasmToolchain::find(workspace).map(|found| found.tool()),
            Self::Envoy => envoy::find(workspace),
            Self::Workerd => workerd::find(workspace),
            Self::Chromium => chromium::find(),
            Self::Playwright => browser_tests::find(browser_tests::PLAYWRIGHT, workspace),
            Self::Axe => browser_tests::find(browser_tests::AXE, workspace),
            Self::W3m => w3m::find(),
            Self::Postgres => postgres::find(),
            Self::Schemathesis => schemathesis::find(workspace),
            Self::AssemblyScript => assemblyscript::find(workspace),
            Self::CpuGroups => cpu_groups::find(),
            Self::Mounts => mounts::find(),
        }
    }

    fn install(self, workspace: &Workspace) -> anyhow::Result<()> {
        println!("Installing {} ...", self.name());
        match self {
            Self::WasmToolchain => wasm_toolchain::install(),
            Self::Envoy => envoy::install(workspace),
            Self::Workerd => workerd::install(workspace),
            Self::Chromium => chromium::install(),
            Self::Playwright => browser_tests::install(browser_tests::PLAYWRIGHT, workspace),
            Self::Axe => browser_tests::install(browser_tests::AXE, workspace),
            Self::W3m => w3m::install(),
            Self::Postgres => postgres::install(),
            Self::Schemathesis => schemathesis::install(workspace),
            Self::AssemblyScript => assemblyscript::install(workspace),
            Self::CpuGroups => cpu_groups::install(),
            Self::Mounts => mounts::install(),
        }
    }

    /// The tool, installed if need be.
    pub(crate) fn require(self, workspace: &Workspace) -> anyhow::Result<Tool> {
        match self.ensure(workspace) {
            Status::Present(tool) | Status::Installed(tool) => Ok(tool),
            Status::Missing(instruction) => bail!("{} is missing: {instruction}", self.name()),
        }
    }

    /// Finds the tool or installs it.
    pub(crate) fn ensure(self, workspace: &Workspace) -> Status {
        if let Some(tool) = self.find(workspace) {
            return Status::Present(tool);
        }
        let installed = self.install(workspace).and_then(|()| {
            self.find(workspace)
                .with_context(|| format!("{} is not found after its installation", self.name()))
        });
        match installed {
            Ok(tool) => Status::Installed(tool),
            Err(error) => Status::Missing(format!("{error:#}")),
        }
    }
}

impl Status {
    pub(crate) fn tool(&self) -> Option<&Tool> {
        match self {
            Self::Present(tool) | Self::Installed(tool) => Some(tool),
            Self::Missing(_) => None,
        }
    }
}

/// Refuses to install a tool where the environment variable `name` names another one, which was found unfit.
fn refuse_to_override(name: &str) -> anyhow::Result<()> {
    match env::var(name) {
        Ok(path) => bail!("{name} names {path}, which does not answer to --version; correct or unset it"),
        Err(_) => Ok(()),
    }
}

/// Envoy's program, installed if need be.
pub(crate) fn envoy(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    Component::Envoy.require(workspace).map(|tool| tool.location)
}

/// workerd's program, installed if need be.
pub(crate) fn workerd(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    Component::Workerd.require(workspace).map(|tool| tool.location)
}
