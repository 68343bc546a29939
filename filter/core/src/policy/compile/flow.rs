//! The price, and what the origin can carry.

use super::quotas::{id_of, meter_of, quota_of};
use crate::{
    capacity::Capacity,
    policy::settings::{CapacitySettings, PriceSettings},
    price::{Price, Slope},
    time::NANOS_PER_SECOND,
};

/// Numbers that one clearance may draw in line: more only for who has lost one.
const TICKETS: (u32, u32, u32) = (2, 60, 2);

/// How often a client that found no room is considered: a little oftener than the second after which it is told to ask, so
/// that nobody is punished for a fast network.
const ASKING: (u32, u32, u32) = (10, 9, 1);

pub(super) fn price(settings: &PriceSettings) -> Price {
    let doublings = settings
        .ceiling
        .div_ceil(settings.floor.max(1))
        .checked_next_power_of_two()
        .map_or(u64::BITS, u64::trailing_zeros)
        .max(1);
    let slope = |name: &str, per: u32, window: u32, doubling: u32| {
        let doubling = u64::from(doubling).saturating_mul(NANOS_PER_SECOND);
        Slope::new(name, id_of(name), &quota_of(per, window, 1), doubling, doublings)
    };
    Price {
        floor: settings.floor,
        ceiling: settings.ceiling,
        overall: slope(
            "minting",
            settings.target_per_second,
            1,
            settings.doubling_seconds,
        ),
        prefix: slope(
            "prefix_minting",
            settings.prefix.target_per_minute,
            60,
            settings.prefix.doubling_seconds,
        ),
    }
}

pub(super) fn capacity(settings: &CapacitySettings, clearance_lifetime: u32) -> Capacity {
    let meter = |name: &str, (limit, window, burst)| meter_of(name, quota_of(limit, window, burst));
    Capacity {
        meter: meter("capacity", (settings.requests_per_second, 1, settings.burst)),
        visit: meter("visit", (1, settings.visit_seconds, 1)),
        tickets: meter("tickets", TICKETS),
        turn: meter("turn", (1, clearance_lifetime, 1)),
        asking: meter("asking", ASKING),
        slow: u64::from(settings.latency_ms).saturating_mul(1_000_000),
    }
}
