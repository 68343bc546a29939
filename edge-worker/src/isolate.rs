//! What all requests of one isolate share.

use crate::{counts::Counts, settings::Settings};
use levee_core::{
    Assets, Decision, Filter, Policy,
    capacity::Answers,
    ledger::{
        KeyHasher,
        remote::{Attempt, Node, Transcript},
    },
    log::Sampler,
    time::Timestamp,
};
use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};
use worker::{Env, console_error, console_log};

const ASSETS: Assets = Assets {
    solver: levee_solver::SCRIPT.as_bytes(),
    client: levee_solver::CLIENT.as_bytes(),
};

thread_local! {
    /// Made by the first request, because only requests are given the environment. `None` when it is not to be worked with:
    /// an isolate never sees another environment.
    static ISOLATE: OnceCell<Option<Rc<Isolate>>> = const { OnceCell::new() };
}

/// Counts an answer of the origin in this isolate, which took so many nanoseconds where its time was taken.
pub(crate) fn answered(status: u16, nanos: Option<u64>) {
    ISOLATE.with(|cell| {
        // None, when the instance that forwarded the request has ended.
        if let Some(Some(isolate)) = cell.get() {
            isolate.note_answer(status, nanos);
        }
    });
}

/// A configuration at work in one isolate.
pub(crate) struct Isolate {
    pub(crate) filter: Filter,
    pub(crate) node: RefCell<Node>,
    pub(crate) counts: RefCell<Counts>,
    sampler: Cell<Sampler>,
    answers: Cell<Answers>,
}

impl Isolate {
    /// That of this isolate; `None` when its configuration is refused.
    pub(crate) fn of(env: &Env) -> Option<Rc<Self>> {
        ISOLATE.with(|cell| cell.get_or_init(|| Self::configure(env)).clone())
    }

    fn configure(env: &Env) -> Option<Rc<Self>> {
        let Settings { policy, shards } = match Settings::read(env) {
            Ok(settings) => settings,
            Err(problems) => {
                for problem in &problems {
                    console_error!("configuration: {problem}");
                }
                console_error!(
                    "the configuration is refused, and so is every request: problems found: {}",
                    problems.len()
                );
                return None;
            }
        };
        let router = KeyHasher::new(policy.keys.ledger_key());
        let node = Node::new(policy.ledger, router, shards);
        console_log!("Levee {} is configured", env!("CARGO_PKG_VERSION"));
        Some(Rc::new(Self {
            filter: Filter::new(policy, ASSETS),
            node: RefCell::new(node),
            counts: RefCell::default(),
            sampler: Cell::default(),
            answers: Cell::default(),
        }))
    }

    pub(crate) const fn policy(&self) -> &Policy {
        self.filter.policy()
    }

    /// Counts a decision, and writes it to the log if it is one to be written.
    pub(crate) fn note(&self, decision: &Decision<'_>, now: Timestamp) {
        if let Ok(mut counts) = self.counts.try_borrow_mut() {
            counts.count(decision);
        }
        let mut sampler = self.sampler.get();
        if let Some(line) = sampler.line(decision, now) {
            console_log!("{line}");
        }
        self.sampler.set(sampler);
    }

    /// Counts an answer of the origin, which took so many nanoseconds where its time was taken.
    fn note_answer(&self, status: u16, nanos: Option<u64>) {
        if let Some(capacity) = &self.policy().capacity {
            let mut answers = self.answers.get();
            answers.count(status, nanos, capacity);
            self.answers.set(answers);
        }
    }

    /// The answers of the origin since this was last asked.
    pub(crate) fn take_answers(&self) -> Answers {
        self.answers.take()
    }

    /// Hands over what was counted since the last time, with how everything stands as far as this isolate knows.
    pub(crate) fn hand_over(&self, env: &Env, now: Timestamp) {
        let (Ok(mut counts), Ok(mut node)) = (self.counts.try_borrow_mut(), self.node.try_borrow_mut())
        else {
            return;
        };
        let mut transcript = Transcript::new();
        let mut ledger = Attempt::new(&mut node, &mut transcript);
        let gauges = self.filter.gauges(&mut ledger, now);
        let events = levee_core::ledger::Ledger::drain_events(&mut ledger);
        let mut sampler = self.sampler.get();
        let left_out = sampler.take_left_out();
        self.sampler.set(sampler);
        counts.hand_over(env, self.policy(), &gauges, events, left_out);
    }
}
