//! What surrounds a scenario: the module, its configuration, the host, the origin and the services.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::at::At;
use super::profiles::ProfileChoice;
use super::quantity::{Size, Time};
use super::seeds::Seeds;
use super::service::{HttpAnswer, Service};
use super::written::{OneOrMany, Written, written_type};

/// Declares a struct with the settings among its fields: a file has them for all its scenarios, and a scenario may have
/// others, key by key.
macro_rules! with_setting {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $own_type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$own_meta])* pub(crate) $own: $own_type,)*
            /// The filter: a WebAssembly module, binary or as text (.wat), named relative to this file. `--module` goes before
            /// it.
            pub(crate) module: Option<PathBuf>,
            /// The plugin configuration: a text, an object that is sent as JSON, or `{ file: NAME }`, relative to this file.
            pub(crate) configuration: Option<At<Configuration>>,
            /// The configuration that `proxy_on_vm_start` gets, written likewise.
            pub(crate) vm_configuration: Option<At<Configuration>>,
            /// The host to imitate: `envoy` (unless said otherwise), `strict`, `ngx`, or one of these with some switches changed.
            /// `--profile` goes before it.
            pub(crate) profile: Option<At<ProfileChoice>>,
            /// Several hosts to imitate: everything is played on each.
            pub(crate) profiles: Option<At<Vec<ProfileChoice>>>,
            /// Worker VMs, 1 to 64; 1 unless said otherwise.
            pub(crate) workers: Option<At<usize>>,
            /// From what all chance is drawn; 0 unless said otherwise. `--seed` goes before it.
            pub(crate) seed: Option<At<u64>>,
            /// Several seeds, such as `1..=50`: everything is played with each, which finds races between workers.
            pub(crate) seeds: Option<At<Seeds>>,
            /// What becomes of requests when the filter has trapped: `closed` (unless said otherwise), `open`, or
            /// `{ reload: 1s }`.
            pub(crate) failure_policy: Option<FailureChoice>,
            /// What each VM may use.
            pub(crate) limits: Option<LimitsChoice>,
            /// Lines of the filter's log below this level are dropped; `info` unless said otherwise.
            pub(crate) log_level: Option<LogLevelChoice>,
            /// What the origin answers; 200 without a body unless said otherwise. Of a list, the first that applies.
            pub(crate) origin: Option<At<OneOrMany<HttpAnswer>>>,
            /// The services that the filter calls, by the names of their clusters.
            pub(crate) services: Option<BTreeMap<String, At<Service>>>,
        }

        impl $name {
            pub(crate) const fn setting(&self) -> Setting<'_> {
                Setting {
                    module: self.module.as_ref(),
                    configuration: self.configuration.as_ref(),
                    vm_configuration: self.vm_configuration.as_ref(),
                    profile: self.profile.as_ref(),
                    profiles: self.profiles.as_ref(),
                    workers: self.workers.as_ref(),
                    seed: self.seed.as_ref(),
                    seeds: self.seeds.as_ref(),
                    failure_policy: self.failure_policy,
                    limits: self.limits,
                    log_level: self.log_level,
                    origin: self.origin.as_ref(),
                    services: [self.services.as_ref(), None],
                }
            }
        }
    };
}

with_setting! {
    /// A file of scenarios for a Proxy-Wasm filter. `levee test FILE` plays them, in virtual time.
    Root {
        /// What is played. Each scenario begins with a fresh host.
        scenarios: Vec<At<Scenario>>,
    }
}

with_setting! {
    /// One scenario: a fresh host, and what happens to it. All settings of the file may be others here; of the services,
    /// those that are named here.
    Scenario {
        /// What it shows, as a sentence. `--filter` picks scenarios by parts of it.
        name: String,
        /// Why it is not played.
        skip: Option<String>,
        /// The filter is to refuse to start: what it logs meanwhile, and the error.
        refused: Option<At<super::matcher::Matcher>>,
        /// What happens, in order.
        #[serde(default)]
        steps: Vec<At<super::step::Step>>,
    }
}

