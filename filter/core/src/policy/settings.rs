//! The configuration as it is written: plain values with their defaults, checked for shape but not yet for sense.
//!
//! An empty configuration plus one secret is a sensible start, so every section has a default.

mod exclusions;

pub(super) use exclusions::{CallBackSettings, ExcludedPathSettings, ExclusionSettings, HealthSettings};

use super::RateLimitFields;
use crate::page::Language;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// The whole configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Configuration {
    pub(super) mode: Mode,
    /// Each a [`KeySettings`]; read one by one so that each one's problems are told.
    pub(super) keys: Value,
    pub(super) client: ClientSettings,
    pub(super) challenge: ChallengeSettings,
    pub(super) price: PriceSettings,
    pub(super) clearance: ClearanceSettings,
    /// Quotas of a prefix without a clearance, as [`ClearanceSettings::quota`]; absent: what compilation provides.
    pub(super) prefix_quota: Option<Value>,
    pub(super) redeem: RedeemSettings,
    pub(super) free_lane: FreeLaneSettings,
    pub(super) waiting_lane: WaitingLaneSettings,
    pub(super) capacity: Option<CapacitySettings>,
    pub(super) exclusions: ExclusionSettings,
    /// Each a [`RuleSettings`].
    pub(super) rules: Vec<Value>,
    pub(super) ledger: LedgerSettings,
    pub(super) page: PageSettings,
    pub(super) rate_limit_fields: RateLimitFields,
    pub(super) observe_header: bool,
}

/// Whether what is decided is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    #[default]
    Enforce,
    Observe,
}

/// A key of the keyring; the first one signs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct KeySettings {
    pub(super) id: Option<u8>,
    pub(super) secret: SecretText,
}

/// A secret as text. Never printed, not even where it is of the wrong type.
#[derive(Clone, Default)]
pub(super) struct SecretText(pub(super) Option<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(Some(text))),
            _ => Err(D::Error::custom("expected the secret as base64url text")),
        }
    }
}

impl core::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ClientSettings {
    pub(super) address: AddressSettings,
    pub(super) ipv4_prefix: u8,
    pub(super) ipv6_prefix: u8,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            address: AddressSettings::Peer,
            ipv4_prefix: 32,
            ipv6_prefix: 64,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AddressSettings {
    Peer,
    Header(ForwardedSettings),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForwardedSettings {
    pub(super) name: String,
    pub(super) trusted_hops: u8,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ChallengeSettings {
    pub(super) sub_puzzles: u16,
    pub(super) lifetime_seconds: u32,
    pub(super) bind_to_prefix: bool,
}

impl Default for ChallengeSettings {
    fn default() -> Self {
        Self {
            sub_puzzles: 32,
            lifetime_seconds: 300,
            bind_to_prefix: false,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PriceSettings {
    pub(super) floor: u64,
    pub(super) ceiling: u64,
    pub(super) target_per_second: u32,
    pub(super) doubling_seconds: u32,
    pub(super) prefix: PrefixPriceSettings,
}

impl Default for PriceSettings {
    fn default() -> Self {
        Self {
            floor: 1 << 19,
            ceiling: 1 << 23,
            target_per_second: 10,
            doubling_seconds: 30,
            prefix: PrefixPriceSettings::default(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PrefixPriceSettings {
    pub(super) target_per_minute: u32,
    pub(super) doubling_seconds: u32,
}

impl Default for PrefixPriceSettings {
    fn default() -> Self {
        Self {
            target_per_minute: 120,
            doubling_seconds: 60,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CapacitySettings {
    pub(super) requests_per_second: u32,
    #[serde(default)]
    pub(super) burst: Option<u32>,
    #[serde(default = "CapacitySettings::visit_seconds")]
    pub(super) visit_seconds: u32,
    #[serde(default = "CapacitySettings::latency_ms")]
    pub(super) latency_ms: u32,
}

impl CapacitySettings {
    const fn visit_seconds() -> u32 {
        300
    }

    const fn latency_ms() -> u32 {
        2_000
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ClearanceSettings {
    pub(super) lifetime_seconds: u32,
    /// A [`QuotaSettings`], or a list of them; absent: what compilation provides.
    pub(super) quota: Option<Value>,
}

impl Default for ClearanceSettings {
    fn default() -> Self {
        Self {
            lifetime_seconds: 3600,
            quota: None,
        }
    }
}

/// `limit` units every `window_seconds` seconds; `burst` (the limit, if not given) of them at once.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuotaSettings {
    pub(super) limit: u32,
    pub(super) window_seconds: u32,
    #[serde(default)]
    pub(super) burst: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RedeemSettings {
    pub(super) refusals_per_prefix: QuotaSettings,
    pub(super) tries_per_challenge: QuotaSettings,
}

impl Default for RedeemSettings {
    fn default() -> Self {
        Self {
            refusals_per_prefix: QuotaSettings {
                limit: 60,
                window_seconds: 60,
                burst: Some(60),
            },
            tries_per_challenge: QuotaSettings {
                limit: 10,
                window_seconds: 60,
                burst: Some(10),
            },
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FreeLaneSettings {
    pub(super) requests_per_second: u32,
    pub(super) burst: Option<u32>,
}

impl Default for FreeLaneSettings {
    fn default() -> Self {
        Self {
            requests_per_second: 50,
            burst: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WaitingLaneSettings {
    pub(super) enabled: bool,
    pub(super) floor_seconds: u32,
    pub(super) ceiling_seconds: u32,
    pub(super) lifetime_seconds: u32,
    /// A [`QuotaSettings`], or a list of them; absent: what compilation provides.
    pub(super) quota: Option<Value>,
    pub(super) grants: QuotaSettings,
    pub(super) grants_per_prefix: QuotaSettings,
}

impl Default for WaitingLaneSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            floor_seconds: 15,
            ceiling_seconds: 300,
            lifetime_seconds: 1_200,
            quota: None,
            grants: QuotaSettings {
                limit: 30,
                window_seconds: 60,
                burst: Some(10),
            },
            grants_per_prefix: QuotaSettings {
                limit: 6,
                window_seconds: 60,
                burst: Some(6),
            },
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RuleSettings {
    pub(super) name: Option<String>,
    #[serde(rename = "match")]
    pub(super) conditions: MatchSettings,
    pub(super) access: AccessSettings,
    pub(super) mode: Option<Mode>,
    pub(super) work: Option<u64>,
    /// Each a [`QuotaSettings`], or a list of them.
    pub(super) quota: Option<Value>,
    pub(super) prefix_quota: Option<Value>,
    pub(super) route_quota: Option<Value>,
    pub(super) free_lane: Option<FreeLaneSettings>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AccessSettings {
    Open,
    #[default]
    FreeLane,
    Clearance,
    Refuse,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MatchSettings {
    pub(super) methods: Vec<String>,
    pub(super) path: Option<PathSettings>,
    pub(super) host: Option<String>,
    pub(super) header: Option<HeaderSettings>,
    pub(super) clients: Vec<String>,
    pub(super) countries: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PathSettings {
    Exact(String),
    Prefix(String),
    Glob(String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderSettings {
    pub(super) name: String,
    #[serde(default)]
    pub(super) value: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LedgerSettings {
    pub(super) clearances: u32,
    pub(super) prefixes: u32,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self {
            clearances: 65_536,
            prefixes: 65_536,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PageSettings {
    pub(super) site: String,
    pub(super) telephone: Option<String>,
    pub(super) default_language: Language,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            site: String::new(),
            telephone: None,
            default_language: Language::Vi,
        }
    }
}
