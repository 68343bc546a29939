use super::*;
use crate::{
    ledger::{KeyHasher, LEASE_NANOS, Version},
    line::Line,
    quota::at_least_one,
    time::NANOS_PER_SECOND,
};
use proptest::prelude::*;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// A store as Envoy's shared data is, with what tests want to do to it.
#[derive(Clone, Default)]
struct Shelf(Rc<RefCell<Inside>>);

#[derive(Default)]
struct Inside {
    values: HashMap<SlotName, (Vec<u8>, Version)>,
    last: u32,
    accesses: usize,
    is_broken: bool,
    /// Called between a node's reading and its writing.
    intruder: Option<Box<dyn FnMut()>>,
}

impl Shelf {
    fn accesses(&self) -> usize {
        self.0.borrow().accesses
    }

    fn bytes(&self) -> usize {
        self.0
            .borrow()
            .values
            .iter()
            .map(|(_, (value, _))| value.len())
            .sum()
    }

    fn put(&self, slot: &SlotName, value: &[u8]) {
        let mut inside = self.0.borrow_mut();
        inside.last += 1;
        let version = at_least_one(inside.last);
        inside.values.insert(*slot, (value.to_vec(), version));
    }

    fn access(&self) -> Result<(), StoreError> {
        let mut inside = self.0.borrow_mut();
        inside.accesses += 1;
        if inside.is_broken {
            Err(StoreError::Unavailable)
        } else {
            Ok(())
        }
    }
}

impl Store for Shelf {
    fn get(&mut self, slot: &SlotName) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        self.access()?;
        let found = self.0.borrow().values.get(slot).cloned();
        let intruder = self.0.borrow_mut().intruder.take();
        if let Some(mut intruder) = intruder {
            intruder();
            self.0.borrow_mut().intruder.get_or_insert(intruder);
        }
        Ok(found)
    }

    fn replace(&mut self, slot: &SlotName, value: &[u8], version: Version) -> Result<(), StoreError> {
        self.access()?;
        if self.0.borrow().values.get(slot).map(|(_, version)| *version) != Some(version) {
            return Err(StoreError::Conflict);
        }
        self.put(slot, value);
        Ok(())
    }

    fn insert(&mut self, slot: &SlotName, value: &[u8]) -> Result<(), StoreError> {
        self.access()?;
        if self.0.borrow().values.contains_key(slot) {
            return Err(StoreError::Conflict);
        }
        self.put(slot, value);
        Ok(())
    }
}

fn room(entries: usize) -> Room {
    let n = NonZeroUsize::new(entries).unwrap();
    Room {
        clearances: n,
        prefixes: n,
        budgets: n,
    }
}

fn node(shelf: &Shelf) -> SharedLedger<Shelf> {
    SharedLedger::new(shelf.clone(), room(4_096))
}

fn key(space: Space, client: u32) -> Key {
    KeyHasher::new(&[1; 16]).key(space, 7, &client.to_be_bytes())
}

fn quota(limit: u32, burst: u32) -> Quota {
    Quota::new(at_least_one(limit), at_least_one(60), at_least_one(burst))
}

fn at(nanos: u64) -> Timestamp {
    Timestamp::from_seconds(1_000).saturating_add(nanos)
}

