//! Where quota state lives: the port that a host provides, and the ledgers behind it.
//!
//! [`MemoryLedger`] keeps the state of one host instance. [`SharedLedger`] keeps that of all instances which share a
//! store with compare-and-swap, as the worker threads of an Envoy do. [`remote`] is that of nodes which have to ask for it over
//! a distance.

mod bucket;
mod change;
mod denials;
mod lease;
mod memory;
pub mod remote;
mod shared;
mod store;

pub use change::Change;
pub use lease::LEASE_NANOS;
pub use memory::MemoryLedger;
pub use shared::SharedLedger;
pub use store::{SlotName, Store, StoreError, Version};

use crate::{quota::Quota, time::Timestamp};
use core::{hash::Hasher, num::NonZeroUsize};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;

/// Whose state an entry is. Each space has room of its own, so that whatever is cheap to come by (addresses) cannot
/// push out what has been paid for (clearances).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Space {
    /// Quotas of clients with a clearance.
    Clearance = 0,
    /// Quotas of address prefixes, and of challenges being redeemed.
    Prefix = 1,
    /// Budgets: quotas that all clients share. As many as the policy has, and never pushed out.
    Budget = 2,
}

/// The name of an entry: a keyed hash of what it stands for. Nobody without the key can choose two identities that
/// share an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The space it lives in.
    pub space: Space,
    /// The keyed hash, unique within the space.
    pub hash: u64,
    /// What the identity begins with: the same for all entries of one clearance, so that they can be kept together.
    pub home: u64,
}

/// Makes [`Key`]s.
#[derive(Clone)]
pub struct KeyHasher(SipHasher24);

impl KeyHasher {
    /// A maker of keys that only it can make.
    #[must_use]
    pub fn new(key: &[u8; 16]) -> Self {
        Self(SipHasher24::new_with_key(key))
    }

    /// The key of `identity`'s entry for the quota called `meter`.
    #[must_use]
    pub fn key(&self, space: Space, meter: u64, identity: &[u8]) -> Key {
        let mut hasher = self.0;
        hasher.write_u8(space as u8);
        hasher.write(&meter.to_be_bytes());
        hasher.write(identity);
        let home = identity.first_chunk::<8>();
        Key {
            space,
            hash: hasher.finish(),
            home: home.map_or(0, |bytes| u64::from_be_bytes(*bytes)),
        }
    }
}

impl core::fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KeyHasher(redacted)")
    }
}

/// What a ledger answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Take {
    /// The units were taken.
    Granted {
        /// How many more would be granted at this moment.
        remaining: u32,
        /// Nanoseconds until the whole burst would be there again, if nothing more were taken.
        full_in: u64,
    },
    /// Nothing was taken.
    Denied {
        /// Nanoseconds until the same request would be granted.
        retry_after: u64,
    },
}

impl Take {
    /// Whether the units were taken.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        matches!(self, Self::Granted { .. })
    }
}

/// A few numbers that all nodes share and change together. What they mean is up to who reads them.
pub type Words = [u64; 10];

/// Names a set of [`Words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Register {
    /// The waiting line: [`crate::line`].
    Line = 0,
    /// How the origin has been doing: [`crate::capacity`].
    Health = 1,
}

impl Register {
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [Self::Line, Self::Health];

    /// How many there are.
    pub const COUNT: usize = 2;
}

/// How old what [`Ledger::read`] and [`Ledger::recent_arrival`] give may be, in nanoseconds.
pub const READ_AGE_NANOS: u64 = 250_000_000;

/// What went on inside a ledger since it was last asked, for those who operate it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Entries that were still in force and had to make room: their clients start with a full quota.
    pub evictions: u64,
    /// Times that an entry was changed by others so often that the attempt to change it was given up. Nothing is
    /// granted then.
    pub give_ups: u64,
    /// Times that the store could not be used, so that this node decided by what it knew itself.
    pub failures: u64,
}

/// Keeps quota state. How it does so, and how exactly, is the host's affair; what is decided with it is
/// [`Quota::take`]'s.
pub trait Ledger {
    /// Takes `cost` units of `quota` from the entry `key` at `now`.
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take;

    /// Takes one unit of `quota` from the entry `key`, if there is one: to count what others then read the state of. No node
    /// ever counts in advance.
    fn count(&mut self, key: Key, quota: &Quota, now: Timestamp);

    /// Returns `cost` units that were taken just before and are not used after all.
    fn give_back(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp);

    /// For how many nanoseconds one unit of `quota` will be denied, without taking it; `None` when it would be granted.
    fn check(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64>;

    /// The same as far as this node knows without asking anybody. `None` means that [`Self::take`] must be asked.
    fn known_denied(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64>;

    /// The state of the entry `key`, at most [`READ_AGE_NANOS`] old: its theoretical arrival time, `None` when it has none.
    fn recent_arrival(&mut self, key: Key, now: Timestamp) -> Option<Timestamp>;

    /// The words of a register, all zero at first; at most [`READ_AGE_NANOS`] old.
    fn read(&mut self, register: Register, now: Timestamp) -> Words;

    /// Makes a change for all nodes and returns the register's words after it. `None` when it could not be done.
    fn change(&mut self, change: &Change, now: Timestamp) -> Option<Words>;

    /// What went on since the last call of this.
    fn drain_events(&mut self) -> Events;
}

/// For how many clients a ledger has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Entries for clearances.
    pub clearances: NonZeroUsize,
    /// Entries for prefixes.
    pub prefixes: NonZeroUsize,
    /// Entries for budgets.
    pub budgets: NonZeroUsize,
}

/// So many entries, at least one.
#[must_use]
pub const fn entries(n: usize) -> NonZeroUsize {
    match NonZeroUsize::new(n) {
        Some(n) => n,
        None => NonZeroUsize::MIN,
    }
}

/// Passes a keyed hash through: hashing it again would add cost and no protection.
#[derive(Clone, Copy, Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_space_meter_identity_and_secret() {
        let keys = KeyHasher::new(&[1; 16]);
        let key = keys.key(Space::Prefix, 1, b"a");
        assert_ne!(key, keys.key(Space::Clearance, 1, b"a"));
        assert_ne!(key.hash, keys.key(Space::Clearance, 1, b"a").hash);
        assert_ne!(key, keys.key(Space::Prefix, 2, b"a"));
        assert_ne!(key, keys.key(Space::Prefix, 1, b"b"));
        assert_ne!(key, KeyHasher::new(&[2; 16]).key(Space::Prefix, 1, b"a"));
    }
}
