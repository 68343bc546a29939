//! A ledger in the memory of one host instance.

use super::{AlreadyHashed, Change, Events, Key, Ledger, Register, Room, Space, Take, Words};
use crate::{
    quota::{Outcome, Quota},
    time::Timestamp,
};
use core::hash::BuildHasherDefault;
use lru::LruCache;

/// Bounded: when a space is full, the entry that was asked for longest ago makes room. About 80 bytes an entry.
#[derive(Debug)]
pub struct MemoryLedger {
    clearances: Entries,
    prefixes: Entries,
    budgets: Entries,
    registers: [Words; Register::COUNT],
    events: Events,
}

type Entries = LruCache<u64, Timestamp, BuildHasherDefault<AlreadyHashed>>;

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new(room: Room) -> Self {
        let entries = |n| LruCache::with_hasher(n, BuildHasherDefault::default());
        Self {
            clearances: entries(room.clearances),
            prefixes: entries(room.prefixes),
            budgets: entries(room.budgets),
            registers: Default::default(),
            events: Events::default(),
        }
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

    /// Puts the state of an entry back that was kept elsewhere.
    pub fn restore(&mut self, key: Key, arrival: Timestamp) {
        self.entries(key.space).put(key.hash, arrival);
    }

    /// Puts the words of a register back that were kept elsewhere.
    pub fn restore_words(&mut self, register: Register, words: Words) {
        if let Some(its_words) = self.registers.get_mut(register as usize) {
            *its_words = words;
        }
    }

    const fn entries(&mut self, space: Space) -> &mut Entries {
        match space {
            Space::Clearance => &mut self.clearances,
            Space::Prefix => &mut self.prefixes,
            Space::Budget => &mut self.budgets,
        }
    }
}

impl Ledger for MemoryLedger {
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take {
        let entries = self.entries(key.space);
        let state = entries.get(&key.hash).copied();
        match quota.take(state, cost, now) {
            Outcome::Granted {
                arrival,
                remaining,
                full_in,
            } => {
                if let Some((other, its_arrival)) = entries.push(key.hash, arrival)
                    && other != key.hash
                    && its_arrival > now
                {
                    self.events.evictions = self.events.evictions.saturating_add(1);
                }
                Take::Granted { remaining, full_in }
            }
            Outcome::Denied { retry_after } => {
                if let Some(mended) = quota.mend(state, now) {
                    entries.put(key.hash, mended);
                }
                Take::Denied { retry_after }
            }
        }
    }

    fn count(&mut self, key: Key, quota: &Quota, now: Timestamp) {
        self.take(key, 1, quota, now);
    }

    fn give_back(&mut self, key: Key, cost: u32, quota: &Quota, _: Timestamp) {
        if let Some(arrival) = self.entries(key.space).get_mut(&key.hash) {
            *arrival = quota.give_back(*arrival, cost);
        }
    }

    fn check(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        quota.denied_for(self.recent_arrival(key, now), now)
    }

    fn known_denied(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        self.check(key, quota, now)
    }

    fn recent_arrival(&mut self, key: Key, _: Timestamp) -> Option<Timestamp> {
        self.entries(key.space).get(&key.hash).copied()
    }

    fn read(&mut self, register: Register, _: Timestamp) -> Words {
        self.registers.get(register as usize).copied().unwrap_or_default()
    }

    fn change(&mut self, change: &Change, now: Timestamp) -> Option<Words> {
        let words = self.registers.get_mut(change.register() as usize)?;
        change.apply(words, now);
        Some(*words)
    }

    fn drain_events(&mut self) -> Events {
        core::mem::take(&mut self.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::KeyHasher;
    use crate::time::NANOS_PER_SECOND;
    use core::num::{NonZeroU32, NonZeroUsize};

    fn ledger(entries: usize) -> MemoryLedger {
        let n = NonZeroUsize::new(entries).unwrap();
        MemoryLedger::new(Room {
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
        assert_eq!(ledger.drain_events().evictions, 9_900);
    }

    #[test]
    fn a_clock_that_steps_back_locks_nobody_out() {
        let (mut ledger, keys) = (ledger(10), KeyHasher::new(&[1; 16]));
        let (key, quota) = (keys.key(Space::Prefix, 0, b"a"), once_a_minute());
        assert!(
            ledger
                .take(key, 1, &quota, Timestamp::from_seconds(7_200))
                .is_granted()
        );
        let early = Timestamp::from_seconds(3_600);
        assert!(!ledger.take(key, 1, &quota, early).is_granted());
        let later = early.saturating_add(60 * NANOS_PER_SECOND);
        assert!(ledger.take(key, 1, &quota, later).is_granted());
    }

    #[test]
    fn a_flood_of_addresses_does_not_refill_the_quota_of_a_clearance() {
        let (mut ledger, keys, now) = (ledger(10), KeyHasher::new(&[1; 16]), Timestamp::from_seconds(1));
        let cleared = keys.key(Space::Clearance, 0, b"patient");
        assert!(ledger.take(cleared, 1, &once_a_minute(), now).is_granted());
        for client in 0..1_000_u32 {
            let key = keys.key(Space::Prefix, 0, &client.to_be_bytes());
            let _ = ledger.take(key, 1, &once_a_minute(), now);
        }
        assert!(!ledger.take(cleared, 1, &once_a_minute(), now).is_granted());
    }
}