proptest! {
    #[test]
    fn all_nodes_together_grant_what_one_would(
        nodes in 1_usize..5, limit in 1_u32..600, burst in 1_u32..50,
        requests in prop::collection::vec((0_usize..4, 0_u32..5, 0_u64..2 * NANOS_PER_SECOND), 1..300),
    ) {
        let shelf = Shelf::default();
        let mut nodes: Vec<_> = (0..nodes).map(|_| node(&shelf)).collect();
        let mut alone = MemoryLedger::new(room(100));
        let (quota, mut now) = (quota(limit, burst), 0);
        for (nth, client, pause) in requests {
            now += pause;
            let nth = nth % nodes.len();
            let key = key(Space::Clearance, client);
            let (ours, expected) = (nodes[nth].take(key, 1, &quota, at(now)), alone.take(key, 1, &quota, at(now)));
            prop_assert_eq!(ours, expected);
        }
    }

    #[test]
    fn leases_admit_what_the_budget_holds_and_at_most_a_lease_later(
        nodes in 1_usize..5, per_second in 1_u32..20_000, burst in 1_u32..2_000,
        requests in prop::collection::vec((0_usize..4, 0_u64..20, 1_usize..40), 1..200),
    ) {
        let shelf = Shelf::default();
        let mut nodes: Vec<_> = (0..nodes).map(|_| node(&shelf)).collect();
        let quota = Quota::new(at_least_one(per_second), at_least_one(1), at_least_one(burst));
        let (key, mut now, mut granted) = (key(Space::Budget, 0), 0, Vec::new());
        for (nth, pause_ms, times) in requests {
            now += pause_ms * 1_000_000 / 7;
            let nth = nth % nodes.len();
            for _ in 0..times {
                if nodes[nth].take(key, 1, &quota, at(now)).is_granted() {
                    granted.push(now);
                }
            }
        }
        for (i, from) in granted.iter().enumerate() {
            for (j, to) in granted.iter().enumerate().skip(i) {
                let span = u128::from(to - from + LEASE_NANOS) * u128::from(per_second) / u128::from(NANOS_PER_SECOND);
                prop_assert!((j - i) as u128 <= u128::from(burst) + span);
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_given_back_is_granted_once_more_and_not_twice(
        nodes in 1_usize..5, per_second in 1_u32..2_000, burst in 1_u32..200,
        requests in prop::collection::vec((0_usize..4, 0_u64..20, 1_usize..20, 0_usize..4), 1..200),
    ) {
        let shelf = Shelf::default();
        let mut nodes: Vec<_> = (0..nodes).map(|_| node(&shelf)).collect();
        let quota = Quota::new(at_least_one(per_second), at_least_one(1), at_least_one(burst));
        let (key, mut now, mut granted) = (key(Space::Budget, 0), 0, Vec::new());
        for (nth, pause_ms, times, kept_one_in) in requests {
            now += pause_ms * 1_000_000;
            let nth = nth % nodes.len();
            for time in 0..times {
                if nodes[nth].take(key, 1, &quota, at(now)).is_granted() {
                    if kept_one_in > 0 && time % kept_one_in > 0 {
                        nodes[nth].give_back(key, 1, &quota, at(now));
                    } else {
                        granted.push(now);
                    }
                }
            }
        }
        for (i, from) in granted.iter().enumerate() {
            for (j, to) in granted.iter().enumerate().skip(i) {
                let span = u128::from(to - from + LEASE_NANOS) * u128::from(per_second) / u128::from(NANOS_PER_SECOND);
                prop_assert!((j - i) as u128 <= u128::from(burst) + span);
            }
        }
    }
}

#[test]
fn a_busy_budget_is_granted_in_full() {
    let shelf = Shelf::default();
    let mut nodes = [node(&shelf), node(&shelf), node(&shelf), node(&shelf)];
    let quota = Quota::new(at_least_one(1_000), at_least_one(1), at_least_one(100));
    let mut granted = 0;
    for tick in 0..40_000_usize {
        let now = at(tick as u64 * 250_000);
        granted += usize::from(
            nodes[tick % 4]
                .take(key(Space::Budget, 0), 1, &quota, now)
                .is_granted(),
        );
    }
    // Ten seconds at 4,000 requests a second.
    assert!((10_000..=10_110).contains(&granted), "{granted}");
}

#[test]
fn a_busy_budget_that_is_not_used_up_is_leased() {
    let shelf = Shelf::default();
    let mut node = node(&shelf);
    let quota = Quota::new(at_least_one(20_000), at_least_one(1), at_least_one(2_000));
    for tick in 0..10_000_u64 {
        let now = at(tick * 100_000);
        assert!(node.take(key(Space::Budget, 0), 1, &quota, now).is_granted());
    }
    assert!(shelf.accesses() < 2_000, "{} accesses", shelf.accesses());
}

#[test]
fn no_update_is_lost_when_others_change_the_same_slot_meanwhile() {
    let shelf = Shelf::default();
    let others = Rc::new(RefCell::new((node(&shelf), 0)));
    let quota = quota(1, 100);
    let taken = Rc::clone(&others);
    let mut calls = 0;
    shelf.0.borrow_mut().intruder = Some(Box::new(move || {
        calls += 1;
        // Every third time, so that attempts fail often and not for ever.
        if calls % 3 == 0 {
            let (node, granted) = &mut *taken.borrow_mut();
            *granted += usize::from(node.take(key(Space::Clearance, 0), 1, &quota, at(0)).is_granted());
        }
    }));
    let mut ours = node(&shelf);
    let granted = (0..200)
        .filter(|_| ours.take(key(Space::Clearance, 0), 1, &quota, at(0)).is_granted())
        .count();
    let theirs = others.borrow().1;
    assert!(theirs > 10, "{theirs}");
    assert_eq!(granted + theirs, 100);
}

#[test]
fn a_change_that_never_succeeds_is_given_up_and_grants_nothing() {
    let shelf = Shelf::default();
    let mut ours = node(&shelf);
    let quota = quota(60, 10);
    let client = key(Space::Prefix, 0);
    let (slot, _) = ours.slot(client);
    let meddler = shelf.clone();
    let mut n = 0;
    shelf.0.borrow_mut().intruder = Some(Box::new(move || {
        n += 1;
        let mut value = vec![0; bucket::LENGTH];
        Bucket::of(&mut value).put(n, at(NANOS_PER_SECOND), at(0));
        meddler.put(&slot, &value);
    }));
    assert_eq!(
        ours.take(client, 1, &quota, at(0)),
        Take::Denied {
            retry_after: GIVE_UP_RETRY_NANOS
        }
    );
    assert_eq!(ours.drain_events().give_ups, 1);
    shelf.0.borrow_mut().intruder = None;
    assert!(
        ours.take(client, 1, &quota, at(0)).is_granted(),
        "it is not remembered as denied"
    );
}

#[test]
fn a_store_that_does_not_work_leaves_the_decision_to_the_node() {
    let shelf = Shelf::default();
    shelf.0.borrow_mut().is_broken = true;
    let mut ours = node(&shelf);
    for space in [Space::Clearance, Space::Prefix, Space::Budget] {
        let granted = (0..100)
            .filter(|_| ours.take(key(space, 0), 1, &quota(60, 10), at(0)).is_granted())
            .count();
        assert_eq!(granted, 10, "{space:?}");
    }
    assert!(ours.drain_events().failures > 0);
}

#[test]
fn a_client_known_to_be_denied_costs_no_access_until_it_is_granted_again() {
    let shelf = Shelf::default();
    let mut ours = node(&shelf);
    let (client, quota) = (key(Space::Prefix, 0), quota(60, 1));
    assert!(ours.take(client, 1, &quota, at(0)).is_granted());
    assert!(!ours.take(client, 1, &quota, at(1)).is_granted());
    let before = shelf.accesses();
    for n in 2..1_000 {
        assert_eq!(
            ours.take(client, 1, &quota, at(n)),
            Take::Denied {
                retry_after: NANOS_PER_SECOND - n
            }
        );
    }
    assert_eq!(shelf.accesses(), before);
    assert!(ours.take(client, 1, &quota, at(NANOS_PER_SECOND)).is_granted());
}

#[test]
fn what_a_node_remembers_of_a_denial_does_not_outlive_a_clock_that_steps_back() {
    let shelf = Shelf::default();
    let mut ours = node(&shelf);
    let (client, quota) = (key(Space::Prefix, 0), quota(60, 1));
    let late = Timestamp::from_seconds(7_200);
    assert!(ours.take(client, 1, &quota, late).is_granted());
    assert!(!ours.take(client, 1, &quota, late).is_granted());
    let early = Timestamp::from_seconds(3_600);
    assert!(!ours.take(client, 1, &quota, early).is_granted());
    assert!(
        ours.take(client, 1, &quota, early.saturating_add(NANOS_PER_SECOND))
            .is_granted()
    );
}

#[test]
fn memory_is_what_seeding_took_whatever_the_number_of_clients() {
    let shelf = Shelf::default();
    let mut ours = node(&shelf);
    assert!(ours.seed().is_ok());
    let (keys, bytes) = (shelf.0.borrow().values.len(), shelf.bytes());
    for client in 0..50_000 {
        let space = if client % 2 == 0 {
            Space::Clearance
        } else {
            Space::Prefix
        };
        let _ = ours.take(key(space, client), 1, &quota(60, 10), at(0));
    }
    assert_eq!((shelf.0.borrow().values.len(), shelf.bytes()), (keys, bytes));
    assert!(ours.drain_events().evictions > 0);
}

#[test]
fn a_million_clients_take_at_most_32_bytes_each_and_hardly_one_is_forgotten() {
    const CLIENTS: u32 = 1_000_000;
    let shelf = Shelf::default();
    let room = Room {
        clearances: entries(1_600_000),
        ..room(1)
    };
    let mut ours = SharedLedger::new(shelf.clone(), room);
    assert!(ours.seed().is_ok());
    let once_a_minute = quota(1, 1);
    for client in 0..CLIENTS {
        assert!(
            ours.take(key(Space::Clearance, client), 1, &once_a_minute, at(0))
                .is_granted()
        );
    }
    let is_forgotten = |client: &u32| {
        ours.check(key(Space::Clearance, *client), &once_a_minute, at(0))
            .is_none()
    };
    let forgotten = (0..CLIENTS).filter(is_forgotten).count();
    assert!(forgotten < 10_000, "{forgotten} are forgotten");
    let names = shelf.0.borrow().values.len() * size_of::<SlotName>();
    let bytes = shelf.bytes() + names;
    assert!(bytes <= 32 * 1_000_000, "{bytes} bytes");
}

#[test]
fn seeding_again_keeps_what_is_there() {
    let shelf = Shelf::default();
    let (client, quota) = (key(Space::Clearance, 0), quota(60, 1));
    let mut first = node(&shelf);
    assert!(first.seed().is_ok());
    assert!(first.take(client, 1, &quota, at(0)).is_granted());
    let mut second = node(&shelf);
    assert!(second.seed().is_ok());
    assert!(!second.take(client, 1, &quota, at(0)).is_granted());
}

#[test]
fn units_given_back_can_be_taken_again_at_once() {
    let shelf = Shelf::default();
    let mut ours = node(&shelf);
    let (client, quota) = (key(Space::Clearance, 0), quota(60, 1));
    assert!(ours.take(client, 1, &quota, at(0)).is_granted());
    assert!(!ours.take(client, 1, &quota, at(0)).is_granted());
    ours.give_back(client, 1, &quota, at(0));
    assert!(ours.take(client, 1, &quota, at(0)).is_granted());
}

#[test]
fn a_register_is_changed_by_all_nodes_and_known_to_all_within_its_age() {
    let shelf = Shelf::default();
    let (mut one, mut other) = (node(&shelf), node(&shelf));
    assert_eq!(other.read(Register::Line, at(0)), Words::default());
    let (per_second, fill) = (1, 0);
    for number in 1..=3 {
        let words = one.change(&Change::Draw { per_second, fill }, at(0));
        assert_eq!(words.map(|words| Line::from(words).last_drawn()), Some(number));
    }
    let seen = Line::from(other.read(Register::Line, at(READ_AGE_NANOS)));
    assert_eq!(seen.last_drawn(), 3);
    assert_eq!(other.read(Register::Health, at(0)), Words::default());
}
