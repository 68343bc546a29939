//! `levee completions`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::output::print;

const EXAMPLES: &str = "Examples:
  source <(levee completions bash)
  levee completions zsh > \"${fpath[1]}/_levee\"
  levee completions fish > ~/.config/fish/completions/levee.fish";

/// Arguments of `levee completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shell that is to complete the command's arguments.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints a script that a shell completes the command's arguments with.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut command = crate::Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "levee", &mut script);
    print(&String::from_utf8_lossy(&script))
}
