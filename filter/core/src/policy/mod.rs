//! The policy: the configuration, compiled once into what every request is decided by.
//!
//! Configuration is strict JSON. Unknown and repeated keys, values out of range, names that overlap and combinations
//! that are unsafe are refused, all of them told at once, each with its path, what is wrong and what would be right.

mod compile;
mod problem;
mod rule;
mod rules;
mod settings;
mod strict;
mod value;

pub use problem::Problem;
pub use rule::{Access, HeaderPattern, HostPattern, Matcher, Meter, PathPattern, Rule};

use crate::{
    capacity::Capacity,
    client::{Identification, LazyClient},
    ledger::Room,
    page::Language,
    path::Path,
    price::Price,
    quota::Quota,
    request::Request,
    token::Keyring,
    waiting_lane::WaitingLane,
};
use rules::Rules;

/// The largest number of sub-puzzles a challenge can have.
pub const MAX_SUB_PUZZLES: u16 = 256;

/// Everything that decides, compiled.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The keys in force.
    pub keys: Keyring,
    /// How clients are told apart.
    pub identification: Identification,
    /// What is asked of clients.
    pub challenge: ChallengePolicy,
    /// How much work that takes.
    pub price: Price,
    /// What the origin can carry; `None`: nobody ever waits in line.
    pub capacity: Option<Capacity>,
    /// How long a clearance lasts, in seconds from when its challenge was issued.
    pub clearance_lifetime: u64,
    /// The way in for browsers that run no script.
    pub waiting_lane: WaitingLane,
    /// How often redemption may fail.
    pub redeem: RedeemPolicy,
    /// How much room the ledger has.
    pub ledger: Room,
    /// Which answers tell the client's quotas.
    pub rate_limit_fields: RateLimitFields,
    /// Whether answers say in a header what would have been done, where that is only observed.
    pub observe_header: bool,
    /// What pages say.
    pub page: PagePolicy,
    rules: Rules,
}

/// What is asked of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengePolicy {
    /// Sub-puzzles, 1 to [`MAX_SUB_PUZZLES`].
    pub sub_puzzles: u16,
    /// How long a challenge can be redeemed, in seconds.
    pub lifetime: u64,
    /// Whether a solution must come from the prefix that was challenged.
    pub bind_to_prefix: bool,
}

/// Which answers carry `RateLimit` and `RateLimit-Policy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateLimitFields {
    /// All that a quota was asked for, those of the origin too.
    Always,
    /// Refusals for a quota.
    #[default]
    Refused,
    /// None.
    Never,
}

/// How often redemption may fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedeemPolicy {
    /// Refused redemptions of a prefix that are answered with another challenge. Solutions that are right are never
    /// held against a prefix, so that a neighbour behind the same address cannot keep anybody out.
    pub refusals: Meter,
    /// Redemptions of one challenge: whoever replays a solution pays nothing for the hashes it takes to check.
    pub tries: Quota,
    /// Redemptions of one challenge that count as minting: the first.
    pub minting: Quota,
}

/// What pages say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePolicy {
    /// The name of the site; may be empty.
    pub site: String,
    /// Whom to call when nothing else helps.
    pub telephone: Option<String>,
    /// The language for those whose browser asks for none that there is.
    pub default_language: Language,
}

impl Policy {
    /// Compiles a configuration.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn from_json(text: &[u8]) -> Result<Self, Vec<Problem>> {
        compile::compile(text)
    }

    /// The rule that `request` meets: the first that matches, or, where its path is in doubt, the strictest of all.
    #[must_use]
    pub fn rule_for(&self, request: &Request<'_>, path: &Path<'_>, client: &LazyClient<'_>) -> &Rule {
        if path.is_doubtful() {
            self.rules.strictest()
        } else {
            self.rules.first(request, path, client)
        }
    }

    /// The rule with this scope, as a challenge names it.
    #[must_use]
    pub fn rule_of_scope(&self, scope: u32) -> Option<&Rule> {
        self.rules().find(|rule| rule.scope == scope)
    }

    /// All rules in order; the last one matches everything.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }
}
