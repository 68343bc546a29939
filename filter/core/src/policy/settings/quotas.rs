//! Quotas and free lanes as they are written.

use super::DAY_SECONDS;
use crate::policy::{
    strict::{Object, Settings},
    value::Value,
};

/// `limit` units every `window_seconds` seconds; `burst` (the limit, if not given) of them at once.
#[derive(Clone, Copy)]
pub(in crate::policy) struct QuotaSettings {
    pub(in crate::policy) limit: u32,
    pub(in crate::policy) window_seconds: u32,
    pub(in crate::policy) burst: u32,
}

impl Settings for QuotaSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let limit = object.required_number("limit", 1..=1_000_000_000);
        Self {
            limit,
            window_seconds: object.required_number("window_seconds", 1..=DAY_SECONDS),
            burst: object.optional_number("burst", 1..=limit).unwrap_or(limit),
        }
    }
}

/// One quota, or several with windows that differ.
pub(in crate::policy) enum QuotasSettings {
    One(QuotaSettings),
    Several(Vec<QuotaSettings>),
}

/// A limit, its window in seconds, and how many at once.
type Units = (u32, u32, u32);

impl From<Units> for QuotaSettings {
    fn from((limit, window_seconds, burst): Units) -> Self {
        Self {
            limit,
            window_seconds,
            burst,
        }
    }
}

impl Object<'_> {
    /// A quota, or the default.
    pub(super) fn quota(&mut self, key: &'static str, default: Units) -> QuotaSettings {
        match self.value(key) {
            Some(value) => self.section_of(key, value),
            None => default.into(),
        }
    }

    /// One quota or a list of them, or the default.
    pub(super) fn quotas_or(&mut self, key: &'static str, default: Units) -> QuotasSettings {
        self.quotas(key)
            .unwrap_or_else(|| QuotasSettings::One(default.into()))
    }

    /// One quota or a list of them, if there is one.
    #[inline(never)]
    pub(super) fn quotas(&mut self, key: &'static str) -> Option<QuotasSettings> {
        let values = match self.optional_value(key)? {
            Value::List(values) => values,
            value => return Some(QuotasSettings::One(self.section_of(key, value))),
        };
        if values.is_empty() {
            self.problem(key, "the list is empty; expected at least one quota, or no list");
        }
        let mut quotas: Vec<QuotaSettings> = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let place = format!("{key}[{index}]");
            let quota: QuotaSettings = self.section_of(&place, value);
            if self.is_wrong(&place) {
                continue;
            }
            let window = quota.window_seconds;
            if quotas.iter().any(|earlier| earlier.window_seconds == window) {
                self.problem(
                    &format!("{place}.window_seconds"),
                    format_args!("{window} is the window of an earlier quota of this list; expected windows that differ"),
                );
            }
            quotas.push(quota);
        }
        Some(QuotasSettings::Several(quotas))
    }
}

/// Requests that need no clearance.
#[derive(Clone, Copy)]
pub(in crate::policy) struct FreeLaneSettings {
    pub(in crate::policy) requests_per_second: u32,
    pub(in crate::policy) burst: u32,
}

impl Settings for FreeLaneSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let requests_per_second = object.number("requests_per_second", 50, 1..=1_000_000);
        Self {
            requests_per_second,
            burst: object
                .optional_number("burst", 1..=10_000_000)
                .unwrap_or_else(|| requests_per_second.saturating_mul(2)),
        }
    }
}
