use super::*;
use crate::{
    ledger::{KeyHasher, MemoryLedger, Register, Room, Space},
    line::Line,
    quota::at_least_one,
};
use core::num::{NonZeroU16, NonZeroUsize};
use proptest::prelude::*;
use std::collections::HashMap;

const SHARDS: NonZeroU16 = NonZeroU16::new(3).unwrap();

fn room() -> Room {
    let n = NonZeroUsize::new(10_000).unwrap();
    Room {
        clearances: n,
        prefixes: n,
        budgets: n,
    }
}

fn key(space: Space, client: u32) -> Key {
    let identity = [client.to_be_bytes(); 4].concat();
    KeyHasher::new(&[1; 16]).key(space, 7, &identity)
}

fn quota(limit: u32, burst: u32) -> Quota {
    Quota::new(at_least_one(limit), at_least_one(60), at_least_one(burst))
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_seconds(1_000).saturating_add(millis * 1_000_000)
}

fn node() -> Node {
    Node::new(room(), KeyHasher::new(&[1; 16]), SHARDS)
}

/// Isolates and the objects that they share.
struct World {
    nodes: Vec<Node>,
    objects: HashMap<Home, MemoryLedger>,
    /// Objects that do not answer.
    broken: Vec<Home>,
    journeys: usize,
}

impl World {
    fn new(nodes: usize) -> Self {
        Self {
            nodes: (0..nodes).map(|_| node()).collect(),
            objects: HashMap::new(),
            broken: Vec::new(),
            journeys: 0,
        }
    }

    fn answer(&mut self, question: &Question, now: Timestamp) -> Option<Vec<Reply>> {
        self.journeys += 1;
        if self.broken.contains(&question.home) {
            return None;
        }
        let object = self
            .objects
            .entry(question.home)
            .or_insert_with(|| MemoryLedger::new(room()));
        // As it travels.
        let asks: Vec<Ask> = serde_json::from_str(&serde_json::to_string(&question.asks).unwrap()).unwrap();
        let replies = serve(object, &asks, now);
        Some(serde_json::from_str(&serde_json::to_string(&replies).unwrap()).unwrap())
    }

    /// Runs `step` on a node until it counts.
    fn settle<T>(&mut self, node: usize, now: Timestamp, mut step: impl FnMut(&mut dyn Ledger) -> T) -> T {
        let mut transcript = Transcript::new();
        loop {
            let outcome = step(&mut Attempt::new(&mut self.nodes[node], &mut transcript));
            let Some(question) = self.nodes[node].question(&mut transcript, now) else {
                return outcome;
            };
            match self.answer(&question, now) {
                Some(replies) => self.nodes[node].learn(&mut transcript, question.home, &replies, now),
                None => self.nodes[node].fail(&mut transcript, question.home, now),
            }
        }
    }

    fn take(&mut self, node: usize, key: Key, quota: &Quota, now: Timestamp) -> bool {
        self.settle(node, now, |ledger| ledger.take(key, 1, quota, now).is_granted())
    }
}

proptest! {
    #[test]
    fn all_nodes_together_grant_a_clearance_what_one_would(
        nodes in 1_usize..5, limit in 1_u32..600, burst in 1_u32..50,
        requests in prop::collection::vec((0_usize..4, 0_u32..5, 0_u64..2_000), 1..200),
    ) {
        let mut world = World::new(nodes);
        let mut alone = MemoryLedger::new(room());
        let quota = quota(limit, burst);
        let mut millis = 0;
        for (node, client, wait) in requests {
            millis += wait;
            let (key, now) = (key(Space::Clearance, client), at(millis));
            prop_assert_eq!(
                world.take(node % nodes, key, &quota, now),
                alone.take(key, 1, &quota, now).is_granted()
            );
        }
    }

    #[test]
    fn a_budget_is_never_exceeded_by_more_than_leases_keep(
        nodes in 1_usize..5, per_second in 1_u32..200, burst in 1_u32..300,
        requests in prop::collection::vec((0_usize..4, 0_u64..40), 1..800),
    ) {
        let mut world = World::new(nodes);
        let quota = Quota::new(at_least_one(per_second), at_least_one(1), at_least_one(burst));
        let budget = key(Space::Budget, 1);
        let (mut millis, mut granted) = (0, Vec::new());
        for (node, wait) in requests {
            millis += wait;
            if world.take(node % nodes, budget, &quota, at(millis)) {
                granted.push(millis);
            }
        }
        for (index, from) in granted.iter().enumerate() {
            for (count, to) in granted[index..].iter().enumerate() {
                let lease = REMOTE_LEASE_NANOS / 1_000_000;
                let span = (to - from + lease) * u64::from(per_second) / 1_000;
                prop_assert!(count as u64 <= u64::from(burst) + span, "{} in {} ms", count + 1, to - from);
            }
        }
    }

    #[test]
    fn a_decision_interrupted_by_others_is_as_if_it_had_not_been(
        limit in 1_u32..20, burst in 1_u32..6, others in prop::collection::vec(0_u32..3, 0..30),
    ) {
        // Each decision takes from a prefix, a clearance, a budget and the clearance's second quota, or from none of them.
        let mut world = World::new(2);
        let quota = quota(limit, burst);
        let keys = [
            key(Space::Prefix, 1), key(Space::Clearance, 1), key(Space::Budget, 1), key(Space::Clearance, 2),
        ];
        for client in others {
            world.take(1, [keys[1], keys[2], keys[3]][client as usize], &quota, at(0));
        }
        let mut granted = 0;
        for _ in 0..10 {
            let is_granted = world.settle(0, at(0), |ledger| take_each(ledger, &keys, &quota, at(0)));
            granted += u32::from(is_granted);
        }
        // What is left of the prefix, which nobody else uses, is what was not granted.
        let mut left = 0;
        while world.take(0, keys[0], &quota, at(0)) {
            left += 1;
        }
        prop_assert_eq!(granted + left, burst);
    }
}

