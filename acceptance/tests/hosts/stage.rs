//! The whole of what a visitor meets: the booking app, and Envoy as it is shipped in front of it.

use crate::wire;
use levee_behaviour::{Answer, Message, Site, configuration::SECRET};
use levee_core::time::Timestamp;
use levee_testing::{Envoy, EnvoyConfig, EnvoyConfigError, EnvoyOptions, Origin, OriginOptions, tools};
use serde_json::{Value, json};
use std::{fs, net::SocketAddr, time::Duration};
use tempfile::TempDir;

/// A site that is up; gone when dropped.
pub(crate) struct Stage {
    envoy: Envoy,
    origin: Origin,
    _folder: TempDir,
}

/// A site that forwards nothing without a clearance, with these sections besides or instead.
pub(crate) fn closed(changes: Value) -> Value {
    let mut configuration = json!({
        "keys": [{ "id": 1, "secret": SECRET }],
        "price": { "floor": 131_072 },
        "rules": [{ "name": "site", "access": "clearance" }],
        "page": { "site": "Bệnh viện Levee", "telephone": "1900 0000" },
    });
    if let (Value::Object(configuration), Value::Object(changes)) = (&mut configuration, changes) {
        configuration.extend(changes);
    }
    configuration
}

impl Stage {
    /// The site with this configuration of the filter.
    pub(crate) fn set(configuration: &Value) -> Self {
        Self::set_with(configuration, Ok)
    }

    /// The same with a change to Envoy's own configuration.
    pub(crate) fn set_with(
        configuration: &Value,
        change: impl FnOnce(EnvoyConfig) -> Result<EnvoyConfig, EnvoyConfigError>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let origin = Origin::start(OriginOptions {
            binary: &tools::path(tools::ORIGIN),
            directory: folder.path(),
        })
        .unwrap_or_else(|error| panic!("{error}"));
        let config = EnvoyConfig::shipped(&tools::root())
            .and_then(EnvoyConfig::with_free_ports)
            .and_then(|config| config.with_origin(origin.address()))
            .and_then(|config| config.with_module(&tools::path(tools::WASM)))
            .and_then(|config| config.with_plugin_configuration(&configuration.to_string()))
            .and_then(change)
            .unwrap_or_else(|error| panic!("{error}"));
        let envoy = Envoy::start(EnvoyOptions {
            binary: &tools::path(tools::ENVOY),
            config: &config,
            working_dir: &tools::root(),
            workers: 1,
        })
        .unwrap_or_else(|error| panic!("{error}"));
        Self {
            envoy,
            origin,
            _folder: folder,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.envoy.address()
    }

    /// Somebody who is no browser.
    pub(crate) fn client(&self) -> Client {
        Client(self.address())
    }

    /// What Envoy and the filter have written.
    pub(crate) fn log(&self) -> String {
        self.envoy.program().log()
    }

    /// The requests that reached the booking app, each with `method`, `path`, `status` and so on.
    pub(crate) fn at_origin(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.origin.access_log()).unwrap_or_default();
        log.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }
}

/// Somebody who sends requests to a site.
#[derive(Clone, Copy)]
pub(crate) struct Client(SocketAddr);

impl Site for Client {
    fn send(&mut self, message: &Message) -> Answer {
        wire::exchange(self.0, message).unwrap_or_else(|error| panic!("{error}: {message:?}"))
    }

    fn now(&self) -> Timestamp {
        wire::now()
    }

    fn pass(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}
