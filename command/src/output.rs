//! Standard output.

use std::io::{self, Write as _};

use anyhow::Context as _;

/// Prints to standard output, of which the reader may have seen enough.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