/// As the pipeline does it.
/// Several seconds' worth of asking for units of one budget, all at once.
fn ask_too_often(world: &mut World, budget: Key, now: Timestamp) {
    let before = world.journeys;
    // More than it ever holds: nothing is granted, and no denial is worth remembering.
    for _ in 0..1_000 {
        world.settle(0, now, |ledger| ledger.take(budget, 601, &quota(600, 600), now));
    }
    assert_eq!(world.journeys - before, 50, "a flood without clearances");
}

fn take_each(ledger: &mut dyn Ledger, keys: &[Key], quota: &Quota, now: Timestamp) -> bool {
    for (index, key) in keys.iter().enumerate() {
        if !ledger.take(*key, 1, quota, now).is_granted() {
            for taken in &keys[..index] {
                ledger.give_back(*taken, 1, quota, now);
            }
            return false;
        }
    }
    true
}

#[test]
fn what_a_clearance_needs_is_asked_in_one_journey_and_a_known_denial_in_none() {
    let mut world = World::new(1);
    let (generous, strict) = (quota(60, 10), quota(60, 1));
    let decide = |ledger: &mut dyn Ledger| {
        let first = key(Space::Clearance, 1);
        // The same clearance under another quota.
        let second = Key {
            hash: first.hash ^ 1,
            ..first
        };
        ledger.take(first, 1, &generous, at(0)).is_granted()
            && ledger.take(second, 1, &strict, at(0)).is_granted()
    };
    assert!(world.settle(0, at(0), decide));
    assert_eq!(world.journeys, 1);
    assert!(!world.settle(0, at(0), decide));
    assert_eq!(world.journeys, 2);
    assert!(
        !world.settle(0, at(0), decide),
        "the second quota is known to be used up"
    );
    assert_eq!(world.journeys, 3, "and the first has to be taken from");
}

#[test]
fn a_flood_without_clearances_asks_a_few_times_a_second() {
    let mut world = World::new(1);
    let lane = Quota::new(at_least_one(50), at_least_one(1), at_least_one(100));
    let mut granted = 0;
    for millis in 0..10_000 {
        for client in 0..5 {
            let now = at(millis);
            let prefix = key(Space::Prefix, u32::try_from(millis).unwrap() * 5 + client);
            let keys = [prefix, key(Space::Budget, 1)];
            granted += u32::from(world.settle(0, now, |ledger| {
                ledger.known_denied(keys[1], &lane, now).is_none() && take_each(ledger, &keys, &lane, now)
            }));
        }
    }
    // Of 100 at once and 50 a second.
    assert!((500..=600).contains(&granted), "{granted}");
    println!("{granted} granted, {} journeys", world.journeys);
    assert!((450..=600).contains(&granted), "{granted}");
    assert!(world.journeys <= 50 + 2 * 10, "{} in 10 seconds", world.journeys);
}

#[test]
fn an_object_that_fails_is_stood_in_for_and_asked_again_after_a_second() {
    let mut world = World::new(1);
    let quota = quota(1, 5);
    let client = key(Space::Clearance, 1);
    assert!(world.take(0, client, &quota, at(0)));
    let home = *world.objects.keys().next().unwrap();
    world.broken.push(home);
    let granted = (0..20).filter(|_| world.take(0, client, &quota, at(10))).count();
    assert_eq!(granted, 5, "neither everything nor nothing");
    assert_eq!(world.journeys, 2, "it is not asked while it is known to fail");
    world.broken.clear();
    let granted = (0..20)
        .filter(|_| world.take(0, client, &quota, at(1_500)))
        .count();
    assert_eq!(granted, 4, "what it kept counts");
}

