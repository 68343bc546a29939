//! One worker of the proxy, with the clients whose connections it has, in virtual time.

use super::{agenda::Agenda, order::Order, watch::Watch};
use crate::{
    client::{Account, Arrival, Client, Happened, Horde, Kind, Sending, Solution, Step, solve},
    gate::{Arrived, Gate, LetThrough},
    origin::Model,
    scenario::Scenario,
    tally::Tally,
};
use levee_harness::{ManualClock, Request, Response};
use rand::{Rng as _, SeedableRng, rngs::StdRng};
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// How long an answer is on its way to somebody who waits for it.
const LATENCY: Duration = Duration::from_millis(30);

/// How long after the last event a filter has nothing more to make up for, as a rule: what then happens at intervals would find
/// nothing to do.
const SETTLED: Duration = Duration::from_secs(10);

/// How long before the next event it wakes up again.
const AWAKE: Duration = Duration::from_secs(1);

/// How long people may stay when the scenario is over.
const OVERTIME: Duration = Duration::from_secs(15 * 60);

/// Events between two words to whoever watches.
const BETWEEN_WORDS: u64 = 1_024;

/// What the lanes of a replay share.
pub(super) struct Shared {
    /// Whose turn it is.
    pub(super) order: Arc<Order>,
    /// The site.
    pub(super) site: Mutex<Model>,
    /// The time of the filter's clock when the scenario begins.
    pub(super) epoch: Duration,
    /// Who watches.
    pub(super) watch: Arc<Watch>,
}

/// One worker with its clients.
pub(super) struct Lane<'s, G> {
    number: usize,
    gate: G,
    clock: Arc<ManualClock>,
    shared: &'s Shared,
    work_scale: f64,
    end: Duration,
    last_event: Duration,
    agenda: Agenda<Event>,
    arrivals: Vec<Arrival>,
    hordes: Vec<Horde>,
    clients: Vec<Option<Seat>>,
    draw: StdRng,
    tally: Tally,
}

/// A client who is there.
struct Seat {
    client: Box<dyn Client>,
    kind: Kind,
}

/// What happens.
enum Event {
    /// The next of those who are expected comes.
    Come(usize),
    /// The next request of a flood is due.
    Flood(usize),
    /// A flood has solved a challenge.
    FloodSolved(usize, IpAddr, Option<Solution>),
    /// A client has waited enough.
    Waited(usize),
    /// A client's device has found a solution, or that there is none.
    Solved(usize, Option<Solution>),
    /// An answer has arrived, or will never.
    Answer(usize, Option<Box<Response>>),
    /// The origin has answered a request, well or not.
    Origin(Owner, LetThrough, bool),
}

/// Who has sent a request.
enum Owner {
    Client(usize),
    Flood(usize, Sending),
}

impl<'s, G: Gate> Lane<'s, G> {
    /// Lane `number` of `lanes`, with its share of everybody who comes.
    pub(super) fn new(
        scenario: &Scenario,
        number: usize,
        lanes: usize,
        gate: G,
        clock: Arc<ManualClock>,
        everybody: &[Arrival],
        shared: &'s Shared,
    ) -> Self {
        let seed = |what: u64| {
            scenario
                .seed
                .wrapping_mul(1_000_003)
                .wrapping_add(number as u64 * 64 + what)
        };
        let hordes = scenario
            .floods
            .iter()
            .zip(1..)
            .map(|(flood, nth)| Horde::new(flood, scenario, number as u64, lanes as u64, seed(nth)));
        Self {
            number,
            gate,
            clock,
            shared,
            work_scale: scenario.work_scale as f64,
            end: scenario.lasts.0 + OVERTIME,
            last_event: Duration::ZERO,
            agenda: Agenda::default(),
            arrivals: everybody
                .iter()
                .filter(|arrival| arrival.nth as usize % lanes == number)
                .cloned()
                .collect(),
            hordes: hordes.collect(),
            clients: Vec::new(),
            draw: StdRng::seed_from_u64(seed(0)),
            tally: Tally::of(scenario),
        }
    }