/// The settings of a scenario, those of its file among them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) module: Option<&'a PathBuf>,
    pub(crate) configuration: Option<&'a At<Configuration>>,
    pub(crate) vm_configuration: Option<&'a At<Configuration>>,
    pub(crate) profile: Option<&'a At<ProfileChoice>>,
    pub(crate) profiles: Option<&'a At<Vec<ProfileChoice>>>,
    pub(crate) workers: Option<&'a At<usize>>,
    pub(crate) seed: Option<&'a At<u64>>,
    pub(crate) seeds: Option<&'a At<Seeds>>,
    pub(crate) failure_policy: Option<FailureChoice>,
    pub(crate) limits: Option<LimitsChoice>,
    pub(crate) log_level: Option<LogLevelChoice>,
    pub(crate) origin: Option<&'a At<OneOrMany<HttpAnswer>>>,
    /// The file's, then the scenario's, which go before those.
    pub(crate) services: [Option<&'a BTreeMap<String, At<Service>>>; 2],
}

impl<'a> Setting<'a> {
    /// A scenario's settings, and its file's where it has none.
    pub(crate) fn of(file: &'a Root, scenario: &'a Scenario) -> Self {
        let (file, own) = (file.setting(), scenario.setting());
        // One profile or several are one setting, and so it is with seeds.
        let (profile, profiles) = match (own.profile, own.profiles) {
            (None, None) => (file.profile, file.profiles),
            own => own,
        };
        let (seed, seeds) = match (own.seed, own.seeds) {
            (None, None) => (file.seed, file.seeds),
            own => own,
        };
        Self {
            module: own.module.or(file.module),
            configuration: own.configuration.or(file.configuration),
            vm_configuration: own.vm_configuration.or(file.vm_configuration),
            profile,
            profiles,
            workers: own.workers.or(file.workers),
            seed,
            seeds,
            failure_policy: own.failure_policy.or(file.failure_policy),
            limits: own.limits.or(file.limits),
            log_level: own.log_level.or(file.log_level),
            origin: own.origin.or(file.origin),
            services: [file.services[0], own.services[0]],
        }
    }
}

/// A configuration of the filter.
#[derive(Clone, Debug)]
pub(crate) enum Configuration {
    Text(String),
    File(PathBuf),
    Json(Value),
}

impl Written for Configuration {
    type Full = serde_json::Map<String, Value>;
    const EXPECTED: &'static str = "a text, an object that is sent as JSON, or { file: NAME }";

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self::Text(text.to_owned()))
    }

    fn from_full(full: Self::Full) -> Result<Self, String> {
        match full.get("file") {
            Some(Value::String(file)) if full.len() == 1 => Ok(Self::File(file.into())),
            _ => Ok(Self::Json(Value::Object(full))),
        }
    }
}

written_type!(Configuration, serde_json::Map<String, Value>, { "type": "string" });

/// What becomes of requests when the filter has trapped.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FailureChoice {
    /// Every later request of that VM is answered with 503.
    Closed,
    /// Later requests of that VM skip the filter.
    Open,
    /// The VM is started anew, at most once in so much time.
    Reload(Time),
}

/// What each VM may use.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsChoice {
    /// Linear memory; 256MiB unless said otherwise.
    pub(crate) memory: Option<Size>,
    /// Longest run of one callback, in the machine's time; 1s unless said otherwise.
    pub(crate) callback_time: Option<Time>,
    /// Most body bytes that are held while the filter pauses; 1MiB unless said otherwise.
    pub(crate) buffer: Option<Size>,
}

/// Severity of log lines.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogLevelChoice {
    /// Finest detail.
    Trace,
    /// For developers.
    Debug,
    /// Normal events.
    Info,
    /// Something is odd.
    Warn,
    /// Something failed.
    Error,
    /// The filter cannot go on.
    Critical,
}
