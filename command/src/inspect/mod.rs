//! `levee inspect`.

mod report;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, builder::PossibleValuesParser};
use levee_harness::inspect::{
    Inspection, LARGE_FUNCTIONS, MAX_BYTES, Verdict,
    hosts::{HOSTS, Host},
};

use crate::output::{print, write};

const EXAMPLES: &str = "Examples:
  levee inspect levee.wasm
  levee inspect levee.wasm --host ngx_wasm_module
  levee inspect levee.wasm --json - | jq '.imports[] | select(.kind == \"unknown-function\") | .name'

Nothing of the module is executed. What is known of the hosts, and from where, stands in the output of --json.

Exit codes:
  0  it is a filter, and none of the chosen hosts refuses it
  1  it is none, is broken, has functions of a wrong type, imports what a chosen host does not know, or is refused
  2  the arguments are wrong";

/// Hosts that a module has to fit unless others are chosen.
const USUAL_HOSTS: [&str; 2] = ["levee", "envoy"];

/// Arguments of `levee inspect`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The filter: a WebAssembly module.
    #[arg(value_name = "MODULE")]
    module: PathBuf,
    /// The host that it has to fit, and of which everything is told; may be given several times.
    #[arg(long, value_name = "HOST", value_parser = PossibleValuesParser::new(HOSTS.iter().map(|host| host.id)))]
    host: Vec<String>,
    /// Write everything as JSON to a file; to standard output with "-", and then nothing else.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// How many of the largest functions are listed.
    #[arg(long, value_name = "N", default_value_t = LARGE_FUNCTIONS as u16, value_parser = clap::value_parser!(u16).range(0..=1000))]
    top: u16,
}

/// Tells what there is to know about a module.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let path = &arguments.module;
    let bytes = read(path).with_context(|| format!("cannot read the module {}", path.display()))?;
    let inspection = Inspection::with_large_functions(&bytes, arguments.top.into())
        .with_context(|| format!("cannot inspect {}", path.display()))?;

    let chosen: Vec<&Host> = if arguments.host.is_empty() {
        USUAL_HOSTS.iter().filter_map(|id| Host::with_id(id)).collect()
    } else {
        arguments.host.iter().filter_map(|id| Host::with_id(id)).collect()
    };
    let to_stdout = arguments.json.as_deref() == Some(Path::new("-"));
    if let Some(file) = &arguments.json {
        let json = serde_json::to_string_pretty(&inspection)? + "\n";
        write(file, &json)?;
    }
    if !to_stdout {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        print(&report::of(
            &name,
            &inspection,
            &chosen,
            !arguments.host.is_empty(),
        ))?;
    }
    Ok(if is_fit(&inspection, &chosen) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Reads a file, but not more of it than is inspected.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether nothing is wrong with a module, and no host that it is meant for refuses it or does not know its imports.
fn is_fit(inspection: &Inspection, chosen: &[&'static Host]) -> bool {
    let abi = inspection.exports.abi;
    let functions = || {
        inspection
            .imports
            .iter()
            .filter(|import| import.signature.is_some())
    };
    inspection.problems.is_empty()
        && chosen.iter().all(|host| {
            inspection.on(host).verdict != Verdict::Refused
                && functions().all(|import| host.knows(&import.module, &import.name, abi))
        })
}