    /// Plays all of it.
    pub(super) fn play(mut self) -> (Tally, G) {
        let order = Arc::clone(&self.shared.order);
        let _done = Done(&order, self.number);
        // The jitter of the client library is drawn from the thread's own generator.
        fastrand::seed(self.draw.random());
        for index in 0..self.hordes.len() {
            self.expect_flood(index);
        }
        self.expect(0);
        let mut events: u64 = 0;
        while let Some((now, is_tick)) = self.next() {
            self.clock.set(self.shared.epoch + now);
            order.reach(self.number, now);
            events += 1;
            if events.is_multiple_of(BETWEEN_WORDS) {
                self.shared.watch.say(self.number, now, self.tally.requests());
            }
            if is_tick {
                self.gate.tick(now);
            } else if let Some(event) = self.agenda.take() {
                self.last_event = now;
                self.happen(event, now);
            }
        }
        self.close();
        (self.tally, self.gate)
    }

    /// When something happens next, and whether the gate does it by itself. Nothing does when nobody is expected any more.
    ///
    /// Hours in which nobody comes are slept through: the tick that is due then comes when somebody is about to.
    fn next(&self) -> Option<(Duration, bool)> {
        let event = self.agenda.next().filter(|at| *at <= self.end)?;
        let tick = self
            .gate
            .next_tick()
            .map(|at| at.saturating_sub(self.shared.epoch));
        let Some(tick) = tick.filter(|at| *at <= event) else {
            return Some((event, false));
        };
        let is_idle = tick > self.last_event + SETTLED;
        Some((
            if is_idle {
                tick.max(event.saturating_sub(AWAKE))
            } else {
                tick
            },
            true,
        ))
    }

    fn happen(&mut self, event: Event, now: Duration) {
        match event {
            Event::Come(nth) => self.come(nth, now),
            Event::Flood(index) => self.flood(index, now),
            Event::FloodSolved(index, source, solution) => {
                if let Some(horde) = self.hordes.get_mut(index) {
                    horde.solved(source, solution);
                }
            }
            Event::Waited(client) => self.tell(client, Happened::Waited, now),
            Event::Solved(client, Some(solution)) => self.tell(client, Happened::Solved(solution), now),
            Event::Solved(client, None) => self.tell(client, Happened::Unsolvable, now),
            Event::Answer(client, answer) => {
                self.tell(
                    client,
                    answer.as_deref().map_or(Happened::NoAnswer, Happened::Answered),
                    now,
                );
            }
            Event::Origin(owner, let_through, well) => {
                let answer = self.gate.answer(now, let_through, page(well));
                self.deliver(owner, answer, now);
            }
        }
    }

    fn expect(&mut self, nth: usize) {
        if let Some(arrival) = self.arrivals.get(nth) {
            self.agenda.enter(arrival.at, Event::Come(nth));
        }
    }

    fn expect_flood(&mut self, index: usize) {
        if let Some(due) = self.hordes.get(index).and_then(Horde::due) {
            self.agenda.enter(due, Event::Flood(index));
        }
    }

    fn come(&mut self, nth: usize, now: Duration) {
        self.expect(nth + 1);
        let Some(arrival) = self.arrivals.get(nth) else {
            return;
        };
        let kind = arrival.kind();
        let client = arrival.client(&mut self.draw);
        self.tally.came(kind, now);
        self.clients.push(Some(Seat { client, kind }));
        self.tell(self.clients.len() - 1, Happened::Came, now);
    }

