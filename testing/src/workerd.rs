//! workerd, the runtime of Cloudflare Workers, as a process.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Program, StartError, workerd_config};

/// A certificate and its key, both as PEM.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    /// The certificate, or a chain of them.
    pub chain: &'a str,
    /// Its private key.
    pub key: &'a str,
}

/// A worker: an isolate with a socket of its own.
#[derive(Clone, Debug)]
pub struct Worker<'a> {
    /// What its socket is called, and what it is called among the others.
    pub name: String,
    /// The folder with its modules, of which `index.js` is the main one.
    pub bundle: &'a Path,
    /// What it finds in its environment besides the Durable Objects: names and texts.
    pub bindings: &'a [(&'a str, &'a str)],
    /// Its Durable Objects, if it has any.
    pub objects: Option<Objects>,
}

/// Durable Objects with a database each.
#[derive(Clone, Debug)]
pub struct Objects {
    /// Their class.
    pub class: &'static str,
    /// Where a worker finds them in its environment.
    pub binding: &'static str,
    /// The name of the worker that they live in, and of the folder that has what they store.
    pub owner: String,
}

impl Objects {
    /// Those of Levee, which live in the worker called `owner`.
    #[must_use]
    pub const fn levee(owner: String) -> Self {
        Self {
            class: "LeveeLedger",
            binding: "LEVEE_LEDGER",
            owner,
        }
    }
}

impl<'a> Worker<'a> {
    /// Levee `count` times, as `levee-0` and so on. The Durable Objects are those of all together, and live in the first.
    #[must_use]
    pub fn levee(bundle: &'a Path, bindings: &'a [(&'a str, &'a str)], count: usize) -> Vec<Self> {
        let name = |nth| format!("levee-{nth}");
        (0..count)
            .map(|nth| Self {
                name: name(nth),
                bundle,
                bindings,
                objects: Some(Objects::levee(name(0))),
            })
            .collect()
    }
}

/// What workerd is started with.
#[derive(Clone, Copy, Debug)]
pub struct WorkerdOptions<'a> {
    /// The program `workerd`.
    pub binary: &'a Path,
    /// The workers that it runs.
    pub workers: &'a [Worker<'a>],
    /// Where every request that a worker makes goes, whatever its URL says.
    pub origin: SocketAddr,
    /// An existing folder for what the Durable Objects store; a later start on the same folder goes on with it. Without one,
    /// it is gone with the guard.
    pub storage: Option<&'a Path>,
    /// With one, the sockets speak https.
    pub certificate: Option<Certificate<'a>>,
}

/// A running workerd; ends when dropped, at once: asked to end, it would wait for its requests.
#[derive(Debug)]
pub struct Workerd {
    program: Program,
    addresses: Vec<SocketAddr>,
    _scratch: TempDir,
}

impl Workerd {
    /// The request header that holds, as JSON, what the edge knows of a connection: `request.cf` of the worker. The origin
    /// finds in it what a forwarded request has.
    pub const CF: &'static str = workerd_config::CF;

    /// Starts workerd on free ports of 127.0.0.1 and returns when it listens.
    ///
    /// # Errors
    /// [`StartError`], with what workerd wrote: [`StartError::Ended`] for modules that it cannot load.
    pub fn start(options: WorkerdOptions<'_>) -> Result<Self, StartError> {
        let cannot = |source| StartError::Spawn {
            program: options.binary.to_owned(),
            source,
        };
        let scratch = prepare(options).map_err(cannot)?;
        let mut program = Program::spawn(
            Command::new(options.binary)
                // Paths in the configuration start from here.
                .current_dir(scratch.path())
                // Which port a socket got is told on standard output, before anything that the worker writes.
                .args(["serve", "--control-fd=1", CONFIG_FILE]),
        )?;
        let addresses = program.wait_until(|program| {
            let log = program.log();
            options
                .workers
                .iter()
                .map(|worker| address(&log, &worker.name))
                .collect()
        })?;
        Ok(Self {
            program,
            addresses,
            _scratch: scratch,
        })
    }

    /// Where the workers listen, in their order.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The process; what it has written includes what the worker has.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The process, to wait for what it writes or to kill it.
    pub fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }
}

const CONFIG_FILE: &str = "config.capnp";

/// A folder with the configuration, the modules that it embeds, and a place to store things.
fn prepare(options: WorkerdOptions<'_>) -> io::Result<TempDir> {
    let scratch = tempfile::Builder::new().prefix("levee-workerd-").tempdir()?;
    let mut services = Vec::new();
    for worker in options.workers {
        let modules = copy(worker.bundle, &scratch.path().join(&worker.name))?;
        services.push((worker, modules));
    }
    let storage = match options.storage {
        Some(folder) => fs::canonicalize(folder)?,
        None => default_storage(&scratch)?,
    };
    let config = workerd_config::text(options, &services, &storage).map_err(io::Error::other)?;
    fs::write(scratch.path().join(CONFIG_FILE), config)?;
    Ok(scratch)
}

/// Copies the files in a folder to a new one; returns their names.
fn copy(from: &Path, to: &Path) -> io::Result<Vec<String>> {
    fs::create_dir(to)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

fn default_storage(scratch: &TempDir) -> io::Result<PathBuf> {
    let folder = scratch.path().join(workerd_config::STORAGE);
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// Where the socket with this name listens, from the message about it.
fn address(log: &str, name: &str) -> Option<SocketAddr> {
    let complete = log.rsplit_once('\n')?.0;
    complete.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        if message.get("socket")?.as_str()? != name {
            return None;
        }
        let port = u16::try_from(message.get("port")?.as_u64()?).ok()?;
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_from_complete_messages_only() {
        let log = concat!(
            "{\"event\":\"listen\",\"socket\":\"levee-1\",\"port\":40163}\n",
            "a line of the worker's\n",
            "{\"event\":\"listen\",\"socket\":\"levee-0\",\"port\":4"
        );
        assert_eq!(
            address(log, "levee-1"),
            Some(SocketAddr::from(([127, 0, 0, 1], 40163)))
        );
        assert_eq!(address(log, "levee-0"), None);
    }
}
