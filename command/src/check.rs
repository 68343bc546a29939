//! `levee check`.

use clap::Args;

use crate::guest::GuestArguments;

const EXAMPLES: &str = "Examples:
  levee check --module levee.wasm --config levee.json

Exit code 0 if the filter takes the configuration, 1 if not; then everything it logged is shown.";

/// Arguments of `levee check`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    guest: GuestArguments,
}

/// Starts the filter in a VM, as a proxy would, and drops it again.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let host = arguments.guest.host()?.workers(0).start()?;
    for line in host.log() {
        println!("{}: {}", line.level, line.message);
    }
    println!("the filter takes this configuration");
    Ok(())
}
