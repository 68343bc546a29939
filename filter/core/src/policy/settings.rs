//! The configuration as it is written: plain values with their defaults, each checked for itself and against its
//! neighbours, but not yet against the rest.
//!
//! An empty configuration plus one secret is a sensible start, so every section has a default.

mod exclusions;
mod flow;
mod quotas;
mod rules;

pub(super) use exclusions::{CallBackSettings, ExclusionSettings, HealthSettings};
pub(super) use flow::{CapacitySettings, MAX_WORK, PriceSettings, WaitingLaneSettings};
pub(super) use quotas::{FreeLaneSettings, QuotaSettings, QuotasSettings};
pub(super) use rules::{AccessSettings, HeaderSettings, MatchSettings, PathSettings, RuleSettings};

use super::{
    MAX_SUB_PUZZLES, RateLimitFields,
    strict::{Object, Settings},
    value::Value,
};
use crate::page::Language;

/// A day; no quota needs a longer window, and no token a longer life than thirty of them.
pub(super) const DAY_SECONDS: u32 = 86_400;

/// The whole configuration.
pub(super) struct Configuration {
    pub(super) mode: Mode,
    /// Each a [`KeySettings`]; they are told about in other words.
    pub(super) keys: Option<Value>,
    pub(super) client: ClientSettings,
    pub(super) challenge: ChallengeSettings,
    pub(super) price: PriceSettings,
    pub(super) clearance: ClearanceSettings,
    /// Quotas of a prefix without a clearance.
    pub(super) prefix_quota: QuotasSettings,
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

impl Settings for Configuration {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            mode: object.word("mode", Mode::Enforce, &MODES),
            keys: object.optional_value("keys"),
            client: object.section("client"),
            challenge: object.section("challenge"),
            price: object.section("price"),
            clearance: object.section("clearance"),
            prefix_quota: object.quotas_or("prefix_quota", (60, 60, 30)),
            redeem: object.section("redeem"),
            free_lane: object.section("free_lane"),
            waiting_lane: object.section("waiting_lane"),
            capacity: object.optional_section("capacity"),
            exclusions: object.section("exclusions"),
            rules: object.list("rules"),
            ledger: object.section("ledger"),
            page: object.section("page"),
            rate_limit_fields: object.word(
                "rate_limit_fields",
                RateLimitFields::Refused,
                &[
                    ("always", RateLimitFields::Always),
                    ("refused", RateLimitFields::Refused),
                    ("never", RateLimitFields::Never),
                ],
            ),
            observe_header: object.flag("observe_header", false),
        }
    }
}

/// Whether what is decided is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Enforce,
    Observe,
}

const MODES: [(&str, Mode); 2] = [("enforce", Mode::Enforce), ("observe", Mode::Observe)];

/// A key of the keyring; the first one signs.
pub(super) struct KeySettings {
    pub(super) id: Option<u8>,
    pub(super) secret: Option<String>,
}

impl Settings for KeySettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            id: object.optional_number("id", 0..=u8::MAX),
            secret: object.optional_text("secret"),
        }
    }
}

pub(super) struct ClientSettings {
    pub(super) address: AddressSettings,
    pub(super) ipv4_prefix: u8,
    pub(super) ipv6_prefix: u8,
}

impl Settings for ClientSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            address: AddressSettings::read(object),
            ipv4_prefix: object.number("ipv4_prefix", 32, 8..=32),
            ipv6_prefix: object.number("ipv6_prefix", 64, 16..=128),
        }
    }
}

pub(super) enum AddressSettings {
    Peer,
    Header(ForwardedSettings),
}

impl AddressSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let key = "address";
        match object.value(key) {
            None => Self::Peer,
            Some(Value::Text(text)) if text == "peer" => Self::Peer,
            Some(value @ Value::Object(_)) => match object.choice(key, value, &["header"]) {
                Some((_, value)) => Self::Header(object.section_of("address.header", value)),
                None => Self::Peer,
            },
            Some(_) => {
                object.problem(
                    key,
                    "expected \"peer\", or a header, as in {\"header\": {\"name\": \"x-forwarded-for\", \"trusted_hops\": 1}}",
                );
                Self::Peer
            }
        }
    }
}

pub(super) struct ForwardedSettings {
    pub(super) name: String,
    pub(super) trusted_hops: u8,
}

impl Settings for ForwardedSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            name: object.required_text("name"),
            trusted_hops: object.required_number("trusted_hops", 1..=32),
        }
    }
}

pub(super) struct ChallengeSettings {
    pub(super) sub_puzzles: u16,
    pub(super) lifetime_seconds: u32,
    pub(super) bind_to_prefix: bool,
}

impl Settings for ChallengeSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            sub_puzzles: object.number("sub_puzzles", 32, 1..=MAX_SUB_PUZZLES),
            lifetime_seconds: object.number("lifetime_seconds", 300, 30..=3_600),
            bind_to_prefix: object.flag("bind_to_prefix", false),
        }
    }
}

pub(super) struct ClearanceSettings {
    pub(super) lifetime_seconds: u32,
    pub(super) quota: QuotasSettings,
}

impl Settings for ClearanceSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            lifetime_seconds: object.number("lifetime_seconds", 3_600, 60..=DAY_SECONDS.saturating_mul(30)),
            quota: object.quotas_or("quota", (120, 60, 60)),
        }
    }
}

pub(super) struct RedeemSettings {
    pub(super) refusals_per_prefix: QuotaSettings,
    pub(super) tries_per_challenge: QuotaSettings,
}

impl Settings for RedeemSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            refusals_per_prefix: object.quota("refusals_per_prefix", (60, 60, 60)),
            tries_per_challenge: object.quota("tries_per_challenge", (10, 60, 10)),
        }
    }
}

pub(super) struct LedgerSettings {
    pub(super) clearances: u32,
    pub(super) prefixes: u32,
}

impl Settings for LedgerSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let entries = 1_024..=16_777_216;
        Self {
            clearances: object.number("clearances", 65_536, entries.clone()),
            prefixes: object.number("prefixes", 65_536, entries),
        }
    }
}

pub(super) struct PageSettings {
    pub(super) site: String,
    pub(super) telephone: Option<String>,
    pub(super) default_language: Language,
}

impl Settings for PageSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let languages = Language::ALL.map(|language| (language.code(), language));
        let settings = Self {
            site: object.text("site"),
            telephone: object.optional_text("telephone"),
            default_language: object.word("default_language", Language::Vi, &languages),
        };
        for (key, text) in [
            ("site", Some(&settings.site)),
            ("telephone", settings.telephone.as_ref()),
        ] {
            if text.is_some_and(|text| text.chars().count() > 120 || text.chars().any(char::is_control)) {
                object.problem(key, "expected at most 120 characters on one line");
            }
        }
        settings
    }
}
