//! Quotas and budgets, each with a name of its own.

use crate::{
    policy::{
        Meter,
        settings::{FreeLaneSettings, QuotaSettings, QuotasSettings},
    },
    quota::{Quota, at_least_one},
};
use core::hash::Hasher as _;
use siphasher::sip::SipHasher24;

/// The meters of rules that have none of their own.
pub(super) struct SharedMeters {
    pub(super) clearance: Vec<Meter>,
    pub(super) prefix: Vec<Meter>,
    pub(super) free_lane: Meter,
}

/// The meters for one quota or a list of them. A single one has the `name` itself, those of a list have their window behind
/// it, which therefore differs.
#[inline(never)]
pub(super) fn meters(name: &str, settings: &QuotasSettings) -> Vec<Meter> {
    match settings {
        QuotasSettings::One(quota) => vec![meter(name, quota)],
        QuotasSettings::Several(quotas) => quotas
            .iter()
            .map(|quota| meter(&format!("{name}.{}s", quota.window_seconds), quota))
            .collect(),
    }
}

pub(super) fn meter(name: &str, settings: &QuotaSettings) -> Meter {
    meter_of(name, quota(settings))
}

pub(super) fn free_lane(name: &str, settings: FreeLaneSettings) -> Meter {
    meter_of(name, quota_of(settings.requests_per_second, 1, settings.burst))
}

#[inline(never)]
pub(super) fn meter_of(name: &str, quota: Quota) -> Meter {
    Meter {
        name: name.into(),
        id: id_of(name),
        quota,
    }
}

pub(super) fn quota(settings: &QuotaSettings) -> Quota {
    quota_of(settings.limit, settings.window_seconds, settings.burst)
}

/// No zeroes are read from a configuration; the least in their place needs no proof of that.
#[inline(never)]
pub(super) fn quota_of(limit: u32, window_seconds: u32, burst: u32) -> Quota {
    Quota::new(
        at_least_one(limit),
        at_least_one(window_seconds),
        at_least_one(burst),
    )
}

/// What stands for a name where a fixed size is needed: the same on every node and after every reload.
#[inline(never)]
pub(super) fn id_of(name: &str) -> u64 {
    let mut hasher = SipHasher24::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// The low half of [`id_of`]. It only tells which rule a challenge came from; nothing is decided by it.
pub(super) fn scope_of(name: &str) -> u32 {
    let [.., a, b, c, d] = id_of(name).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}
