//! The ledger of nodes that have no store at hand, only objects far away that each keep a part of the state: isolates at
//! Cloudflare's edge and their Durable Objects.
//!
//! A decision does not wait for each answer of the ledger. It is made at once, on what the node expects the answers to be;
//! what it asked of an object on the way is then sent there in one go. The object carries it out up to the first answer
//! that is not as expected. With the true answers the decision is made again: deciding is a pure function of the request
//! and of what the ledger answers, so it takes the same way and goes on where something was different. So every decision
//! is exactly the one that a ledger at hand would have led to, and nearly all take one journey or none.
//!
//! ```text
//! Node ------ what one isolate knows: prefixes, leases of budgets, denials
//!   Transcript ------ one request: what was asked so far, and what was answered
//!     Attempt ------ one run of the decision over it; this is the Ledger
//!
//! serve() ------ the other end, over the ledger of an object
//! ```
//!
//! | state | lives | a node asks |
//! |---|---|---|
//! | of prefixes | in each node | never: whoever has paid no work costs no journey |
//! | of clearances | in one of several [`Home::Shard`]s | once a decision; not while it knows of a denial |
//! | budgets | in the [`Home::Site`] | for a lease of units at a time; after a denial not before [`READ_AGE_NANOS`] |
//! | line, health | in the [`Home::Site`] | when what it has seen is older than [`READ_AGE_NANOS`], and for every change |

mod attempt;
mod node;
mod transcript;

pub use attempt::Attempt;
pub use node::Node;
pub use transcript::{Question, Transcript};

#[cfg(doc)]
use super::READ_AGE_NANOS;
use super::{Change, Key, Ledger, Register, Take, Words, lease::Lease};
use crate::{
    quota::Quota,
    time::{NANOS_PER_SECOND, Timestamp},
};
use serde::{Deserialize, Serialize};

/// How long a node keeps units of a budget before they are spent, in nanoseconds.
pub const REMOTE_LEASE_NANOS: u64 = NANOS_PER_SECOND;

/// Journeys that one decision may take. The ordinary is one or none; most are needed by somebody whose turn in line it is.
pub const MAX_JOURNEYS: usize = 8;

/// Asks that an object carries out at once; a decision has fewer.
const MAX_ASKS: usize = 64;

/// Where a part of the state lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// What all clients share: budgets and registers.
    Site,
    /// A part of the clearances, counted from 0.
    Shard(u16),
}

impl core::fmt::Display for Home {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Site => f.write_str("site"),
            Self::Shard(index) => write!(f, "shard-{index}"),
        }
    }
}

/// What is asked of a ledger: the methods of [`Ledger`], as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// [`Ledger::take`]
    Take {
        /// The entry.
        key: Key,
        /// Of what.
        quota: Quota,
        /// How many units.
        cost: u32,
    },
    /// [`Ledger::count`]
    Count {
        /// The entry.
        key: Key,
        /// Of what.
        quota: Quota,
    },
    /// [`Ledger::give_back`]
    GiveBack {
        /// The entry.
        key: Key,
        /// Of what.
        quota: Quota,
        /// How many units.
        cost: u32,
    },
    /// [`Ledger::check`]
    Check {
        /// The entry.
        key: Key,
        /// Of what.
        quota: Quota,
    },
    /// [`Ledger::known_denied`], which no object is ever asked.
    Known {
        /// The entry.
        key: Key,
        /// Of what.
        quota: Quota,
    },
    /// [`Ledger::recent_arrival`]
    Arrival {
        /// The entry.
        key: Key,
    },
    /// [`Ledger::read`]
    Read {
        /// Of what.
        register: Register,
    },
    /// [`Ledger::change`]
    Change(Change),
}

impl Op {
    /// The entry that it is about, if it is about one.
    const fn key(&self) -> Option<Key> {
        match self {
            Self::Take { key, .. }
            | Self::Count { key, .. }
            | Self::GiveBack { key, .. }
            | Self::Check { key, .. }
            | Self::Known { key, .. }
            | Self::Arrival { key } => Some(*key),
            Self::Read { .. } | Self::Change(_) => None,
        }
    }
}

