//! One child process with its output kept.

use std::{
    fs::{self, File},
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long a program may take to become ready: only a bound for one that hangs, generous because a module is
/// compiled at start and the machine may be busy.
const START_LIMIT: Duration = Duration::from_secs(120);

/// How often the state of a starting program is looked at.
const POLL: Duration = Duration::from_millis(10);

/// What a program prints in front of the address that it listens on.
const ANNOUNCEMENT: &str = "listening on http://";

/// Why a program did not become ready. Every variant that follows a start holds all that the program wrote.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The program could not be run, or a file that it needs could not be written.
    #[error("cannot start {program}: {source}")]
    Spawn {
        /// The program's path.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program ended by itself before it was ready; so a configuration that it refuses is told.
    #[error("{program} ended with {status} before it was ready; it wrote:\n{log}")]
    Ended {
        /// The program's path.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// Its standard output and error.
        log: String,
    },
    /// The program runs but did not become ready in time.
    #[error("{program} was not ready after {} s; it wrote:\n{log}", START_LIMIT.as_secs())]
    NotReady {
        /// The program's path.
        program: PathBuf,
        /// Its standard output and error.
        log: String,
    },
}

/// A running program: its output goes to a file of its own, and it is killed when the guard is dropped.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    child: Child,
    scratch: TempDir,
}

impl Program {
    /// Starts `command` with standard output and error kept.
    ///
    /// # Errors
    /// [`StartError::Spawn`] when it cannot be run.
    pub fn spawn(command: &mut Command) -> Result<Self, StartError> {
        let path = PathBuf::from(command.get_program());
        Self::try_spawn(command, &path).map_err(|source| StartError::Spawn {
            program: path,
            source,
        })
    }

    fn try_spawn(command: &mut Command, path: &Path) -> io::Result<Self> {
        let scratch = tempfile::Builder::new().prefix("levee-").tempdir()?;
        let output = File::create(scratch.path().join("log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        Ok(Self {
            path: path.to_owned(),
            child,
            scratch,
        })
    }

    /// Waits until `ready` yields a value.
    ///
    /// # Errors
    /// [`StartError::Ended`] as soon as the program has ended, [`StartError::NotReady`] after two minutes.
    pub fn wait_until<T>(&mut self, mut ready: impl FnMut(&Self) -> Option<T>) -> Result<T, StartError> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Some(value) = ready(self) {
                return Ok(value);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(StartError::Ended {
                    program: self.path.clone(),
                    status,
                    log: self.log(),
                });
            }
            if Instant::now() > deadline {
                return Err(StartError::NotReady {
                    program: self.path.clone(),
                    log: self.log(),
                });
            }
            thread::sleep(POLL);
        }
    }

    /// Waits for the line `listening on http://ADDRESS:PORT` and returns that address.
    ///
    /// # Errors
    /// As [`Program::wait_until`].
    pub fn wait_for_address(&mut self) -> Result<SocketAddr, StartError> {
        self.wait_until(|program| announced_address(&program.log()))
    }

    /// All that the program has written so far, standard output and error in one; empty if it cannot be read.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(self.scratch.path().join("log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The memory that the process holds resident, in bytes.
    ///
    /// # Errors
    /// When `/proc` does not tell: the process has ended, or the system is not Linux.
    pub fn resident_bytes(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        resident_bytes(&status).ok_or_else(|| io::Error::other("no VmRSS in the status of the process"))
    }

    /// Kills the program at once, as a crash would, and waits until it is gone.
    pub fn kill(&mut self) {
        // Both fail only for a process that is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The address in the first complete line that announces one.
fn announced_address(log: &str) -> Option<SocketAddr> {
    let complete = log.rsplit_once('\n')?.0;
    complete.lines().find_map(|line| {
        line.split_once(ANNOUNCEMENT)?
            .1
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    })
}

/// The resident size in the text of `/proc/PID/status`, which counts in units of 1,024 bytes.
fn resident_bytes(status: &str) -> Option<u64> {
    let field = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = field.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program::spawn(Command::new("sh").args(["-c", script])).expect("a shell")
    }

    #[test]
    fn the_announced_address_is_found_among_other_lines() {
        let log = "starting\nlistening on http://127.0.0.1:4711\nready\n";
        assert_eq!(
            announced_address(log),
            Some(SocketAddr::from(([127, 0, 0, 1], 4711)))
        );
    }

    #[test]
    fn half_a_line_announces_nothing() {
        assert_eq!(announced_address("listening on http://127.0.0.1:47"), None);
    }

    #[test]
    fn a_program_that_ends_too_early_is_told_with_what_it_wrote() {
        let error = shell("echo out; echo bad configuration >&2; exit 3")
            .wait_for_address()
            .expect_err("it never listens");
        let StartError::Ended { status, log, .. } = error else {
            panic!("expected an early end, found {error:?}");
        };
        assert_eq!(status.code(), Some(3));
        assert_eq!(log, "out\nbad configuration\n");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Program::spawn(&mut Command::new("/nowhere/program")).expect_err("there is none");
        assert!(error.to_string().contains("/nowhere/program"), "{error}");
    }

    #[test]
    fn a_dropped_program_is_gone() {
        let program = shell("exec sleep 600");
        let process = PathBuf::from(format!("/proc/{}", program.id()));
        assert!(process.exists());
        drop(program);
        assert!(!process.exists());
    }

    #[test]
    fn resident_memory_is_read_in_bytes() {
        assert_eq!(resident_bytes("Name:\tenvoy\nVmRSS:\t   12 kB\n"), Some(12_288));
        assert!(
            shell("exec sleep 600")
                .resident_bytes()
                .expect("a running process")
                > 0
        );
    }
}
