//! The ledger of all nodes that share a store with compare-and-swap.
//!
//! The store needs no way to remove a key: there is a fixed number of slots, each a small [`bucket`](super::bucket) of
//! entries, so that memory stays the same whatever the number of clients. Every change is a compare-and-swap on one
//! slot; one that fails is computed anew on what is there then, at most [`ATTEMPTS`] times, and nothing is ever written
//! blindly. Hence no update is lost, and what all nodes together grant is what [`Quota::take`] grants in some order.

use super::{
    AlreadyHashed, Change, Events, Key, Ledger, MemoryLedger, READ_AGE_NANOS, Register, Room, Space, Take,
    Words,
    bucket::{self, Bucket},
    denials::Denials,
    entries,
    lease::{LEASE_NANOS, Lease, Leases},
    store::{SlotName, Store, StoreError, letter, name, register_name},
};
use crate::{
    quota::{Outcome, Quota},
    time::Timestamp,
};
use core::{hash::BuildHasherDefault, num::NonZeroUsize};
use lru::LruCache;

/// How often a change is tried. An attempt only fails when another node's succeeded, so with W nodes this many failures
/// mean that the others changed the same slot as often within a few microseconds.
const ATTEMPTS: usize = 16;

/// What is told when all attempts failed: come back in so many nanoseconds. Nothing is granted.
const GIVE_UP_RETRY_NANOS: u64 = 1_000_000;

/// Entries of each kind that a node has for itself: states it has seen, and those it decides by when the store cannot be
/// used.
const INNER_ROOM: NonZeroUsize = entries(1_024);

/// A ledger over a [`Store`], with what this node may know without asking it.
#[derive(Debug)]
pub struct SharedLedger<S> {
    store: S,
    clearances: NonZeroUsize,
    prefixes: NonZeroUsize,
    denials: Denials,
    leases: Leases,
    seen: LruCache<u64, (Timestamp, Option<Timestamp>), BuildHasherDefault<AlreadyHashed>>,
    registers: [Option<(Timestamp, Words)>; Register::COUNT],
    /// What decides while the store does not work.
    inner: Option<MemoryLedger>,
    events: Events,
}

impl<S: Store> SharedLedger<S> {
    /// A ledger with slots for `room`. Nodes that share a store must have the same room, or they do not find each
    /// other's entries.
    pub fn new(store: S, room: Room) -> Self {
        Self {
            store,
            clearances: slots(room.clearances),
            prefixes: slots(room.prefixes),
            denials: Denials::new(),
            leases: Leases::new(LEASE_NANOS, 0),
            seen: LruCache::with_hasher(INNER_ROOM, BuildHasherDefault::default()),
            registers: Default::default(),
            inner: None,
            events: Events::default(),
        }
    }

    /// Changes the room, and forgets what this node knows by itself: a new policy may have other quotas.
    pub fn configure(&mut self, room: Room) {
        self.clearances = slots(room.clearances);
        self.prefixes = slots(room.prefixes);
        self.denials.clear();
        self.leases.clear();
        self.seen.clear();
        self.registers = Default::default();
    }

