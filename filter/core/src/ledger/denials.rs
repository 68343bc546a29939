//! What one node remembers of denials, so that a client known to be over its quota costs no access to shared state.

use super::{AlreadyHashed, Key, entries};
use crate::{quota::Quota, time::Timestamp};
use core::{hash::BuildHasherDefault, num::NonZeroUsize};
use lru::LruCache;

/// Clients that are remembered; about 100 bytes each.
const REMEMBERED: NonZeroUsize = entries(4_096);

/// Denials that still hold. A state only moves forward, so what is denied now stays denied until the time that was told.
#[derive(Debug)]
pub(super) struct Denials(LruCache<(u64, u32), Denial, BuildHasherDefault<AlreadyHashed>>);

#[derive(Clone, Copy, Debug)]
struct Denial {
    at: Timestamp,
    until: Timestamp,
}

impl Denials {
    pub(super) fn new() -> Self {
        Self(LruCache::with_hasher(REMEMBERED, BuildHasherDefault::default()))
    }

    /// Nanoseconds for which one unit stays denied.
    pub(super) fn find(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        if self.0.is_empty() {
            return None;
        }
        let denial = self.0.get(&name(key, quota))?;
        // A clock that has stepped back makes a denial of the future, which says nothing.
        (denial.at <= now && now < denial.until).then(|| denial.until.saturating_since(now))
    }

    pub(super) fn remember(&mut self, key: Key, quota: &Quota, now: Timestamp, retry_after: u64) {
        let denial = Denial {
            at: now,
            until: now.saturating_add(retry_after),
        };
        self.0.put(name(key, quota), denial);
    }

    pub(super) fn forget(&mut self, key: Key, quota: &Quota) {
        self.0.pop(&name(key, quota));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The burst belongs to it: those who must leave units to others are denied earlier than the others.
fn name(key: Key, quota: &Quota) -> (u64, u32) {
    (key.hash, quota.burst())
}
