//! What one node knows by itself: enough to decide most requests without a journey.

use super::{
    Ask, Home, MAX_JOURNEYS, Op, Question, REMOTE_LEASE_NANOS, Reply, Terms, Transcript, transcript::Source,
};
use crate::{
    ledger::{
        AlreadyHashed, Change, Events, Key, KeyHasher, Ledger, MemoryLedger, READ_AGE_NANOS, Register, Room,
        Space, Take, Words, denials::Denials, entries, lease::Leases,
    },
    quota::{Outcome, Quota, at_least_one},
    time::{NANOS_PER_SECOND, Timestamp},
};
use core::{
    hash::BuildHasherDefault,
    num::{NonZeroU16, NonZeroUsize},
};
use lru::LruCache;

/// Budgets whose state a node remembers.
const BUDGETS: NonZeroUsize = entries(1_024);

/// Units that the first lease of a budget is for: as many as the pictures of a page.
const FIRST_LEASE: u32 = 16;

/// How often a node asks the object that all nodes ask, for what costs a client nothing: for units of each budget so often,
/// and so often for all that it reads. One object answers about a thousand questions a second, and a flood from everywhere
/// reaches hundreds of nodes. The burst is for requests that come at once and find a lease spent before the first of them
/// has brought the next.
///
/// Not so often for all budgets together: a flood in the free lane would use that up, and the budgets of other routes,
/// of call-backs and of health checks could not be asked for.
const ASKS: Quota = Quota::new(at_least_one(2), at_least_one(1), at_least_one(50));

/// How often a client may be asked for whose request is put off in the end, so that its quota does not bound it: whoever stands
/// in line, and comes back sooner than told.
const PUT_OFF: Quota = Quota::new(at_least_one(2), at_least_one(1), at_least_one(30));

/// While the object that keeps the budgets does not answer, each node grants this part of them by itself.
const ALONE: u32 = 32;

/// For how long an object that has failed is not asked, in nanoseconds.
const DOWN_NANOS: u64 = NANOS_PER_SECOND;

/// What one node knows, and how it finds out what it does not.
#[derive(Debug)]
pub struct Node {
    /// The state of prefixes; and of everything else while its object does not answer, so that then neither everything nor
    /// nothing passes.
    own: MemoryLedger,
    router: KeyHasher,
    shards: NonZeroU16,
    denials: Denials,
    leases: Leases,
    seen: LruCache<u64, (Timestamp, Option<Timestamp>), BuildHasherDefault<AlreadyHashed>>,
    registers: [(Timestamp, Words); Register::COUNT],
    /// Objects that have failed, each with when it is asked again.
    down: Vec<(Home, Timestamp)>,
    asked: Asked,
    failures: u64,
}

/// What was asked of the object that all nodes ask, for clients that have paid nothing: how far [`ASKS`] is used up.
#[derive(Debug)]
struct Asked {
    /// For units, by the budget.
    budgets: LruCache<u64, Timestamp, BuildHasherDefault<AlreadyHashed>>,
    /// For what is only read. Without it a node goes on with what it has seen last.
    readings: Option<Timestamp>,
}

/// One of the counts that [`Asked`] keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Metered {
    Budget(u64),
    Readings,
}

impl Asked {
    fn new() -> Self {
        Self {
            budgets: LruCache::with_hasher(BUDGETS, BuildHasherDefault::default()),
            readings: None,
        }
    }

    fn of(&self, metered: Metered) -> Option<Timestamp> {
        match metered {
            Metered::Budget(hash) => self.budgets.peek(&hash).copied(),
            Metered::Readings => self.readings,
        }
    }

    fn may_ask(&self, metered: Metered, now: Timestamp) -> bool {
        ASKS.denied_for(self.of(metered), now).is_none()
    }

    fn count(&mut self, metered: Metered, now: Timestamp) {
        let Outcome::Granted { arrival, .. } = ASKS.take(self.of(metered), 1, now) else {
            return;
        };
        match metered {
            Metered::Budget(hash) => {
                self.budgets.put(hash, arrival);
            }
            Metered::Readings => self.readings = Some(arrival),
        }
    }
}

