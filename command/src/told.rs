//! What replays and rehearsals have in common: which scenario, and where it is told what was found.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use comfy_table::{Table, presets};
use levee_rehearsal::scenario::{Scenario, Shipped, shipped as find};
use levee_report::{Findings, html, json, table};

use crate::output::write;

/// Where the findings go.
#[derive(Debug, Args)]
pub(crate) struct Told {
    /// Write the report to this folder, as report.html and findings.json.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the findings to this file, as JSON; - is standard output, and nothing else is written there.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Told {
    /// Tells the findings. The exit code says whether what was promised was kept.
    pub(crate) fn tell(&self, findings: &Findings) -> anyhow::Result<ExitCode> {
        let value = serde_json::to_string_pretty(&json::value(findings)?)? + "\n";
        if self.json.as_deref() != Some(Path::new("-")) {
            println!("{}", table::text(findings));
        }
        if let Some(path) = &self.json {
            write(path, &value)?;
        }
        if let Some(folder) = &self.out {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
            write(&folder.join("report.html"), &html::page(findings))?;
            write(&folder.join("findings.json"), &value)?;
        }
        Ok(ExitCode::from(u8::from(!findings.held())))
    }
}

/// A scenario by file or by name, with what it is called and its text.
pub(crate) fn scenario(named: &str) -> anyhow::Result<(String, Scenario, String)> {
    if let Some(shipped) = find(named) {
        let scenario = Scenario::parse(named, shipped.text)?;
        return Ok((named.to_owned(), scenario, shipped.text.to_owned()));
    }
    let path = Path::new(named);
    if !path.exists() {
        let names = Shipped::ALL.map(|shipped| shipped.name).join(", ");
        anyhow::bail!("there is no file {named}, and no scenario of that name comes with Levee: {names}");
    }
    let (scenario, text) = Scenario::read(path)?;
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok((name, scenario, text))
}

/// A scenario that comes with Levee, by name.
pub(crate) fn shipped(name: &str) -> Result<Shipped, String> {
    find(name).ok_or_else(|| {
        let names = Shipped::ALL.map(|shipped| shipped.name).join(", ");
        format!("the scenarios that come with Levee are {names}")
    })
}

/// The scenarios that come with Levee, as a table.
pub(crate) fn list() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for shipped in Shipped::ALL {
        let title = Scenario::parse(shipped.name, shipped.text).map(|scenario| scenario.title.en);
        table.add_row([
            shipped.name.to_owned(),
            title.unwrap_or_else(|error| error.to_string()),
        ]);
    }
    table
}
