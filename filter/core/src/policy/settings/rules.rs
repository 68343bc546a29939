//! Rules as they are written.

use super::{FreeLaneSettings, MAX_WORK, MODES, Mode, QuotasSettings};
use crate::policy::strict::{Object, Settings};

pub(in crate::policy) struct RuleSettings {
    pub(in crate::policy) name: Option<String>,
    pub(in crate::policy) conditions: MatchSettings,
    pub(in crate::policy) access: AccessSettings,
    pub(in crate::policy) mode: Option<Mode>,
    pub(in crate::policy) work: Option<u64>,
    pub(in crate::policy) quota: Option<QuotasSettings>,
    pub(in crate::policy) prefix_quota: Option<QuotasSettings>,
    pub(in crate::policy) route_quota: Option<QuotasSettings>,
    pub(in crate::policy) free_lane: Option<FreeLaneSettings>,
}

impl Settings for RuleSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let settings = Self {
            name: object.optional_text("name"),
            conditions: object.section("match"),
            access: object.word(
                "access",
                AccessSettings::FreeLane,
                &[
                    ("open", AccessSettings::Open),
                    ("free_lane", AccessSettings::FreeLane),
                    ("clearance", AccessSettings::Clearance),
                    ("refuse", AccessSettings::Refuse),
                ],
            ),
            mode: object.optional_word("mode", &MODES),
            work: object.optional_number("work", 1..=MAX_WORK),
            quota: object.quotas("quota"),
            prefix_quota: object.quotas("prefix_quota"),
            route_quota: object.quotas("route_quota"),
            free_lane: object.optional_section("free_lane"),
        };
        let asks = matches!(
            settings.access,
            AccessSettings::FreeLane | AccessSettings::Clearance
        );
        let refuses = settings.access == AccessSettings::Refuse;
        let has_free_lane = settings.access == AccessSettings::FreeLane;
        for (key, is_useless) in [
            ("work", settings.work.is_some() && !asks),
            ("quota", settings.quota.is_some() && !asks),
            ("prefix_quota", settings.prefix_quota.is_some() && refuses),
            ("route_quota", settings.route_quota.is_some() && refuses),
            ("free_lane", settings.free_lane.is_some() && !has_free_lane),
        ] {
            if is_useless {
                object.problem(key, "has no effect with this rule's access; remove it");
            }
        }
        settings
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum AccessSettings {
    Open,
    FreeLane,
    Clearance,
    Refuse,
}

#[derive(Default)]
pub(in crate::policy) struct MatchSettings {
    pub(in crate::policy) methods: Vec<String>,
    pub(in crate::policy) path: Option<PathSettings>,
    pub(in crate::policy) host: Option<String>,
    pub(in crate::policy) header: Option<HeaderSettings>,
    pub(in crate::policy) clients: Vec<String>,
    pub(in crate::policy) countries: Vec<String>,
}

impl Settings for MatchSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            methods: object.texts("methods"),
            path: object.path(&["exact", "prefix", "glob"]),
            host: object.optional_text("host"),
            header: object.optional_section("header"),
            clients: object.texts("clients"),
            countries: object.texts("countries"),
        }
    }
}

pub(in crate::policy) enum PathSettings {
    Exact(String),
    Prefix(String),
    Glob(String),
}

impl Object<'_> {
    /// The path, if there is one, of one of these `kinds`.
    #[inline(never)]
    pub(super) fn path(&mut self, kinds: &[&str]) -> Option<PathSettings> {
        let key = "path";
        let value = self.optional_value(key)?;
        let (place, value) = self.choice(key, value, kinds)?;
        let kind = kinds.get(place)?;
        let text = self.text_of(&format!("{key}.{kind}"), value)?;
        Some(match *kind {
            "exact" => PathSettings::Exact(text),
            "prefix" => PathSettings::Prefix(text),
            _ => PathSettings::Glob(text),
        })
    }
}

pub(in crate::policy) struct HeaderSettings {
    pub(in crate::policy) name: String,
    pub(in crate::policy) value: Option<String>,
}

impl Settings for HeaderSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            name: object.required_text("name"),
            value: object.optional_text("value"),
        }
    }
}
