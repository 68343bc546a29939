//! `levee serve`, the filter on wasmtime, as a process.

use std::{io, net::SocketAddr, path::Path, process::Command};

use tempfile::NamedTempFile;

use crate::{Program, StartError};

/// What `levee serve` is started with.
#[derive(Clone, Copy, Debug)]
pub struct ServeOptions<'a> {
    /// The program `levee`.
    pub binary: &'a Path,
    /// The Proxy-Wasm module.
    pub module: &'a Path,
    /// The plugin configuration, as text.
    pub configuration: &'a str,
    /// Where admitted requests go.
    pub upstream: SocketAddr,
    /// Worker threads, each with a VM of its own.
    pub workers: u32,
}

/// A running `levee serve`; ends when dropped.
#[derive(Debug)]
pub struct Serve {
    program: Program,
    address: SocketAddr,
    _configuration: NamedTempFile,
}

impl Serve {
    /// Starts the proxy on a free port of 127.0.0.1 and returns when it listens.
    ///
    /// # Errors
    /// [`StartError`], with what the proxy wrote: [`StartError::Ended`] for a refused configuration.
    pub fn start(options: ServeOptions<'_>) -> Result<Self, StartError> {
        let configuration =
            write_configuration(options.configuration).map_err(|source| StartError::Spawn {
                program: options.binary.to_owned(),
                source,
            })?;
        let mut program = Program::spawn(
            Command::new(options.binary)
                .args(["serve", "--listen", "127.0.0.1:0", "--module"])
                .arg(options.module)
                .arg("--config")
                .arg(configuration.path())
                .args(["--upstream", &format!("http://{}", options.upstream)])
                .args(["--workers", &options.workers.to_string()]),
        )?;
        let address = program.wait_for_address()?;
        Ok(Self {
            program,
            address,
            _configuration: configuration,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The process, to wait for what it writes or to kill it.
    pub fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }
}

fn write_configuration(text: &str) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new()
        .prefix("levee-")
        .suffix(".json")
        .tempfile()?;
    std::fs::write(file.path(), text)?;
    Ok(file)
}
