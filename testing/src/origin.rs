//! The booking app as a process.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Program, StartError};

/// What a booking app is started with.
#[derive(Clone, Copy, Debug)]
pub struct OriginOptions<'a> {
    /// The program `levee-origin`.
    pub binary: &'a Path,
    /// An existing folder for its database and access log; a later start on the same folder goes on with them.
    pub directory: &'a Path,
    /// What an examination costs, and who reports that it has been paid; `None` for nothing to pay.
    pub payments: Option<Payments<'a>>,
    /// The file with the token of the desk; `None` for no desk.
    pub desk_token_file: Option<&'a Path>,
}

/// How a booking app is paid.
#[derive(Clone, Copy, Debug)]
pub struct Payments<'a> {
    /// The fee, in dong.
    pub fee: u64,
    /// The file with the key that the provider signs its call-backs with.
    pub key_file: &'a Path,
}

/// A running booking app; ends when dropped.
#[derive(Debug)]
pub struct Origin {
    program: Program,
    address: SocketAddr,
    database: PathBuf,
    access_log: PathBuf,
}

impl Origin {
    /// Starts the app on a free port of 127.0.0.1 and returns when it listens.
    ///
    /// # Errors
    /// [`StartError`], with what the app wrote.
    pub fn start(options: OriginOptions<'_>) -> Result<Self, StartError> {
        let database = options.directory.join("origin.sqlite");
        let access_log = options.directory.join("origin-access.jsonl");
        let mut command = Command::new(options.binary);
        command
            .args(["--listen", "127.0.0.1:0", "--database"])
            .arg(&database)
            .arg("--access-log")
            .arg(&access_log);
        if let Some(Payments { fee, key_file }) = options.payments {
            command
                .args(["--fee", &fee.to_string(), "--pay-to", "970436:0123456789"])
                .arg("--payment-key-file")
                .arg(key_file);
        }
        if let Some(file) = options.desk_token_file {
            command.arg("--desk-token-file").arg(file);
        }
        let mut program = Program::spawn(&mut command)?;
        let address = program.wait_for_address()?;
        Ok(Self {
            program,
            address,
            database,
            access_log,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The SQLite file that holds the tickets.
    #[must_use]
    pub fn database(&self) -> &Path {
        &self.database
    }

    /// One JSON object a line for each request that reached the app.
    #[must_use]
    pub fn access_log(&self) -> &Path {
        &self.access_log
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