    /// Creates every slot that does not exist, so that memory does not grow later. Existing ones stay as they are: whoever
    /// is first creates them all, and a reload finds the state of before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub fn seed(&mut self) -> Result<(), StoreError> {
        for (space, slots) in [
            (Space::Clearance, self.clearances),
            (Space::Prefix, self.prefixes),
        ] {
            for index in 0..slots.get() {
                let slot = name(letter(space), u64::try_from(index).unwrap_or(u64::MAX));
                if self.store.get(&slot)?.is_none() {
                    ignore_conflict(self.store.insert(&slot, &[0; bucket::LENGTH]))?;
                }
            }
        }
        Ok(())
    }

    /// The slot of an entry, and its tag there.
    fn slot(&self, key: Key) -> (SlotName, u32) {
        let [a, b, c, d, e, f, g, h] = key.hash.to_be_bytes();
        let (high, tag) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
        let slots = match key.space {
            Space::Clearance => self.clearances,
            Space::Prefix => self.prefixes,
            // A slot of its own for each: no budget ever makes room for another.
            Space::Budget => return (name(letter(key.space), key.hash), tag),
        };
        let slots = u64::try_from(slots.get()).unwrap_or(u64::MAX);
        let index = u128::from(high).saturating_mul(slots.into()) >> 32;
        (
            name(letter(key.space), u64::try_from(index).unwrap_or_default()),
            tag,
        )
    }

    /// Changes the bytes of a slot: `change` says what it answers, and whether it has changed them. Zero bytes stand for a
    /// slot that is not there.
    fn alter<T>(
        &mut self,
        slot: &SlotName,
        mut change: impl FnMut(&mut Vec<u8>) -> (T, bool),
    ) -> Result<T, StoreError> {
        for _ in 0..ATTEMPTS {
            let found = self.store.get(slot)?;
            let (mut bytes, version) = match found {
                Some((bytes, version)) => (bytes, Some(version)),
                None => (Vec::new(), None),
            };
            let (answer, is_changed) = change(&mut bytes);
            if !is_changed {
                return Ok(answer);
            }
            let stored = match version {
                Some(version) => self.store.replace(slot, &bytes, version),
                None => self.store.insert(slot, &bytes),
            };
            match stored {
                Ok(()) => return Ok(answer),
                Err(StoreError::Conflict) => {}
                Err(StoreError::Unavailable) => return Err(StoreError::Unavailable),
            }
        }
        self.events.give_ups = self.events.give_ups.saturating_add(1);
        Err(StoreError::Conflict)
    }

    fn take_entry(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Result<Take, StoreError> {
        let (slot, tag) = self.slot(key);
        let (take, evicts) = self.alter(&slot, |bytes| {
            let mut bucket = Bucket::of(bytes);
            let state = bucket.find(tag);
            match quota.take(state, cost, now) {
                Outcome::Granted {
                    arrival,
                    remaining,
                    full_in,
                } => {
                    let evicts = bucket.put(tag, arrival, now);
                    ((Take::Granted { remaining, full_in }, evicts), true)
                }
                Outcome::Denied { retry_after } => {
                    let mended = quota.mend(state, now);
                    if let Some(mended) = mended {
                        bucket.put(tag, mended, now);
                    }
                    ((Take::Denied { retry_after }, false), mended.is_some())
                }
            }
        })?;
        self.events.evictions = self.events.evictions.saturating_add(evicts.into());
        Ok(take)
    }

    fn take_budget(
        &mut self,
        key: Key,
        cost: u32,
        quota: &Quota,
        now: Timestamp,
    ) -> Result<Take, StoreError> {
        let lease = self.leases.of(key.hash);
        if lease.spend(cost, now) {
            return Ok(Take::Granted {
                remaining: lease.remaining.saturating_add(lease.units),
                full_in: lease.full_in,
            });
        }
        let last = *lease;
        let (unspent, wanted) = (last.unspent(now), last.wanted(now));
        let (slot, tag) = self.slot(key);
        let (take, lease) = self.alter(&slot, |bytes| {
            let mut bucket = Bucket::of(bytes);
            let arrival = bucket.find(tag).map(|arrival| quota.give_back(arrival, unspent));
            match quota.take(arrival, cost, now) {
                Outcome::Granted {
                    arrival,
                    remaining,
                    full_in,
                } => {
                    let mut lease = last.renewed(0, now, arrival, remaining, full_in);
                    let mut state = arrival;
                    let extra = Lease::share(wanted, remaining, quota, LEASE_NANOS);
                    if let Outcome::Granted {
                        arrival,
                        remaining,
                        full_in,
                    } = quota.take(Some(arrival), extra, now)
                    {
                        lease = last.renewed(extra, now, arrival, remaining, full_in);
                        state = arrival;
                    }
                    bucket.put(tag, state, now);
                    ((Take::Granted { remaining, full_in }, lease), true)
                }
                Outcome::Denied { retry_after } => {
                    let state = quota.mend(arrival, now).or(arrival.filter(|_| unspent > 0));
                    if let Some(state) = state {
                        bucket.put(tag, state, now);
                    }
                    ((Take::Denied { retry_after }, last.ended()), state.is_some())
                }
            }
        })?;
        *self.leases.of(key.hash) = lease;
        Ok(take)
    }

    fn arrival(&mut self, key: Key, now: Timestamp) -> Option<Timestamp> {
        let (slot, tag) = self.slot(key);
        match self.store.get(&slot) {
            Ok(Some((mut bytes, _))) => Bucket::of(&mut bytes).find(tag),
            Ok(None) => None,
            Err(_) => self.inner().recent_arrival(key, now),
        }
    }

    /// The ledger that decides while the store does not work: neither everything nor nothing passes.
    fn inner(&mut self) -> &mut MemoryLedger {
        self.events.failures = self.events.failures.saturating_add(1);
        self.inner.get_or_insert_with(|| {
            MemoryLedger::new(Room {
                clearances: INNER_ROOM,
                prefixes: INNER_ROOM,
                budgets: INNER_ROOM,
            })
        })
    }

    fn remember(&mut self, register: Register, now: Timestamp, words: Words) {
        if let Some(known) = self.registers.get_mut(register as usize) {
            *known = Some((now, words));
        }
    }
}

