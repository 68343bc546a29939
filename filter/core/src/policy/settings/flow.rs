//! The price, what the origin can carry, and the waiting lane as they are written.

use super::{DAY_SECONDS, QuotaSettings, QuotasSettings};
use crate::policy::strict::{Object, Settings};

/// More work than any browser would finish in a day.
pub(in crate::policy) const MAX_WORK: u64 = 1 << 40;

pub(in crate::policy) struct PriceSettings {
    pub(in crate::policy) floor: u64,
    pub(in crate::policy) ceiling: u64,
    pub(in crate::policy) target_per_second: u32,
    pub(in crate::policy) doubling_seconds: u32,
    pub(in crate::policy) prefix: PrefixPriceSettings,
}

impl Settings for PriceSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let settings = Self {
            floor: object.number("floor", 1 << 19, 1..=MAX_WORK),
            ceiling: object.number("ceiling", 1 << 23, 1..=MAX_WORK),
            target_per_second: object.number("target_per_second", 10, 1..=1_000_000),
            doubling_seconds: object.number("doubling_seconds", 30, 1..=3_600),
            prefix: object.section("prefix"),
        };
        object.check("ceiling", settings.ceiling, settings.floor..=MAX_WORK);
        settings
    }
}

pub(in crate::policy) struct PrefixPriceSettings {
    pub(in crate::policy) target_per_minute: u32,
    pub(in crate::policy) doubling_seconds: u32,
}

impl Settings for PrefixPriceSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            target_per_minute: object.number("target_per_minute", 120, 1..=1_000_000),
            doubling_seconds: object.number("doubling_seconds", 60, 1..=3_600),
        }
    }
}

pub(in crate::policy) struct CapacitySettings {
    pub(in crate::policy) requests_per_second: u32,
    pub(in crate::policy) burst: u32,
    pub(in crate::policy) visit_seconds: u32,
    pub(in crate::policy) latency_ms: u32,
}

impl Settings for CapacitySettings {
    fn read(object: &mut Object<'_>) -> Self {
        let requests_per_second = object.required_number("requests_per_second", 1..=1_000_000);
        let bursts = 4..=10_000_000;
        let burst = object.optional_number("burst", bursts.clone());
        if burst.is_none() {
            object.check("burst", requests_per_second, bursts);
        }
        Self {
            requests_per_second,
            burst: burst.unwrap_or(requests_per_second),
            visit_seconds: object.number("visit_seconds", 300, 1..=DAY_SECONDS),
            latency_ms: object.number("latency_ms", 2_000, 1..=600_000),
        }
    }
}

pub(in crate::policy) struct WaitingLaneSettings {
    pub(in crate::policy) enabled: bool,
    pub(in crate::policy) floor_seconds: u32,
    pub(in crate::policy) ceiling_seconds: u32,
    pub(in crate::policy) lifetime_seconds: u32,
    pub(in crate::policy) quota: QuotasSettings,
    pub(in crate::policy) grants: QuotaSettings,
    pub(in crate::policy) grants_per_prefix: QuotaSettings,
}

impl Settings for WaitingLaneSettings {
    fn read(object: &mut Object<'_>) -> Self {
        let settings = Self {
            enabled: object.flag("enabled", true),
            floor_seconds: object.number("floor_seconds", 15, 1..=3_600),
            ceiling_seconds: object.number("ceiling_seconds", 300, 1..=3_600),
            lifetime_seconds: object.number("lifetime_seconds", 1_200, 1..=DAY_SECONDS),
            quota: object.quotas_or("quota", (40, 60, 20)),
            grants: object.quota("grants", (30, 60, 10)),
            grants_per_prefix: object.quota("grants_per_prefix", (6, 60, 6)),
        };
        object.check(
            "ceiling_seconds",
            settings.ceiling_seconds,
            settings.floor_seconds..=3_600,
        );
        // Counted from when the challenge was issued, so that a part of it is spent in waiting.
        let shortest = settings.ceiling_seconds.saturating_mul(2);
        object.check(
            "lifetime_seconds",
            settings.lifetime_seconds,
            shortest..=DAY_SECONDS,
        );
        settings
    }
}
