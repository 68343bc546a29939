//! Where quota state lives: the port that a host provides, and a bounded one in memory.

use crate::{
    quota::{Outcome, Quota},
    time::Timestamp,
};
use core::{
    hash::{BuildHasherDefault, Hasher},
    num::NonZeroUsize,
};
use lru::LruCache;
use siphasher::sip::SipHasher24;

/// Whose state an entry is. Each space has room of its own, so that whatever is cheap to come by (addresses) cannot
/// push out what has been paid for (clearances).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Space {
    /// Quotas of clients with a clearance, and of challenges being redeemed.
    Clearance = 0,
    /// Quotas of address prefixes.
    Prefix = 1,
    /// Budgets: quotas that all clients share. As many as the policy has.
    Budget = 2,
}

/// The name of an entry: a keyed hash of what it stands for. Nobody without the key can choose two identities that
/// share an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The space it lives in.
    pub space: Space,
    /// The keyed hash, unique within the space.
    pub hash: u64,
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
        Key {
            space,
            hash: hasher.finish(),
        }
    }
}

impl core::fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KeyHasher(redacted)")
    }
}

/// What a ledger answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The units were taken.
    Granted {
        /// How many more would be granted at this moment.
        remaining: u32,
    },
    /// Nothing was taken.
    Denied {
        /// Nanoseconds until the same request would be granted.
        retry_after: u64,
    },
}

/// Keeps quota state. How it does so, and how exactly, is the host's affair; what is decided with it is
/// [`Quota::take`]'s.
pub trait Ledger {
    /// Takes `cost` units of `quota` from the entry `key` at `now`.
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take;
}

/// How many entries a [`MemoryLedger`] has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Entries for clearances.
    pub clearances: NonZeroUsize,
    /// Entries for prefixes.
    pub prefixes: NonZeroUsize,
    /// Entries for budgets.
    pub budgets: NonZeroUsize,
}

/// A ledger in the memory of one host instance, bounded: when a space is full, the entry that was asked for longest
/// ago makes room. About 80 bytes an entry.
#[derive(Debug)]
pub struct MemoryLedger {
    clearances: Entries,
    prefixes: Entries,
    budgets: Entries,
}

type Entries = LruCache<u64, Timestamp, BuildHasherDefault<AlreadyHashed>>;

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new(capacity: Capacity) -> Self {
        let entries = |n| LruCache::with_hasher(n, BuildHasherDefault::default());
        Self {
            clearances: entries(capacity.clearances),
            prefixes: entries(capacity.prefixes),
            budgets: entries(capacity.budgets),
        }
    }

    /// Changes how many entries there is room for, keeping the most recently used.
    pub fn resize(&mut self, capacity: Capacity) {
        self.clearances.resize(capacity.clearances);
        self.prefixes.resize(capacity.prefixes);
        self.budgets.resize(capacity.budgets);
    }

    /// The number of entries in all spaces.
    #[must_use]
    pub fn len(&self) -> usize {
        [&self.clearances, &self.prefixes, &self.budgets]
            .into_iter()
            .fold(0, |n, entries| n.saturating_add(entries.len()))
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Ledger for MemoryLedger {
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take {
        let entries = match key.space {
            Space::Clearance => &mut self.clearances,
            Space::Prefix => &mut self.prefixes,
            Space::Budget => &mut self.budgets,
        };
        match quota.take(entries.get(&key.hash).copied(), cost, now) {
            Outcome::Granted { arrival, remaining } => {
                entries.put(key.hash, arrival);
                Take::Granted { remaining }
            }
            Outcome::Denied { retry_after } => Take::Denied { retry_after },
        }
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
    use core::num::NonZeroU32;

    fn ledger(entries: usize) -> MemoryLedger {
        let n = NonZeroUsize::new(entries).unwrap();
        MemoryLedger::new(Capacity {
            clearances: n,
            prefixes: n,
            budgets: n,
        })
    }

    fn once_a_minute() -> Quota {
        Quota::new(NonZeroU32::MIN, NonZeroU32::new(60).unwrap(), NonZeroU32::MIN)
    }

    #[test]
    fn entries_stay_bounded_whatever_the_number_of_clients() {
        let (mut ledger, keys) = (ledger(100), KeyHasher::new(&[1; 16]));
        for client in 0..10_000_u32 {
            let key = keys.key(Space::Prefix, 0, &client.to_be_bytes());
            let _ = ledger.take(key, 1, &once_a_minute(), Timestamp::from_seconds(1));
        }
        assert_eq!(ledger.len(), 100);
    }

    #[test]
    fn a_flood_of_addresses_does_not_refill_the_quota_of_a_clearance() {
        let (mut ledger, keys, now) = (ledger(10), KeyHasher::new(&[1; 16]), Timestamp::from_seconds(1));
        let cleared = keys.key(Space::Clearance, 0, b"patient");
        assert!(matches!(
            ledger.take(cleared, 1, &once_a_minute(), now),
            Take::Granted { .. }
        ));
        for client in 0..1_000_u32 {
            let key = keys.key(Space::Prefix, 0, &client.to_be_bytes());
            let _ = ledger.take(key, 1, &once_a_minute(), now);
        }
        assert!(matches!(
            ledger.take(cleared, 1, &once_a_minute(), now),
            Take::Denied { .. }
        ));
    }

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
