//! Leases: a node takes several units of a busy budget at once and spends them without asking again.
//!
//! What is spent was always taken before, so leases never admit more than the budget holds; they only admit it later, by
//! the life of a lease at most. Units that are left when a lease ends go back with the next access, unless the budget has been
//! full meanwhile: then time has already given them back.

use super::{AlreadyHashed, Take, entries};
use crate::{quota::Quota, time::Timestamp};
use core::{hash::BuildHasherDefault, num::NonZeroUsize};
use lru::LruCache;

/// How long nodes with a store at hand may keep units before they are spent, in nanoseconds.
pub const LEASE_NANOS: u64 = 10_000_000;

/// Units of one lease, at most.
const MAX_UNITS: u32 = 64;

/// Budgets that a node leases from at the same time.
const BUDGETS: NonZeroUsize = entries(1_024);

/// The leases of one node.
#[derive(Debug)]
pub(super) struct Leases {
    known: LruCache<u64, Lease, BuildHasherDefault<AlreadyHashed>>,
    /// How a lease is that has not begun.
    new: Lease,
}

/// Units of one budget that were taken and are not spent yet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lease {
    /// Units that are left.
    pub(super) units: u32,
    /// Units that the lease began with, the first one included, which was spent at once.
    size: u32,
    taken_at: Timestamp,
    /// The budget's state when it was taken: until then the budget cannot have been full.
    arrival: Timestamp,
    /// How long it lasts, in nanoseconds.
    life: u64,
    /// What was told when it was taken.
    pub(super) remaining: u32,
    pub(super) full_in: u64,
}

impl Leases {
    /// No leases yet. Each will last `life` nanoseconds; the first of a budget is for `first` units beyond the one that is
    /// asked for.
    pub(super) fn new(life: u64, first: u32) -> Self {
        let new = Lease {
            life,
            size: first.saturating_add(u32::from(first > 0)),
            ..Lease::default()
        };
        Self {
            known: LruCache::with_hasher(BUDGETS, BuildHasherDefault::default()),
            new,
        }
    }

    pub(super) fn of(&mut self, hash: u64) -> &mut Lease {
        let new = self.new;
        self.known.get_or_insert_mut(hash, || new)
    }

    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}

impl Lease {
    fn is_live(&self, now: Timestamp) -> bool {
        self.taken_at <= now && now.saturating_since(self.taken_at) < self.life
    }

    /// Spends `cost` units if they are there.
    pub(super) fn spend(&mut self, cost: u32, now: Timestamp) -> bool {
        match self.units.checked_sub(cost) {
            Some(left) if self.is_live(now) => {
                self.units = left;
                true
            }
            _ => false,
        }
    }

    /// Takes back units that were spent at this very moment and are not needed. False when the lease has ended.
    pub(super) fn unspend(&mut self, cost: u32, now: Timestamp) -> bool {
        if self.is_live(now) {
            self.units = self.units.saturating_add(cost);
            return true;
        }
        false
    }

    /// Units to give back to the budget.
    pub(super) fn unspent(&self, now: Timestamp) -> u32 {
        if now <= self.arrival { self.units } else { 0 }
    }

    /// How many units to take beyond the one that is asked for: more when the last lease was used up before its end,
    /// none when one unit lasts that long.
    pub(super) fn wanted(&self, now: Timestamp) -> u32 {
        let spent = self.size.saturating_sub(self.units);
        if self.is_live(now) {
            spent.saturating_mul(2).min(MAX_UNITS)
        } else {
            spent.saturating_sub(1).min(MAX_UNITS)
        }
    }

    /// How much of what would `remain` one node may take for a lease of `life` nanoseconds: most stays for the others, and no
    /// more than time gives back while the lease lasts, so that what a node takes and does not need is not missed. Nothing
    /// of a budget that is not busy.
    pub(super) fn share(wanted: u32, remaining: u32, quota: &Quota, life: u64) -> u32 {
        wanted.min(remaining / 4).min(quota.units(life))
    }

    /// The lease that follows and begins now, with `units` beyond the one that is spent at once.
    pub(super) const fn renewed(
        &self,
        units: u32,
        now: Timestamp,
        arrival: Timestamp,
        remaining: u32,
        full_in: u64,
    ) -> Self {
        Self {
            units,
            size: units.saturating_add(1),
            taken_at: now,
            arrival,
            life: self.life,
            remaining,
            full_in,
        }
    }

    /// The lease after the budget's owner, asked for one unit, has answered so; a lease that another has brought meanwhile is
    /// kept with it.
    pub(super) fn after(&self, take: Take, leased: u32, arrival: Option<Timestamp>, now: Timestamp) -> Self {
        let kept = if self.is_live(now) { self.units } else { 0 };
        match take {
            Take::Granted { remaining, full_in } => self.renewed(
                leased.saturating_add(kept),
                now,
                arrival.unwrap_or_default(),
                remaining.saturating_sub(leased),
                full_in,
            ),
            Take::Denied { .. } if kept > 0 => *self,
            Take::Denied { .. } => Self {
                // What was wanted before is wanted still.
                size: self.size,
                ..self.ended()
            },
        }
    }

    /// Before the budget's owner is asked: gives up a lease that is over. Returns the units that go back to the budget, once
    /// however many requests ask at the same time, and how many to take beyond the one that is asked for.
    pub(super) fn hand_in(&mut self, now: Timestamp) -> (u32, u32) {
        let wanted = self.wanted(now);
        if self.is_live(now) {
            return (0, wanted);
        }
        let unspent = self.unspent(now);
        self.size = self.size.saturating_sub(self.units);
        self.units = 0;
        (unspent, wanted)
    }

    /// The lease after a denial.
    pub(super) const fn ended(&self) -> Self {
        self.renewed(0, Timestamp::from_nanos(0), Timestamp::from_nanos(0), 0, 0)
    }
}