    /// Tells a client what has happened, and does what it wants.
    fn tell(&mut self, index: usize, happened: Happened<'_>, now: Duration) {
        let Some(Some(seat)) = self.clients.get_mut(index) else {
            return;
        };
        let kind = seat.kind;
        match seat.client.next(happened, now, &mut self.draw) {
            Step::Send(request) => self.send(index, *request, now),
            Step::Wait(time) => self.agenda.enter(now + time, Event::Waited(index)),
            Step::Solve {
                token,
                hashes_per_second,
            } => {
                let solution = solve(&token).ok();
                let hashes = solution.as_ref().map_or(0, |solution| solution.hashes);
                let takes = hashes as f64 * self.work_scale / hashes_per_second;
                self.agenda.enter(
                    now + Duration::from_secs_f64(takes),
                    Event::Solved(index, solution),
                );
            }
            Step::Leave(account) => {
                self.tally.left(kind, &account, now);
                if let Some(seat) = self.clients.get_mut(index) {
                    *seat = None;
                }
            }
        }
    }

    fn send(&mut self, index: usize, request: Request, now: Duration) {
        // Connections of floods are numbered from zero.
        let connection = (1 << 48) + index as u64;
        match self.gate.arrive(now, request, connection) {
            Arrived::Answered(answer) => self.deliver(Owner::Client(index), answer, now),
            Arrived::LetThrough(let_through) => self.serve(Owner::Client(index), let_through, now),
        }
    }

    fn flood(&mut self, index: usize, now: Duration) {
        let Some(horde) = self.hordes.get_mut(index) else {
            return;
        };
        let (request, connection, sending) = horde.send(now);
        self.expect_flood(index);
        match self.gate.arrive(now, request, connection) {
            Arrived::Answered(answer) => self.deliver(Owner::Flood(index, sending), answer, now),
            Arrived::LetThrough(let_through) => self.serve(Owner::Flood(index, sending), let_through, now),
        }
    }

    /// A request reaches the origin.
    fn serve(&mut self, owner: Owner, let_through: LetThrough, now: Duration) {
        self.shared.order.pass(self.number);
        let served = self
            .shared
            .site
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .serve(now);
        self.tally.at_origin(self.kind(&owner), served.well, now);
        self.agenda
            .enter(served.at, Event::Origin(owner, let_through, served.well));
    }

    fn kind(&self, owner: &Owner) -> Kind {
        match owner {
            Owner::Flood(..) => Kind::Flood,
            Owner::Client(index) => match self.clients.get(*index) {
                Some(Some(seat)) => seat.kind,
                _ => Kind::Crawler,
            },
        }
    }

    /// An answer goes to whoever has asked.
    fn deliver(&mut self, owner: Owner, answer: Option<Response>, now: Duration) {
        let kind = self.kind(&owner);
        self.tally.answered(kind, answer.as_ref(), self.work_scale, now);
        match owner {
            Owner::Client(index) => {
                self.agenda
                    .enter(now + LATENCY, Event::Answer(index, answer.map(Box::new)));
            }
            Owner::Flood(index, sending) => self.told_flood(index, sending, answer.as_ref(), now),
        }
    }

    fn told_flood(&mut self, index: usize, sending: Sending, answer: Option<&Response>, now: Duration) {
        let Some(horde) = self.hordes.get_mut(index) else {
            return;
        };
        let Some(answer) = answer else {
            horde.not_answered(sending);
            return;
        };
        let Some(task) = horde.answered(sending, answer, self.work_scale, now) else {
            return;
        };
        let solution = solve(&task.token).ok();
        self.agenda
            .enter(task.until, Event::FloodSolved(index, task.source, solution));
    }

    /// The day is over: who is still there goes without.
    fn close(&mut self) {
        for seat in std::mem::take(&mut self.clients).into_iter().flatten() {
            self.tally.left(seat.kind, &Account::default(), self.end);
        }
        for horde in &mut self.hordes {
            self.tally.clearances(horde.take_clearances());
        }
        self.shared
            .watch
            .say(self.number, self.end, self.tally.requests());
    }
}

/// What the site answers.
fn page(well: bool) -> Response {
    if well {
        Response::new(200)
            .header("content-type", "text/html; charset=utf-8")
            .body("<!doctype html>")
    } else {
        Response::new(503)
            .header("content-type", "text/plain")
            .body("overloaded")
    }
}

/// Says on every way out that the lane touches nothing any more.
struct Done<'o>(&'o Order, usize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.done(self.1);
    }
}
