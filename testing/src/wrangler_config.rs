//! The deployment to Cloudflare as it is shipped.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use toml::Table;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WranglerConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The text is not TOML.
    #[error("the configuration of wrangler is not TOML: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A part that is needed is not there.
    #[error("the configuration of wrangler has no {0}")]
    Missing(&'static str),
}

/// What `wrangler` deploys by.
#[derive(Clone, Debug, PartialEq)]
pub struct WranglerConfig(Table);

impl WranglerConfig {
    /// Reads `deploy/cloudflare/wrangler.toml` under the repository's root.
    ///
    /// # Errors
    /// When the file cannot be read or is not TOML.
    pub fn shipped(root: &Path) -> Result<Self, WranglerConfigError> {
        let path = root.join("deploy/cloudflare/wrangler.toml");
        let text = fs::read_to_string(&path).map_err(|source| WranglerConfigError::Read { path, source })?;
        Ok(Self(toml::from_str(&text)?))
    }

    /// The date of the runtime's defaults.
    ///
    /// # Errors
    /// [`WranglerConfigError::Missing`]; so for all below.
    pub fn compatibility_date(&self) -> Result<&str, WranglerConfigError> {
        let name = "compatibility_date";
        let date = self.0.get(name).and_then(|date| date.as_str());
        date.ok_or(WranglerConfigError::Missing(name))
    }

    /// What the runtime does besides its defaults.
    ///
    /// # Errors
    /// [`WranglerConfigError::Missing`].
    pub fn compatibility_flags(&self) -> Result<Vec<&str>, WranglerConfigError> {
        let name = "compatibility_flags";
        let flags = self.0.get(name).and_then(|flags| flags.as_array());
        flags
            .and_then(|flags| flags.iter().map(|flag| flag.as_str()).collect())
            .ok_or(WranglerConfigError::Missing(name))
    }

    /// The value of a variable of the worker's environment.
    ///
    /// # Errors
    /// [`WranglerConfigError::Missing`].
    pub fn variable(&self, name: &'static str) -> Result<&str, WranglerConfigError> {
        let variables = self.0.get("vars");
        variables
            .and_then(|variables| variables.get(name)?.as_str())
            .ok_or(WranglerConfigError::Missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> WranglerConfig {
        WranglerConfig::shipped(&crate::tools::root()).expect("the shipped configuration")
    }

    #[test]
    fn what_tests_need_is_found_in_the_shipped_configuration() {
        let config = shipped();
        assert!(config.compatibility_date().expect("a date").starts_with("20"));
        let flags = config.compatibility_flags().expect("flags");
        assert!(flags.contains(&"enable_request_signal"), "{flags:?}");
    }

    #[test]
    fn the_shipped_variable_is_json_without_keys() {
        let config = shipped();
        let text = config.variable("LEVEE_CONFIG").expect("present");
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert!(value.is_object() && value.get("keys").is_none(), "{value}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = shipped().variable("NO_SUCH").expect_err("there is none");
        assert_eq!(error.to_string(), "the configuration of wrangler has no NO_SUCH");
    }
}
