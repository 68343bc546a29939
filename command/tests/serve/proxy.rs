//! A running `levee serve`, and a filter's files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::log::Log;
use crate::support;

/// Longest time that a test waits for something that is sure to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A guest and its configuration as files.
pub(crate) struct Files {
    directory: TempDir,
    /// The module's name in the directory.
    pub(crate) module: &'static str,
}

impl Files {
    pub(crate) fn new(guest: &str, configuration: &str) -> Self {
        let directory = TempDir::new().expect("a directory");
        std::fs::write(directory.path().join("guest.wasm"), support::guest(guest)).expect("written");
        std::fs::write(directory.path().join("config.json"), configuration).expect("written");
        Self {
            directory,
            module: "guest.wasm",
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Puts other content in place of a file, as build tools do: written beside it and renamed.
    pub(crate) fn replace(&self, name: &str, content: impl AsRef<[u8]>) {
        let beside = self.path("beside");
        std::fs::write(&beside, content).expect("written");
        std::fs::rename(beside, self.path(name)).expect("renamed");
    }

    pub(crate) fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_levee"));
        command
            .arg(subcommand)
            .arg("--module")
            .arg(self.path(self.module));
        command.arg("--config").arg(self.path("config.json"));
        command
    }
}

/// A running `levee serve`; it is ended when the test is over.
pub(crate) struct Proxy {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) files: Files,
    pub(crate) log: Log,
}

impl Proxy {
    pub(crate) fn start(guest: &str, upstream: SocketAddr, arguments: &[&str]) -> Self {
        Self::serve(Files::new(guest, ""), upstream, arguments)
    }

    pub(crate) fn serve(files: Files, upstream: SocketAddr, arguments: &[&str]) -> Self {
        let mut process = files
            .command("serve")
            .args([
                "--listen",
                "127.0.0.1:0",
                "--upstream",
                &format!("http://{upstream}"),
            ])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let log = Log::of(process.stderr.take().expect("piped"));
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line");
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .expect(&line)
            .parse()
            .expect("an address");
        Self {
            process,
            address,
            files,
            log,
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the proxy accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends it a signal, such as TERM.
    pub(crate) fn signal(&self, name: &str) {
        let killed = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.process.id().to_string())
            .status()
            .expect("kill runs");
        assert!(killed.success());
    }

    /// Sends bytes on a connection of their own, and returns all that comes back until it closes.
    pub(crate) fn send(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).expect("sent");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).expect("an answer");
        String::from_utf8_lossy(&response).into_owned()
    }

    pub(crate) fn get(&self, extra: &str) -> String {
        self.send(
            format!("GET /a?b HTTP/1.1\r\nHost: clinic.example\r\nConnection: close\r\n{extra}\r\n")
                .as_bytes(),
        )
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended already, as a test wants it to.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks the admin address.
pub(crate) fn admin(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the admin address accepts");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}