/// What is answered to an [`Op`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Op::Take`].
    Took {
        /// The answer itself.
        take: Take,
        /// Units taken beyond those asked for, as a lease.
        leased: u32,
        /// The state of the entry after it.
        arrival: Option<Timestamp>,
    },
    /// To [`Op::Count`] and [`Op::GiveBack`].
    Done,
    /// To [`Op::Check`] and [`Op::Known`]: nanoseconds for which it is denied.
    DeniedFor(Option<u64>),
    /// To [`Op::Arrival`].
    Arrival(Option<Timestamp>),
    /// To [`Op::Read`] and [`Op::Change`]; `None` when the change could not be made.
    Words(Option<Words>),
}

impl Reply {
    const fn took(take: Take) -> Self {
        Self::Took {
            take,
            leased: 0,
            arrival: None,
        }
    }

    /// Whether a decision may go another way on this than on `other`.
    fn leads_elsewhere_than(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Took { take: a, .. }, Self::Took { take: b, .. }) => a.is_granted() != b.is_granted(),
            (Self::DeniedFor(a), Self::DeniedFor(b)) => a.is_some() != b.is_some(),
            _ => self != other,
        }
    }
}

/// One thing that is asked of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    op: Op,
    /// What the decision went on with.
    expected: Reply,
    lease: Option<Terms>,
}

/// What a node says of its lease when it takes from a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Terms {
    /// Units of the last lease that it has not spent and gives back.
    unspent: u32,
    /// Units that it would like beyond those it asks for.
    wanted: u32,
}

/// Carries out what a node asks, on the ledger of an object, up to the first answer that is not as expected; returns the
/// answers so far, at least one if anything was asked.
pub fn serve(ledger: &mut dyn Ledger, asks: &[Ask], now: Timestamp) -> Vec<Reply> {
    let mut replies = Vec::new();
    for ask in asks.iter().take(MAX_ASKS) {
        let reply = carry_out(ledger, ask.op, ask.lease, now);
        replies.push(reply);
        if reply.leads_elsewhere_than(&ask.expected) {
            break;
        }
    }
    replies
}

fn carry_out(ledger: &mut dyn Ledger, op: Op, lease: Option<Terms>, now: Timestamp) -> Reply {
    match op {
        Op::Take { key, quota, cost } => take(ledger, key, &quota, cost, lease, now),
        Op::Count { key, quota } => {
            ledger.count(key, &quota, now);
            Reply::Done
        }
        Op::GiveBack { key, quota, cost } => {
            ledger.give_back(key, cost, &quota, now);
            Reply::Done
        }
        Op::Check { key, quota } => Reply::DeniedFor(ledger.check(key, &quota, now)),
        Op::Known { key, quota } => Reply::DeniedFor(ledger.known_denied(key, &quota, now)),
        Op::Arrival { key } => Reply::Arrival(ledger.recent_arrival(key, now)),
        Op::Read { register } => Reply::Words(Some(ledger.read(register, now))),
        Op::Change(change) => Reply::Words(ledger.change(&change, now)),
    }
}

fn take(
    ledger: &mut dyn Ledger,
    key: Key,
    quota: &Quota,
    cost: u32,
    lease: Option<Terms>,
    now: Timestamp,
) -> Reply {
    if let Some(Terms { unspent, .. }) = lease
        && unspent > 0
    {
        ledger.give_back(key, unspent, quota, now);
    }
    let take = ledger.take(key, cost, quota, now);
    let leased = match (take, lease) {
        (Take::Granted { remaining, .. }, Some(Terms { wanted, .. })) => {
            let units = Lease::share(wanted, remaining, quota, REMOTE_LEASE_NANOS);
            if units > 0 && ledger.take(key, units, quota, now).is_granted() {
                units
            } else {
                0
            }
        }
        _ => 0,
    };
    Reply::Took {
        take,
        leased,
        arrival: ledger.recent_arrival(key, now),
    }
}

#[cfg(test)]
mod tests;
