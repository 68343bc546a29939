//! Other servers that limit requests, on the processor that Envoy is on, each with one worker.

mod haproxy;
mod nginx;

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use http::StatusCode;
use levee_testing::Program;
use tempfile::TempDir;

use crate::{
    envoy::ROUTER,
    load::Protocol,
    processor,
    subject::Subject,
    traffic::{Browsers, Traffic},
};

/// Clients that requests come from.
const CLIENTS: u32 = 1_000_000;

/// Clients that are over their limit, of so few that the warm-up meets each of them.
const OVER_LIMIT: u32 = 200;

/// What a peer answers with, as long as Envoy's own answers here.
const BODY: usize = 200;

/// The peers that are running.
pub struct Peers {
    nginx: Peer,
    haproxy: Peer,
}

/// A peer with a door for each way to answer: at once, within a limit, and beyond it.
struct Peer {
    program: Program,
    doors: Doors,
    _folder: TempDir,
}

/// Where a peer listens.
#[derive(Clone, Copy, Debug)]
struct Doors {
    open: SocketAddr,
    limited: SocketAddr,
    spent: SocketAddr,
}

impl Peers {
    /// Starts the programs at these paths.
    ///
    /// # Errors
    /// When one does not start, or cannot be kept on its processor.
    pub fn start(nginx_program: &Path, haproxy_program: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            nginx: Peer::start(|folder, doors| nginx::command(nginx_program, folder, doors))
                .context("nginx")?,
            haproxy: Peer::start(|folder, doors| haproxy::command(haproxy_program, folder, doors))
                .context("HAProxy")?,
        })
    }

    /// Their rows, told against Envoy's router.
    #[must_use]
    pub fn rows(&self) -> Vec<Subject> {
        let million = || Browsers::of(CLIENTS);
        let few = || Browsers::of(OVER_LIMIT);
        let (nginx, haproxy) = (&self.nginx, &self.haproxy);
        vec![
            nginx.row("nginx", "nginx: return 200", nginx.doors.open, million()),
            nginx.row(
                "nginx_limit_req",
                "nginx: limit_req lets through",
                nginx.doors.limited,
                million(),
            ),
            nginx
                .row(
                    "nginx_limit_req_429",
                    "nginx: limit_req refuses",
                    nginx.doors.spent,
                    few(),
                )
                .announced()
                .expecting(StatusCode::TOO_MANY_REQUESTS),
            haproxy.row("haproxy", "HAProxy: return 200", haproxy.doors.open, million()),
            haproxy.row(
                "haproxy_stick_table",
                "HAProxy: stick table lets through",
                haproxy.doors.limited,
                million(),
            ),
            haproxy
                .row(
                    "haproxy_stick_table_429",
                    "HAProxy: stick table refuses",
                    haproxy.doors.spent,
                    few(),
                )
                .expecting(StatusCode::TOO_MANY_REQUESTS),
        ]
    }
}

impl Peer {
    /// Starts what `command` makes of a folder of its own and free doors.
    fn start(command: impl FnOnce(&Path, Doors) -> anyhow::Result<Command>) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("levee-bench-")?;
        let doors = Doors {
            open: free_address()?,
            limited: free_address()?,
            spent: free_address()?,
        };
        let mut program = Program::spawn(&mut command(folder.path(), doors)?)?;
        program.wait_until(|_| TcpStream::connect(doors.open).ok())?;
        processor::pin_server(program.id())?;
        Ok(Self {
            program,
            doors,
            _folder: folder,
        })
    }

    fn row(
        &self,
        name: &'static str,
        title: &str,
        address: SocketAddr,
        traffic: impl Traffic + 'static,
    ) -> Subject {
        Subject {
            name,
            title: title.to_owned(),
            reference: Some(ROUTER),
            process: self.program.id(),
            address,
            protocol: Protocol::Http1,
            traffic: Box::new(traffic),
            expected: StatusCode::OK,
            ahead: 0,
        }
    }
}

/// An address that nobody listens on. Somebody may before the peer does; it then says so and ends.
fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

/// Writes a configuration; returns where.
fn write_config(folder: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