#[test]
fn those_with_a_clearance_are_not_held_off_by_a_flood_without() {
    let mut world = World::new(1);
    let budget = key(Space::Budget, 1);
    ask_too_often(&mut world, budget, at(0));
    let keys = [key(Space::Clearance, 1), budget];
    let passed = (0..300)
        .filter(|_| {
            world.settle(0, at(0), |ledger| {
                take_each(ledger, &keys, &quota(600, 600), at(0))
            })
        })
        .count();
    assert_eq!(passed, 300);
}

#[test]
fn budgets_of_other_routes_are_asked_for_during_a_flood_of_one() {
    let mut world = World::new(1);
    let lane = Quota::new(at_least_one(50), at_least_one(1), at_least_one(100));
    let call_backs = Quota::new(at_least_one(100), at_least_one(1), at_least_one(200));
    let mut granted = 0;
    for millis in 0..60_000 {
        let now = at(millis);
        for _ in 0..3 {
            world.settle(0, now, |ledger| {
                ledger.read(Register::Line, now);
                ledger.take(key(Space::Budget, 1), 1, &lane, now)
            });
        }
        // So seldom that no lease lasts until the next.
        if millis % 1_500 == 0 {
            granted += u32::from(world.take(0, key(Space::Budget, 2), &call_backs, now));
        }
    }
    assert_eq!(granted, 40, "all call-backs");
    let asked = world.journeys - 40;
    assert!(asked <= 2 * (50 + 2 * 60), "{asked} in 60 seconds");
}

#[test]
fn whoever_is_put_off_again_and_again_is_no_longer_asked_for() {
    let mut world = World::new(1);
    let (client, other) = (key(Space::Clearance, 1), key(Space::Clearance, 2));
    let quota = quota(60, 10);
    let ask_in_vain = |ledger: &mut dyn Ledger| {
        let is_granted = ledger.take(client, 1, &quota, at(0)).is_granted();
        if is_granted {
            ledger.give_back(client, 1, &quota, at(0));
        }
        is_granted
    };
    let asked = (0..1_000).filter(|_| world.settle(0, at(0), ask_in_vain)).count();
    assert_eq!((asked, world.journeys), (30, 30));
    assert!(world.take(0, other, &quota, at(0)), "it is its own affair");
    assert!(world.take(0, client, &quota, at(1_000)), "and over in a second");
}

#[test]
fn while_the_budgets_cannot_be_asked_for_each_node_grants_a_small_part() {
    let mut world = World::new(8);
    world.broken.push(Home::Site);
    let lane = Quota::new(at_least_one(64), at_least_one(1), at_least_one(64));
    let mut granted = 0;
    for millis in (0..10_000).step_by(10) {
        for node in 0..8 {
            granted += u32::from(world.take(node, key(Space::Budget, 1), &lane, at(millis)));
        }
    }
    // A 32nd of 64 at once, and of 640 in ten seconds, eight times.
    assert!((150..=176).contains(&granted), "{granted}");
    assert!(world.journeys <= 8 * 11, "{}", world.journeys);
}

#[test]
fn a_line_has_its_numbers_from_one_place() {
    let mut world = World::new(3);
    let (per_second, fill) = (1, 0);
    let mut drawn: Vec<u64> = (0..30)
        .map(|nth| {
            let draw = Change::Draw { per_second, fill };
            let words = world.settle(nth % 3, at(0), |ledger| ledger.change(&draw, at(0)));
            Line::from(words.unwrap()).last_drawn()
        })
        .collect();
    drawn.dedup();
    assert_eq!(drawn, (1..=30).collect::<Vec<u64>>());
    let seen = world.settle(0, at(300), |ledger| ledger.read(Register::Line, at(300)));
    assert_eq!(Line::from(seen).last_drawn(), 30);
}

#[test]
fn what_is_counted_is_not_leased() {
    let mut world = World::new(2);
    let target = Quota::new(at_least_one(10), at_least_one(1), at_least_one(600));
    let minting = key(Space::Budget, 1);
    for _ in 0..5 {
        world.settle(0, at(0), |ledger| ledger.count(minting, &target, at(0)));
    }
    let state = world.settle(1, at(0), |ledger| ledger.recent_arrival(minting, at(0)));
    assert_eq!(target.ahead(state, at(0)), 500_000_000);
}

#[test]
fn no_more_is_carried_out_at_once_than_a_decision_can_ask() {
    let mut ledger = MemoryLedger::new(room());
    let (key, quota) = (key(Space::Clearance, 1), quota(1_000, 1_000));
    let ask = Ask {
        op: Op::Take { key, quota, cost: 1 },
        expected: Reply::took(Take::Granted {
            remaining: 0,
            full_in: 0,
        }),
        lease: None,
    };
    assert_eq!(serve(&mut ledger, &[ask; 500], at(0)).len(), MAX_ASKS);
}
