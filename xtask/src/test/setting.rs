//! What the steps of a test run share.

use std::process::Command;

use levee_testing::tools as names;

use crate::{
    build::{self, Variant},
    command,
    tools::{Component, Status},
    workspace::Workspace,
};

/// Tests that need a tool are in modules of this name, so that they can be left out and named.
const MODULES_BY_TOOL: [(Component, &str); 11] = [
    (Component::Envoy, "needs_envoy"),
    (Component::Workerd, "needs_workerd"),
    (Component::Chromium, "needs_chromium"),
    (Component::Playwright, "needs_chromium"),
    (Component::Axe, "needs_axe"),
    (Component::W3m, "needs_w3m"),
    (Component::Postgres, "needs_postgres"),
    (Component::Schemathesis, "needs_schemathesis"),
    (Component::AssemblyScript, "needs_assemblyscript"),
    (Component::CpuGroups, "needs_cpu_quota"),
    (Component::Mounts, "needs_mounts"),
];

/// Tests that were not run.
#[derive(Clone, Debug)]
pub(super) struct LeftOut {
    /// The tool that they need.
    pub(super) tool: &'static str,
    /// Their names.
    pub(super) tests: Vec<String>,
}

/// The repository, the tools that were found and what the caller asked for.
#[derive(Debug)]
pub(super) struct Setting {
    workspace: Workspace,
    tools: Vec<(Component, Status)>,
    test_arguments: Vec<String>,
}

impl Setting {
    pub(super) fn new(
        workspace: Workspace,
        tools: Vec<(Component, Status)>,
        test_arguments: Vec<String>,
    ) -> Self {
        Self {
            workspace,
            tools,
            test_arguments,
        }
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// What the caller passes on to the tests.
    pub(super) fn test_arguments(&self) -> &[String] {
        &self.test_arguments
    }

    /// Cargo in the repository's root.
    pub(super) fn cargo(&self) -> Command {
        let mut cargo = command::cargo();
        cargo.current_dir(self.workspace.root());
        cargo
    }

    /// `cargo test` over the workspace, told where everything is that the tests run.
    pub(super) fn cargo_test(&self) -> anyhow::Result<Command> {
        let modules = build::modules(&self.workspace)?;
        let binaries = build::binaries(&self.workspace)?;
        let worker = |variant| build::bundle(&self.workspace, &binaries, variant);
        let mut cargo = self.cargo();
        cargo
            .args(["test", "--workspace"])
            .env(names::WASM, &modules.module)
            .env(names::WORKER, worker(Variant::Shipped)?)
            .env(names::WORKER_HAZARDS, worker(Variant::Hazards)?)
            .env(names::GUESTS, build::guests(&self.workspace)?.folder)
            .env(names::LEVEE, &binaries.levee)
            .env(names::ORIGIN, &binaries.origin);
        let tools = [
            (names::ENVOY, Component::Envoy),
            (names::WORKERD, Component::Workerd),
            (names::CHROMIUM, Component::Chromium),
            (names::NODE_MODULES, Component::Playwright),
            (names::W3M, Component::W3m),
            (names::POSTGRES, Component::Postgres),
            (names::SCHEMATHESIS, Component::Schemathesis),
            (names::CPU_GROUPS, Component::CpuGroups),
        ];
        for (name, component) in tools {
            if let Some(tool) = self.status(component).and_then(Status::tool) {
                cargo.env(name, &tool.location);
            }
        }
        Ok(cargo)
    }

    /// Whether a tool could not be had.
    pub(super) fn is_missing(&self, component: Component) -> bool {
        self.status(component).and_then(Status::tool).is_none()
    }

    fn status(&self, component: Component) -> Option<&Status> {
        self.tools
            .iter()
            .find(|(found, _)| *found == component)
            .map(|(_, status)| status)
    }

    /// The tools that could not be had, each with the module of the tests that need it.
    pub(super) fn missing_test_modules(&self) -> impl Iterator<Item = (Component, &'static str)> {
        MODULES_BY_TOOL
            .into_iter()
            .filter(|(component, _)| self.is_missing(*component))
    }

    /// The tests that a missing tool keeps from running, by name.
    pub(super) fn left_out(&self) -> anyhow::Result<Vec<LeftOut>> {
        self.missing_test_modules()
            .map(|(component, module)| {
                let list = command::output(self.cargo_test()?.args(["--quiet", "--", "--list", module]))?;
                let tests = list.lines().filter_map(|line| line.strip_suffix(": test"));
                Ok(LeftOut {
                    tool: component.name(),
                    tests: tests.map(str::to_owned).collect(),
                })
            })
            .collect()
    }
}
