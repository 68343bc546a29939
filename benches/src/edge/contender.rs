//! The workers that are compared.

use levee_testing::Objects;
use serde_json::Value;

use crate::levee::configuration::{closed, free_lane, observed, open, used_up};

/// A worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contender {
    /// Forwards everything.
    PassThrough,
    /// Refuses everything.
    Refusal,
    /// A limiter in JavaScript whose buckets are never empty.
    Limiter,
    /// The same with buckets that are empty at once.
    EmptyLimiter,
    /// Levee: a clearance is required, quotas are never in the way.
    Clearance,
    /// Levee: the same without Durable Objects.
    Alone,
    /// Levee: a free lane that everybody fits into, without Durable Objects: one isolate alone may not ask them as often as
    /// bursts would need.
    FreeLane,
    /// Levee: quotas that are used up at once.
    Quota,
    /// Levee: [`Contender::Clearance`], observed.
    Observe,
    /// Levee: a rule that asks for nothing and counts nothing.
    Open,
}

impl Contender {
    /// All of them.
    pub(super) const ALL: [Self; 10] = [
        Self::PassThrough,
        Self::Refusal,
        Self::Limiter,
        Self::EmptyLimiter,
        Self::Clearance,
        Self::Alone,
        Self::FreeLane,
        Self::Quota,
        Self::Observe,
        Self::Open,
    ];

    /// What it is called among workers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PassThrough => "pass-through",
            Self::Refusal => "refusal",
            Self::Limiter => "limiter",
            Self::EmptyLimiter => "empty-limiter",
            Self::Clearance => "clearance",
            Self::Alone => "alone",
            Self::FreeLane => "free-lane",
            Self::Quota => "quota",
            Self::Observe => "observe",
            Self::Open => "open",
        }
    }

    /// Where it stands in [`Contender::ALL`].
    pub(super) fn position(self) -> Option<usize> {
        Self::ALL.iter().position(|other| *other == self)
    }

    /// Its only module, of one that is not Levee.
    pub(super) const fn script(self) -> Option<&'static str> {
        match self {
            Self::PassThrough => Some(include_str!("pass_through.js")),
            Self::Refusal => Some(include_str!("refusal.js")),
            Self::Limiter | Self::EmptyLimiter => Some(include_str!("limiter.js")),
            Self::Clearance | Self::Alone | Self::FreeLane | Self::Quota | Self::Observe | Self::Open => None,
        }
    }

    /// What it finds in its environment.
    pub(super) fn variables(self) -> Vec<(&'static str, String)> {
        let bucket = |size: u32| vec![("PER_SECOND", size.to_string()), ("BURST", size.to_string())];
        let levee = |configuration: Value| vec![("LEVEE_CONFIG", for_isolates(configuration).to_string())];
        match self {
            Self::PassThrough | Self::Refusal => Vec::new(),
            Self::Limiter => bucket(1_000),
            Self::EmptyLimiter => bucket(0),
            Self::Clearance | Self::Alone => levee(closed()),
            Self::FreeLane => levee(free_lane()),
            Self::Quota => levee(used_up()),
            Self::Observe => levee(observed(closed())),
            Self::Open => levee(open()),
        }
    }

    /// Its Durable Objects.
    pub(super) fn objects(self) -> Option<Objects> {
        let owner = self.name().to_owned();
        match self {
            Self::PassThrough | Self::Refusal | Self::Alone | Self::FreeLane => None,
            Self::Limiter | Self::EmptyLimiter => Some(Objects {
                class: "Limiter",
                binding: "LIMITER",
                owner,
            }),
            Self::Clearance | Self::Quota | Self::Observe | Self::Open => Some(Objects::levee(owner)),
        }
    }
}

/// The same with ledgers of the default size: an isolate has less memory than an Envoy.
fn for_isolates(mut configuration: Value) -> Value {
    if let Some(members) = configuration.as_object_mut() {
        members.remove("ledger");
    }
    configuration
}
