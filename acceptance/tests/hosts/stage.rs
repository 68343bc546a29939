//! The whole of what a visitor meets: the booking app, and the filter in front of it as it is shipped, in Envoy or at the edge.

use crate::{
    edge::{self, through_the_edge},
    wire,
};
use levee_behaviour::{Answer, Message, Site, configuration::SECRET};
use levee_core::time::Timestamp;
use levee_testing::{Certificate, Envoy, EnvoyConfig, EnvoyOptions, Origin, OriginOptions, Workerd, tools};
use serde_json::{Value, json};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tempfile::TempDir;

/// What the booking app's desk signs in with.
pub(crate) const DESK_TOKEN: &str = "a-desk-token-of-a-test";

/// Where the filter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Envoy,
    Workerd,
}

/// A site that is up; gone when dropped.
pub(crate) struct Stage {
    front: Front,
    origin: Origin,
    _folder: TempDir,
}

enum Front {
    Envoy(Envoy),
    Workerd(Workerd),
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

impl Front {
    fn start(
        host: Host,
        configuration: &Value,
        origin: SocketAddr,
        certificate: Option<Certificate<'_>>,
    ) -> Self {
        match host {
            Host::Envoy => Self::Envoy(envoy(configuration, origin, certificate)),
            Host::Workerd => {
                let setup = edge::Setup {
                    certificate,
                    ..edge::Setup::PLAIN
                };
                let workerd = setup.start(configuration, origin);
                Self::Workerd(workerd.unwrap_or_else(|error| panic!("{error}")))
            }
        }
    }
}

fn envoy(configuration: &Value, origin: SocketAddr, certificate: Option<Certificate<'_>>) -> Envoy {
    let config = EnvoyConfig::shipped(&tools::root())
        .and_then(EnvoyConfig::with_free_ports)
        .and_then(|config| config.with_origin(origin))
        .and_then(|config| config.with_module(&tools::path(tools::WASM)))
        .and_then(|config| config.with_plugin_configuration(&configuration.to_string()))
        .and_then(|config| match certificate {
            Some(Certificate { chain, key }) => config.with_certificate(chain, key),
            None => Ok(config),
        })
        .unwrap_or_else(|error| panic!("{error}"));
    Envoy::start(EnvoyOptions {
        binary: &tools::path(tools::ENVOY),
        config: &config,
        working_dir: &tools::root(),
        workers: 1,
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

impl Stage {
    /// The site with this configuration of the filter.
    pub(crate) fn set(host: Host, configuration: &Value) -> Self {
        Self::set_with(host, configuration, None)
    }

    /// The same with https.
    pub(crate) fn set_with_certificate(
        host: Host,
        configuration: &Value,
        certificate: Certificate<'_>,
    ) -> Self {
        Self::set_with(host, configuration, Some(certificate))
    }

    fn set_with(host: Host, configuration: &Value, certificate: Option<Certificate<'_>>) -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let desk_token_file = folder.path().join("desk.token");
        fs::write(&desk_token_file, DESK_TOKEN).unwrap_or_else(|error| panic!("{error}"));
        let origin = Origin::start(OriginOptions {
            binary: &tools::path(tools::ORIGIN),
            directory: folder.path(),
            payments: None,
            desk_token_file: Some(&desk_token_file),
        })
        .unwrap_or_else(|error| panic!("{error}"));
        Self {
            front: Front::start(host, configuration, origin.address(), certificate),
            origin,
            _folder: folder,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match &self.front {
            Front::Envoy(envoy) => envoy.address(),
            Front::Workerd(workerd) => workerd.addresses()[0],
        }
    }

    /// The header that whatever stands in front of the host, when there is no test, adds to the requests of a browser on this
    /// machine.
    pub(crate) fn added_in_front(&self) -> Option<(&'static str, String)> {
        match self.front {
            Front::Envoy(_) => None,
            Front::Workerd(_) => Some((edge::CLIENT, Ipv4Addr::LOCALHOST.to_string())),
        }
    }

    /// Somebody who is no browser.
    pub(crate) fn client(&self) -> Client {
        Client {
            site: self.address(),
            is_at_edge: matches!(self.front, Front::Workerd(_)),
        }
    }

    /// What the host and the filter have written.
    pub(crate) fn log(&self) -> String {
        match &self.front {
            Front::Envoy(envoy) => envoy.program().log(),
            Front::Workerd(workerd) => workerd.program().log(),
        }
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
pub(crate) struct Client {
    site: SocketAddr,
    is_at_edge: bool,
}

impl Site for Client {
    fn send(&mut self, message: &Message) -> Answer {
        let answer = if self.is_at_edge {
            wire::exchange(self.site, &through_the_edge(message))
        } else {
            wire::exchange(self.site, message)
        };
        answer.unwrap_or_else(|error| panic!("{error}: {message:?}"))
    }

    fn now(&self) -> Timestamp {
        wire::now()
    }

    fn pass(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}