impl Node {
    /// A node that knows nothing yet. `router` says in which of so many `shards` a clearance lives; all nodes must have the
    /// same.
    #[must_use]
    pub fn new(room: Room, router: KeyHasher, shards: NonZeroU16) -> Self {
        Self {
            own: MemoryLedger::new(room),
            router,
            shards,
            denials: Denials::new(),
            leases: Leases::new(REMOTE_LEASE_NANOS, FIRST_LEASE),
            seen: LruCache::with_hasher(BUDGETS, BuildHasherDefault::default()),
            registers: Default::default(),
            down: Vec::new(),
            asked: Asked::new(),
            failures: 0,
        }
    }

    /// What has to be asked before the decision with this transcript counts; `None` when it does. For every question
    /// [`Self::learn`] or [`Self::fail`] must follow, and another run of the decision.
    pub fn question(&mut self, transcript: &mut Transcript, now: Timestamp) -> Option<Question> {
        let home = transcript.first_guess()?;
        transcript.journeys = transcript.journeys.saturating_add(1);
        let reach = transcript.reach_of(home);
        let mut counted = Vec::new();
        for entry in transcript.guesses(home, reach) {
            if let Some(metered) = metered(home, transcript, &entry.op)
                && !counted.contains(&metered)
            {
                counted.push(metered);
                self.asked.count(metered, now);
            }
        }
        let asks = transcript
            .guesses(home, reach)
            .map(|entry| Ask {
                op: entry.op,
                expected: entry.reply,
                lease: self.terms(&entry.op, now),
            })
            .collect();
        Some(Question { home, asks })
    }

    /// Where it is kept how often requests of the client with this entry were put off.
    fn put_off_key(&self, key: Key) -> Key {
        self.router
            .key(Space::Clearance, u64::MAX, &key.home.to_be_bytes())
    }

    /// Takes in what `home` has answered to the last question.
    pub fn learn(&mut self, transcript: &mut Transcript, home: Home, replies: &[Reply], now: Timestamp) {
        let reach = transcript.reach_of(home);
        let mut end = reach;
        let mut replies = replies.iter();
        let entries = transcript.entries.iter_mut().enumerate().take(reach);
        for (index, entry) in entries.filter(|(_, entry)| entry.source == Source::Guess(home)) {
            let Some(reply) = replies.next() else {
                end = index;
                break;
            };
            let is_elsewhere = reply.leads_elsewhere_than(&entry.reply);
            entry.reply = *reply;
            entry.source = Source::Home;
            self.remember(&entry.op, reply, now);
            if is_elsewhere {
                end = index.saturating_add(1);
                break;
            }
        }
        self.undo(transcript, end, now);
    }

    /// Notes that `home` did not answer the last question: the node decides by what it knows itself.
    pub fn fail(&mut self, transcript: &mut Transcript, home: Home, now: Timestamp) {
        self.down.retain(|(other, until)| *other != home && now < *until);
        self.down.push((home, now.saturating_add(DOWN_NANOS)));
        let guess = transcript
            .entries
            .iter()
            .position(|entry| entry.source == Source::Guess(home));
        if let Some(guess) = guess {
            self.undo(transcript, guess, now);
        }
    }

    pub(super) fn drain_events(&mut self) -> Events {
        let failures = core::mem::take(&mut self.failures);
        let mut events = self.own.drain_events();
        events.failures = events.failures.saturating_add(failures);
        events
    }

    /// The answer to `op`, and where it comes from.
    pub(super) fn answer(&mut self, op: &Op, transcript: &Transcript, now: Timestamp) -> (Reply, Source) {
        if let Some(reply) = self.known(op, now) {
            return (reply, Source::Node);
        }
        let home = self.home(op);
        if self
            .down
            .iter()
            .any(|(other, until)| *other == home && now < *until)
        {
            self.failures = self.failures.saturating_add(1);
            return (self.alone(in_part(op), now), Source::Node);
        }
        let may_ask = metered(home, transcript, op).is_none_or(|metered| self.asked.may_ask(metered, now));
        if may_ask && transcript.journeys < MAX_JOURNEYS {
            (self.expected(op, now), Source::Guess(home))
        } else {
            (self.held_off(op), Source::Node)
        }
    }

