//! Envoy as a process.

use std::{collections::BTreeMap, fs, io, net::SocketAddr, path::Path, process::Command, time::Duration};

use serde_json::Value;
use tempfile::TempDir;

use crate::{EnvoyConfig, Program, StartError};

/// What Envoy is started with.
#[derive(Clone, Copy, Debug)]
pub struct EnvoyOptions<'a> {
    /// The program `envoy`.
    pub binary: &'a Path,
    /// The whole configuration; it must have an admin listener.
    pub config: &'a EnvoyConfig,
    /// The folder that relative paths in the configuration start from.
    pub working_dir: &'a Path,
    /// Worker threads, each with a VM of its own.
    pub workers: u32,
}

/// A running Envoy; ends when dropped.
#[derive(Debug)]
pub struct Envoy {
    program: Program,
    admin: SocketAddr,
    listeners: BTreeMap<String, SocketAddr>,
    _scratch: TempDir,
}

impl Envoy {
    /// Starts Envoy and returns when its admin interface says that it serves.
    ///
    /// # Errors
    /// [`StartError`], with Envoy's log: [`StartError::Ended`] for a configuration that Envoy or the filter refuses.
    pub fn start(options: EnvoyOptions<'_>) -> Result<Self, StartError> {
        let cannot = |source| StartError::Spawn {
            program: options.binary.to_owned(),
            source,
        };
        let scratch = write_config(options.config).map_err(cannot)?;
        let admin_address = scratch.path().join("admin-address");
        let mut program = Program::spawn(
            Command::new(options.binary)
                .current_dir(options.working_dir)
                .arg("--config-path")
                .arg(scratch.path().join(CONFIG_FILE))
                .arg("--admin-address-path")
                .arg(&admin_address)
                .args(["--concurrency", &options.workers.to_string()])
                // Several Envoys may run at once; the shared memory of hot restart allows one.
                .arg("--disable-hot-restart")
                // The access log is read soon after a request.
                .args(["--file-flush-interval-msec", "50"]),
        )?;
        let admin: SocketAddr =
            program.wait_until(|_| fs::read_to_string(&admin_address).ok()?.trim().parse().ok())?;
        program.wait_until(|_| get(admin, "/ready"))?;
        let listeners = program.wait_until(|_| listeners(&get(admin, "/listeners?format=json")?))?;
        Ok(Self {
            program,
            admin,
            listeners,
            _scratch: scratch,
        })
    }

    /// Where the listener called `name` listens; `None` when there is no such listener.
    #[must_use]
    pub fn listener(&self, name: &str) -> Option<SocketAddr> {
        self.listeners.get(name).copied()
    }

    /// Where the listener of the configuration under `deploy/envoy/` listens.
    ///
    /// # Panics
    /// With a configuration that has no listener of that name.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener(EnvoyConfig::LISTENER)
            .unwrap_or_else(|| panic!("Envoy has no listener {:?}", EnvoyConfig::LISTENER))
    }

    /// Envoy's administration interface.
    #[must_use]
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// What the administration interface answers to a GET of `path`; empty when it does not answer with 200.
    #[must_use]
    pub fn ask(&self, path: &str) -> String {
        get(self.admin, path).unwrap_or_default()
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

const CONFIG_FILE: &str = "envoy.json";

fn write_config(config: &EnvoyConfig) -> io::Result<TempDir> {
    let scratch = tempfile::Builder::new().prefix("levee-envoy-").tempdir()?;
    fs::write(scratch.path().join(CONFIG_FILE), config.to_string())?;
    Ok(scratch)
}

/// The body of a 200 answer of the admin interface.
fn get(admin: SocketAddr, path: &str) -> Option<String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into();
    agent
        .get(format!("http://{admin}{path}"))
        .call()
        .ok()?
        .body_mut()
        .read_to_string()
        .ok()
}

/// Names and addresses in the answer of `/listeners?format=json`.
fn listeners(answer: &str) -> Option<BTreeMap<String, SocketAddr>> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    answer
        .get("listener_statuses")?
        .as_array()?
        .iter()
        .map(|listener| {
            let socket = listener.pointer("/local_address/socket_address")?;
            let address = socket.get("address")?.as_str()?.parse().ok()?;
            let port = u16::try_from(socket.get("port_value")?.as_u64()?).ok()?;
            Some((
                listener.get("name")?.as_str()?.to_owned(),
                SocketAddr::new(address, port),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_read_with_the_ports_that_the_kernel_chose() {
        let answer = r#"{"listener_statuses":[{"name":"edge","local_address":
            {"socket_address":{"address":"127.0.0.1","port_value":40163}}}]}"#;
        let found = listeners(answer).expect("an answer as Envoy gives it");
        assert_eq!(
            found.get("edge"),
            Some(&SocketAddr::from(([127, 0, 0, 1], 40163)))
        );
    }
}
