//! Exclusions as they are written.

use super::PathSettings;
use serde::Deserialize;
use serde_json::Value;

/// What is never challenged, in front of all rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::policy) struct ExclusionSettings {
    pub(in crate::policy) certificates: bool,
    pub(in crate::policy) robots: bool,
    pub(in crate::policy) favicon: bool,
    /// Whether there is one, or a [`HealthSettings`]; absent: there is.
    pub(in crate::policy) health: Option<Value>,
    /// Each a [`CallBackSettings`]; read one by one so that each one's problems are told.
    pub(in crate::policy) call_backs: Vec<Value>,
}

impl Default for ExclusionSettings {
    fn default() -> Self {
        Self {
            certificates: true,
            robots: true,
            favicon: true,
            health: None,
            call_backs: Vec::new(),
        }
    }
}

/// The health check.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::policy) struct HealthSettings {
    pub(in crate::policy) path: Option<ExcludedPathSettings>,
    pub(in crate::policy) clients: Vec<String>,
}

/// What another site calls when something has happened there, such as a payment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::policy) struct CallBackSettings {
    pub(in crate::policy) name: Option<String>,
    pub(in crate::policy) path: Option<ExcludedPathSettings>,
    pub(in crate::policy) methods: Option<Vec<String>>,
    pub(in crate::policy) clients: Vec<String>,
}

/// A path without wildcards: what an exclusion opens should be seen at a glance.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::policy) enum ExcludedPathSettings {
    Exact(String),
    Prefix(String),
}

impl From<ExcludedPathSettings> for PathSettings {
    fn from(path: ExcludedPathSettings) -> Self {
        match path {
            ExcludedPathSettings::Exact(text) => Self::Exact(text),
            ExcludedPathSettings::Prefix(text) => Self::Prefix(text),
        }
    }
}