    /// Takes back what the node itself has done for the entries from `from` on, and forgets them.
    pub(super) fn undo(&mut self, transcript: &mut Transcript, from: usize, now: Timestamp) {
        while transcript.entries.len() > from {
            let Some(entry) = transcript.entries.pop() else {
                return;
            };
            if entry.source != Source::Node {
                continue;
            }
            match (entry.op, entry.reply) {
                (Op::Take { key, quota, cost }, Reply::Took { take, .. })
                    if take.is_granted()
                        && (key.space != Space::Budget || !self.leases.of(key.hash).unspend(cost, now)) =>
                {
                    self.own.give_back(key, cost, &quota, now);
                }
                (Op::Count { key, quota }, _) => self.own.give_back(key, 1, &quota, now),
                (Op::GiveBack { key, quota, cost }, _) if key.space == Space::Prefix => {
                    self.own.take(key, cost, &quota, now);
                }
                _ => {}
            }
        }
    }

    fn home(&self, op: &Op) -> Home {
        match op.key() {
            Some(key) if key.space == Space::Clearance => {
                // Keyed, so that nobody can choose clearances that all live in one shard.
                let route = self.router.key(Space::Clearance, 0, &key.home.to_be_bytes()).hash;
                let shard = route.checked_rem(u64::from(self.shards.get()));
                Home::Shard(shard.and_then(|n| u16::try_from(n).ok()).unwrap_or_default())
            }
            _ => Home::Site,
        }
    }

    /// The answer that nobody has to be asked for.
    fn known(&mut self, op: &Op, now: Timestamp) -> Option<Reply> {
        if op.key().is_some_and(|key| key.space == Space::Prefix) {
            return Some(self.alone(*op, now));
        }
        match *op {
            Op::Take { key, quota, cost } => self.known_take(key, &quota, cost, now),
            Op::GiveBack { key, quota, cost } => {
                self.denials.forget(key, &quota);
                (key.space == Space::Budget && self.leases.of(key.hash).unspend(cost, now))
                    .then_some(Reply::Done)
            }
            Op::Check { key, quota } => {
                let nanos = self.denials.find(key, &quota, now)?;
                Some(Reply::DeniedFor(Some(nanos)))
            }
            Op::Known { key, quota } => Some(Reply::DeniedFor(self.denials.find(key, &quota, now))),
            Op::Arrival { key } => {
                let (at, arrival) = self.seen.get(&key.hash)?;
                is_recent(*at, now).then_some(Reply::Arrival(*arrival))
            }
            Op::Read { register } => self
                .recent_words(register, now)
                .map(|words| Reply::Words(Some(words))),
            // Nothing is lost: whoever changes the line next calls for the time that has passed until then.
            Op::Change(change @ Change::Call { .. }) => {
                let mut words = self.recent_words(Register::Line, now)?;
                change.apply(&mut words, now);
                Some(Reply::Words(Some(words)))
            }
            Op::Count { .. } | Op::Change(_) => None,
        }
    }

    fn known_take(&mut self, key: Key, quota: &Quota, cost: u32, now: Timestamp) -> Option<Reply> {
        if cost == 1
            && let Some(retry_after) = self.denials.find(key, quota, now)
        {
            return Some(Reply::took(Take::Denied { retry_after }));
        }
        if key.space != Space::Budget {
            let retry_after = self.own.check(self.put_off_key(key), &PUT_OFF, now)?;
            return Some(Reply::took(Take::Denied { retry_after }));
        }
        let lease = self.leases.of(key.hash);
        lease.spend(cost, now).then(|| {
            Reply::took(Take::Granted {
                remaining: lease.remaining.saturating_add(lease.units),
                full_in: lease.full_in,
            })
        })
    }

    /// What an object will most likely answer.
    fn expected(&self, op: &Op, now: Timestamp) -> Reply {
        match *op {
            Op::Take { quota, cost, .. } => Reply::took(match quota.take(None, cost, now) {
                Outcome::Granted {
                    remaining, full_in, ..
                } => Take::Granted { remaining, full_in },
                Outcome::Denied { retry_after } => Take::Denied { retry_after },
            }),
            Op::Change(change) => {
                let mut words = self.words(change.register());
                change.apply(&mut words, now);
                Reply::Words(Some(words))
            }
            _ => self.held_off(op),
        }
    }

