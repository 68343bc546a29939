//! Which host to imitate.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{Written, written_type};
use crate::profile::Profile;

/// A profile with the name under which it is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileChoice {
    /// As the file or the command line has it: `envoy`, or `ngx with own_reply_is_seen: false`.
    pub name: String,
    /// How the host behaves.
    pub profile: Profile,
}

/// A profile with some switches changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FullProfile {
    /// The profile to begin with: envoy, strict or ngx.
    base: String,
    /// Switches with other values than there; `levee profiles` lists them.
    switches: BTreeMap<String, bool>,
}

impl Written for ProfileChoice {
    type Full = FullProfile;
    const EXPECTED: &'static str = "envoy, strict, ngx, or a map with base and switches";

    fn from_text(text: &str) -> Result<Self, String> {
        let profile = text.parse().map_err(|error| format!("{error}"))?;
        Ok(Self {
            name: text.to_owned(),
            profile,
        })
    }

    fn from_full(full: FullProfile) -> Result<Self, String> {
        let mut choice = Self::from_text(&full.base)?;
        let mut changed = Vec::new();
        for (switch, value) in &full.switches {
            choice
                .profile
                .set(switch, *value)
                .map_err(|error| error.to_string())?;
            changed.push(format!("{switch}: {value}"));
        }
        if !changed.is_empty() {
            choice.name = format!("{} with {}", full.base, changed.join(", "));
        }
        Ok(choice)
    }
}

written_type!(ProfileChoice, FullProfile, { "enum": ["envoy", "strict", "ngx"] });

impl Default for ProfileChoice {
    /// Envoy's.
    fn default() -> Self {
        Self {
            name: "envoy".to_owned(),
            profile: Profile::envoy(),
        }
    }
}

impl std::str::FromStr for ProfileChoice {
    type Err = String;

    /// One of [`Profile::NAMES`].
    fn from_str(name: &str) -> Result<Self, String> {
        Self::from_text(name)
    }
}
