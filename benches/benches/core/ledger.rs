//! Ledgers with few and many clients: one that is known, one that is new, and one that pushes another out.

use std::{
    hint::black_box,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use criterion::{BenchmarkGroup, BenchmarkId, Criterion, measurement::WallTime};
use levee_core::{
    ledger::{Key, KeyHasher, Ledger, MemoryLedger, Room, SharedLedger, Space, entries},
    quota::Quota,
    time::Timestamp,
};

use crate::{situation::START, store::InMemory};

const NOW: Timestamp = Timestamp::from_seconds(START);

/// Where the clients are kept.
#[derive(Clone, Copy)]
enum Kind {
    Memory,
    Shared,
}

impl Kind {
    const ALL: [(&'static str, Self); 2] = [("in memory", Self::Memory), ("shared", Self::Shared)];

    fn ledger(self, room: usize) -> Box<dyn Ledger> {
        let room = Room {
            clearances: entries(room),
            prefixes: entries(1),
            budgets: entries(1),
        };
        match self {
            Self::Memory => Box::new(MemoryLedger::new(room)),
            Self::Shared => {
                let mut ledger = SharedLedger::new(InMemory::default(), room);
                ledger.seed().unwrap_or_else(|error| panic!("{error:?}"));
                Box::new(ledger)
            }
        }
    }
}

/// A ledger and the clients that it has seen, numbered from 0.
struct Filled {
    ledger: Box<dyn Ledger>,
    keys: KeyHasher,
    quota: Quota,
    clients: u64,
}

impl Filled {
    /// With room for so many times as many as there are clients.
    fn new(kind: Kind, room: usize, clients: u64) -> Self {
        // So long that every client stays in force, and so much that none is ever denied.
        let [limit, window] = [1_000_000_000, 86_400].map(|n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        let mut filled = Self {
            ledger: kind.ledger(room),
            keys: KeyHasher::new(&[7; 16]),
            quota: Quota::new(limit, window, limit),
            clients: 0,
        };
        for _ in 0..clients {
            let key = filled.newcomer();
            filled.take(key);
        }
        filled
    }

    fn key(&self, client: u64) -> Key {
        self.keys.key(Space::Clearance, 0, &client.to_le_bytes())
    }

    fn newcomer(&mut self) -> Key {
        let key = self.key(self.clients);
        self.clients += 1;
        key
    }

    fn take(&mut self, key: Key) {
        let taken = self.ledger.take(black_box(key), 1, &self.quota, NOW);
        assert!(taken.is_granted());
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    for (name, kind) in Kind::ALL {
        let mut group = criterion.benchmark_group(format!("ledger {name}"));
        // Filling a large ledger takes longer than measuring.
        group.sample_size(20);
        for clients in [1_000, 100_000, 1_000_000] {
            known(&mut group, kind, clients);
            new(&mut group, kind, clients);
            new_in_a_full_one(&mut group, kind, clients);
        }
        group.finish();
    }
}

/// Clients that have an entry, in an order that no cache foresees.
fn known(group: &mut BenchmarkGroup<'_, WallTime>, kind: Kind, clients: u64) {
    let mut filled = None;
    group.bench_function(BenchmarkId::new("known", clients), |bencher| {
        let filled = filled.get_or_insert_with(|| Filled::new(kind, room(2 * clients), clients));
        let mut random = fastrand::Rng::with_seed(1);
        bencher.iter(|| {
            let key = filled.key(random.u64(..clients));
            filled.take(key);
        });
    });
}

/// Clients that have none, for which there is room: a ledger at a quarter of its room is filled up to a half.
fn new(group: &mut BenchmarkGroup<'_, WallTime>, kind: Kind, clients: u64) {
    let mut filled = None;
    group.bench_function(BenchmarkId::new("new", clients), |bencher| {
        let begin = || Filled::new(kind, room(4 * clients), clients);
        bencher.iter_custom(|mut left| {
            let mut time = Duration::ZERO;
            while left > 0 {
                let filled = filled.get_or_insert_with(begin);
                if filled.clients == 2 * clients {
                    *filled = begin();
                }
                let now = left.min(2 * clients - filled.clients);
                time += newcomers(filled, now);
                left -= now;
            }
            time
        });
    });
}

/// Clients that have none, where every entry is in force.
fn new_in_a_full_one(group: &mut BenchmarkGroup<'_, WallTime>, kind: Kind, clients: u64) {
    let mut filled = None;
    group.bench_function(BenchmarkId::new("new in a full one", clients), |bencher| {
        // Four times its room leaves no slot of a shared ledger with an entry that is empty.
        let filled = filled.get_or_insert_with(|| Filled::new(kind, room(clients), 4 * clients));
        bencher.iter_custom(|count| {
            filled.ledger.drain_events();
            let time = newcomers(filled, count);
            assert!(
                filled.ledger.drain_events().evictions > count / 2,
                "the ledger is not full"
            );
            time
        });
    });
}

fn newcomers(filled: &mut Filled, count: u64) -> Duration {
    let began = Instant::now();
    for _ in 0..count {
        let key = filled.newcomer();
        filled.take(key);
    }
    began.elapsed()
}

fn room(clients: u64) -> usize {
    usize::try_from(clients).unwrap_or(usize::MAX)
}
