//! The filter chains that are compared.

use super::floor::Floor;

/// What stands in front of the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// Nothing.
    Router,
    /// Envoy's own limit, one bucket for all.
    LocalRateLimit,
    /// Envoy's own limit, a bucket for each address.
    LocalRateLimitPerClient,
    /// A script that reads four headers.
    Lua,
    /// A module that does little.
    Floor(Floor),
    /// Levee: a clearance is required, quotas are never in the way.
    Clearance,
    /// Levee: the same, and the origin's capacity is watched, which everybody fits into.
    Capacity,
    /// Levee: a free lane that everybody fits into.
    FreeLane,
    /// Levee: quotas that are used up at once.
    Quota,
    /// Levee: [`Chain::Clearance`], observed.
    Observe,
    /// Levee: [`Chain::Quota`], observed.
    ObserveQuota,
    /// Levee: [`Chain::Clearance`] with next to no room in its ledger. Not measured for its time.
    LittleRoom,
    /// Levee: a rule that asks for nothing and counts nothing.
    Open,
    /// Levee: [`Chain::Clearance`] behind 9 rules that do not match.
    Rules10,
    /// Levee: [`Chain::Clearance`] behind 999 rules that do not match.
    Rules1000,
}

impl Chain {
    /// All whose time is measured.
    pub(super) const fn all() -> [Self; 19] {
        [
            Self::Router,
            Self::LocalRateLimit,
            Self::LocalRateLimitPerClient,
            Self::Lua,
            Self::Floor(Floor::Nothing),
            Self::Floor(Floor::Callbacks),
            Self::Floor(Floor::Headers),
            Self::Floor(Floor::TwoFields),
            Self::Floor(Floor::SharedData),
            Self::Floor(Floor::Reply),
            Self::Clearance,
            Self::Capacity,
            Self::FreeLane,
            Self::Quota,
            Self::Observe,
            Self::ObserveQuota,
            Self::Open,
            Self::Rules10,
            Self::Rules1000,
        ]
    }

    /// The name of its listener.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Router => "router",
            Self::LocalRateLimit => "local_ratelimit",
            Self::LocalRateLimitPerClient => "local_ratelimit_per_client",
            Self::Lua => "lua",
            Self::Floor(floor) => floor.name(),
            Self::Clearance => "clearance",
            Self::Capacity => "capacity",
            Self::FreeLane => "free_lane",
            Self::Quota => "quota",
            Self::Observe => "observe",
            Self::ObserveQuota => "observe_quota",
            Self::LittleRoom => "little_room",
            Self::Open => "open",
            Self::Rules10 => "rules_10",
            Self::Rules1000 => "rules_1000",
        }
    }
}