    /// What is answered without asking when enough has been asked: nothing is granted, and what was seen last still counts.
    fn held_off(&self, op: &Op) -> Reply {
        match *op {
            Op::Take { .. } => Reply::took(Take::Denied {
                retry_after: READ_AGE_NANOS,
            }),
            Op::Count { .. } | Op::GiveBack { .. } => Reply::Done,
            Op::Check { .. } | Op::Known { .. } => Reply::DeniedFor(None),
            Op::Arrival { key } => {
                Reply::Arrival(self.seen.peek(&key.hash).and_then(|(_, arrival)| *arrival))
            }
            Op::Read { register } => Reply::Words(Some(self.words(register))),
            Op::Change(_) => Reply::Words(None),
        }
    }

    /// What the node answers by itself.
    fn alone(&mut self, op: Op, now: Timestamp) -> Reply {
        super::carry_out(&mut self.own, op, None, now)
    }

    fn terms(&mut self, op: &Op, now: Timestamp) -> Option<Terms> {
        let Op::Take { key, .. } = op else { return None };
        if key.space != Space::Budget {
            return None;
        }
        let (unspent, wanted) = self.leases.of(key.hash).hand_in(now);
        Some(Terms { unspent, wanted })
    }

    fn remember(&mut self, op: &Op, reply: &Reply, now: Timestamp) {
        match (*op, *reply) {
            (
                Op::Take { key, quota, cost },
                Reply::Took {
                    take,
                    leased,
                    arrival,
                },
            ) => {
                let is_budget = key.space == Space::Budget;
                if is_budget {
                    self.seen.put(key.hash, (now, arrival));
                    let lease = self.leases.of(key.hash);
                    *lease = lease.after(take, leased, arrival, now);
                }
                match take {
                    Take::Denied { retry_after } if cost == 1 => {
                        let least = if is_budget { READ_AGE_NANOS } else { 0 };
                        self.denials.remember(key, &quota, now, retry_after.max(least));
                    }
                    Take::Denied { .. } => {}
                    Take::Granted { .. } => self.denials.forget(key, &quota),
                }
            }
            (Op::Check { key, quota }, Reply::DeniedFor(Some(nanos))) => {
                self.denials.remember(key, &quota, now, nanos);
            }
            (Op::GiveBack { key, .. }, _) if key.space == Space::Clearance => {
                self.own.take(self.put_off_key(key), 1, &PUT_OFF, now);
            }
            (Op::Arrival { key }, Reply::Arrival(arrival)) => {
                self.seen.put(key.hash, (now, arrival));
            }
            (Op::Read { register }, Reply::Words(Some(words))) => self.see(register, words, now),
            (Op::Change(change), Reply::Words(Some(words))) => self.see(change.register(), words, now),
            _ => {}
        }
    }

    fn see(&mut self, register: Register, words: Words, now: Timestamp) {
        if let Some(seen) = self.registers.get_mut(register as usize) {
            *seen = (now, words);
        }
    }

    /// The words of a register as they were seen last.
    fn words(&self, register: Register) -> Words {
        self.registers
            .get(register as usize)
            .map(|(_, words)| *words)
            .unwrap_or_default()
    }

    fn recent_words(&self, register: Register, now: Timestamp) -> Option<Words> {
        let (at, words) = self.registers.get(register as usize)?;
        is_recent(*at, now).then_some(*words)
    }
}

/// What bounds how often this is asked, if anything does: it is for those who have paid no work. What a node tells is told
/// once a second anyway.
fn metered(home: Home, transcript: &Transcript, op: &Op) -> Option<Metered> {
    if home != Home::Site || transcript.is_of_a_clearance() {
        return None;
    }
    match op {
        Op::Change(_) => None,
        Op::Take { key, .. } | Op::Count { key, .. } | Op::GiveBack { key, .. } => {
            Some(Metered::Budget(key.hash))
        }
        Op::Check { .. } | Op::Known { .. } | Op::Arrival { .. } | Op::Read { .. } => Some(Metered::Readings),
    }
}

/// The same of this node's part of a budget.
fn in_part(op: &Op) -> Op {
    match *op {
        Op::Take { key, quota, cost } if key.space == Space::Budget => Op::Take {
            key,
            quota: quota.divided(ALONE),
            cost,
        },
        op => op,
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.saturating_since(at) < READ_AGE_NANOS
}
