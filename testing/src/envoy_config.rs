//! Envoy's configuration as it is shipped, with what a test must change.

use std::{
    fmt, fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

/// A pointer into the wasm filter's settings: the first filter of the only filter chain.
macro_rules! filter_pointer {
    ($rest:literal) => {
        concat!(
            "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config",
            "/http_filters/0/typed_config/config",
            $rest
        )
    };
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvoyConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text is not YAML.
    #[error("the configuration of Envoy is not YAML: {0}")]
    Syntax(#[from] serde_saphyr::Error),
    /// A part that is to be changed is not there.
    #[error("the configuration of Envoy has no {part}; expected one at {pointer}")]
    Missing {
        /// What was looked for.
        part: &'static str,
        /// Where, as a JSON pointer.
        pointer: &'static str,
    },
}

/// A configuration of Envoy, whole. Its `Display` form is JSON, which Envoy reads as well as YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvoyConfig(Value);

impl EnvoyConfig {
    /// The name of the listener in the shipped configuration.
    pub const LISTENER: &'static str = "edge";

    /// Reads `deploy/envoy/envoy.yaml` under the repository's root.
    ///
    /// # Errors
    /// When the file cannot be read or is not YAML.
    pub fn shipped(root: &Path) -> Result<Self, EnvoyConfigError> {
        let path = root.join("deploy/envoy/envoy.yaml");
        let text = fs::read_to_string(&path).map_err(|source| EnvoyConfigError::Read { path, source })?;
        Self::parse(&text)
    }

    /// Reads a configuration written as YAML (or JSON).
    ///
    /// # Errors
    /// When the text is not YAML.
    pub fn parse(yaml: &str) -> Result<Self, EnvoyConfigError> {
        Ok(Self(serde_saphyr::from_str(yaml)?))
    }

    /// The same with ports chosen by the kernel for the listener and for administration.
    ///
    /// # Errors
    /// [`EnvoyConfigError::Missing`] in a configuration of another shape than the shipped one; so for all below.
    pub fn with_free_ports(mut self) -> Result<Self, EnvoyConfigError> {
        *self.part(
            "listener's port",
            "/static_resources/listeners/0/address/socket_address/port_value",
        )? = json!(0);
        *self.part("admin port", "/admin/address/socket_address/port_value")? = json!(0);
        Ok(self)
    }

    /// The same with `address` as the origin.
    ///
    /// # Errors
    /// [`EnvoyConfigError::Missing`].
    pub fn with_origin(mut self, address: SocketAddr) -> Result<Self, EnvoyConfigError> {
        for (part, pointer) in [
            (
                "origin's address",
                "/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address",
            ),
            (
                "origin's address for streams",
                "/static_resources/clusters/1/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address",
            ),
        ] {
            *self.part(part, pointer)? = json!({
                "socket_address": { "address": address.ip().to_string(), "port_value": address.port() }
            });
        }
        Ok(self)
    }

    /// The same with the module at `path`.
    ///
    /// # Errors
    /// [`EnvoyConfigError::Missing`].
    pub fn with_module(mut self, path: &Path) -> Result<Self, EnvoyConfigError> {
        *self.part("module", filter_pointer!("/vm_config/code/local/filename"))? =
            json!(path.to_string_lossy());
        Ok(self)
    }

    /// The same with `text` as the filter's own configuration.
    ///
    /// # Errors
    /// [`EnvoyConfigError::Missing`].
    pub fn with_plugin_configuration(mut self, text: &str) -> Result<Self, EnvoyConfigError> {
        *self.part("filter configuration", filter_pointer!("/configuration/value"))? = json!(text);
        Ok(self)
    }

    /// The same with https on the listener, HTTP/2 included, with a certificate and its key as PEM.
    ///
    /// # Errors
    /// [`EnvoyConfigError::Missing`].
    pub fn with_certificate(mut self, certificate: &str, key: &str) -> Result<Self, EnvoyConfigError> {
        let chain = self.part("filter chain", "/static_resources/listeners/0/filter_chains/0")?;
        chain["transport_socket"] = json!({
            "name": "envoy.transport_sockets.tls",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                "common_tls_context": {
                    "alpn_protocols": ["h2", "http/1.1"],
                    "tls_certificates": [{
                        "certificate_chain": { "inline_string": certificate },
                        "private_key": { "inline_string": key },
                    }],
                },
            },
        });
        Ok(self)
    }

    /// The filter's own configuration, as text.
    ///
    /// # Errors
    /// [`EnvoyConfigError::Missing`].
    pub fn plugin_configuration(&self) -> Result<&str, EnvoyConfigError> {
        let pointer = filter_pointer!("/configuration/value");
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .ok_or(EnvoyConfigError::Missing {
                part: "filter configuration",
                pointer,
            })
    }

    fn part(&mut self, part: &'static str, pointer: &'static str) -> Result<&mut Value, EnvoyConfigError> {
        self.0
            .pointer_mut(pointer)
            .ok_or(EnvoyConfigError::Missing { part, pointer })
    }
}

impl fmt::Display for EnvoyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> EnvoyConfig {
        EnvoyConfig::shipped(&crate::tools::root()).expect("the shipped configuration")
    }

    #[test]
    fn what_a_test_changes_is_found_in_the_shipped_configuration() {
        let origin = SocketAddr::from(([127, 0, 0, 1], 4711));
        let changed = shipped()
            .with_free_ports()
            .and_then(|config| config.with_origin(origin))
            .and_then(|config| config.with_module(Path::new("/elsewhere/levee.wasm")))
            .and_then(|config| config.with_plugin_configuration("{}"))
            .expect("the shape that deploy/envoy/envoy.yaml has");
        let text = changed.to_string();
        for part in ["4711", "/elsewhere/levee.wasm"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        for gone in ["8000", "8080", "9901", "target/levee/levee.wasm"] {
            assert!(!text.contains(gone), "{gone} is still in {text}");
        }
        assert_eq!(changed.plugin_configuration().expect("present"), "{}");
    }

    #[test]
    fn the_shipped_plugin_configuration_is_json() {
        let config = shipped();
        let text = config.plugin_configuration().expect("present");
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert!(value.pointer("/keys/0/secret").is_some(), "{value}");
    }

    #[test]
    fn a_configuration_of_another_shape_names_what_is_missing() {
        let error = EnvoyConfig::parse("admin: {}")
            .and_then(EnvoyConfig::with_free_ports)
            .expect_err("no listener");
        assert!(
            error.to_string().contains("/static_resources/listeners/0"),
            "{error}"
        );
    }
}