impl<S: Store> Ledger for SharedLedger<S> {
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take {
        if cost == 1
            && let Some(retry_after) = self.denials.find(key, quota, now)
        {
            return Take::Denied { retry_after };
        }
        let taken = match key.space {
            Space::Budget => self.take_budget(key, cost, quota, now),
            Space::Clearance | Space::Prefix => self.take_entry(key, cost, quota, now),
        };
        match taken {
            Ok(Take::Denied { retry_after }) if cost == 1 => {
                self.denials.remember(key, quota, now, retry_after);
                Take::Denied { retry_after }
            }
            Ok(take) => take,
            Err(StoreError::Conflict) => Take::Denied {
                retry_after: GIVE_UP_RETRY_NANOS,
            },
            Err(StoreError::Unavailable) => self.inner().take(key, cost, quota, now),
        }
    }

    fn count(&mut self, key: Key, quota: &Quota, now: Timestamp) {
        // What is not counted because others change the same slot again and again is one in thousands.
        if self.take_entry(key, 1, quota, now) == Err(StoreError::Unavailable) {
            self.inner().count(key, quota, now);
        }
    }

    fn give_back(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) {
        self.denials.forget(key, quota);
        if key.space == Space::Budget && self.leases.of(key.hash).unspend(cost, now) {
            return;
        }
        let (slot, tag) = self.slot(key);
        // What cannot be given back is lost, which is the strict side.
        let _ = self.alter(&slot, |bytes| {
            let mut bucket = Bucket::of(bytes);
            let Some(arrival) = bucket.find(tag) else {
                return ((), false);
            };
            bucket.put(tag, quota.give_back(arrival, cost), now);
            ((), true)
        });
    }

    fn check(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        if let Some(retry_after) = self.denials.find(key, quota, now) {
            return Some(retry_after);
        }
        let arrival = self.arrival(key, now);
        let retry_after = quota.denied_for(arrival, now)?;
        self.denials.remember(key, quota, now, retry_after);
        Some(retry_after)
    }

    fn known_denied(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        self.denials.find(key, quota, now)
    }

    fn recent_arrival(&mut self, key: Key, now: Timestamp) -> Option<Timestamp> {
        if let Some((at, arrival)) = self.seen.get(&key.hash)
            && is_recent(*at, now)
        {
            return *arrival;
        }
        let arrival = self.arrival(key, now);
        self.seen.put(key.hash, (now, arrival));
        arrival
    }

    fn read(&mut self, register: Register, now: Timestamp) -> Words {
        if let Some(Some((at, words))) = self.registers.get(register as usize)
            && is_recent(*at, now)
        {
            return *words;
        }
        let words = match self.store.get(&register_name(register)) {
            Ok(found) => words_of(&found.map(|(bytes, _)| bytes).unwrap_or_default()),
            Err(_) => self.inner().read(register, now),
        };
        self.remember(register, now, words);
        words
    }

    fn change(&mut self, change: &Change, now: Timestamp) -> Option<Words> {
        let register = change.register();
        let changed = self.alter(&register_name(register), |bytes| {
            let before = words_of(bytes);
            let mut words = before;
            change.apply(&mut words, now);
            bytes.clear();
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            (words, words != before)
        });
        let words = match changed {
            Ok(words) => words,
            Err(StoreError::Conflict) => return None,
            Err(StoreError::Unavailable) => self.inner().change(change, now)?,
        };
        self.remember(register, now, words);
        Some(words)
    }

    fn drain_events(&mut self) -> Events {
        core::mem::take(&mut self.events)
    }
}

/// Whether what was seen `at` some time still counts.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.saturating_since(at) < READ_AGE_NANOS
}

/// Slots for so many entries.
fn slots(entries: NonZeroUsize) -> NonZeroUsize {
    NonZeroUsize::new(entries.get().div_ceil(bucket::WAYS)).unwrap_or(NonZeroUsize::MIN)
}

fn ignore_conflict(stored: Result<(), StoreError>) -> Result<(), StoreError> {
    match stored {
        Err(StoreError::Conflict) => Ok(()),
        stored => stored,
    }
}

fn words_of(bytes: &[u8]) -> Words {
    let mut words = Words::default();
    let (chunks, _) = bytes.as_chunks::<8>();
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u64::from_le_bytes(*chunk);
    }
    words
}

#[cfg(test)]
mod tests;
