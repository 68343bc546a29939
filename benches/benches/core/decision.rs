//! A whole decision, for each way in which it can end.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use levee_core::{Action, Decision, Filter, time::Timestamp};

use crate::{
    request::Received,
    site::{self, State},
    situation::{START, Situation, WARM_UP},
};

/// So many requests are made ready before they are decided on: few enough to stay in the processor's cache.
const BATCH: BatchSize = BatchSize::NumIterations(64);

/// The requests of a situation, each at its time.
struct Requests<'s> {
    situation: &'s Situation,
    sent: u64,
    now: Timestamp,
}

impl<'s> Requests<'s> {
    const fn of(situation: &'s Situation) -> Self {
        Self {
            situation,
            sent: 0,
            now: Timestamp::from_seconds(START),
        }
    }
}

impl Iterator for Requests<'_> {
    type Item = (Timestamp, Received);

    fn next(&mut self) -> Option<Self::Item> {
        let message = (self.situation.message)(self.sent, self.now.as_seconds());
        let next = (self.now, message.into());
        let step = u64::try_from(self.situation.step.as_nanos()).unwrap_or(u64::MAX);
        self.now = self.now.saturating_add(step);
        self.sent += 1;
        Some(next)
    }
}

/// Each situation, whose decisions must be the one that it is there for.
pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decision");
    for situation in Situation::all() {
        let (filter, mut state) = site::start(&situation.configuration);
        let mut requests = Requests::of(&situation);
        for next in requests.by_ref().take(WARM_UP) {
            decide(&filter, &mut state, &next);
        }
        check(&filter, &mut state, &mut requests);
        group.bench_function(situation.name, |bencher| {
            bencher.iter_batched_ref(
                || requests.next(),
                |next| {
                    next.as_ref()
                        .map(|next| decide(&filter, &mut state, black_box(next)))
                },
                BATCH,
            );
        });
        check(&filter, &mut state, &mut requests);
    }
    group.finish();
}

fn decide<'f>(
    filter: &'f Filter,
    state: &mut State,
    (now, received): &(Timestamp, Received),
) -> Decision<'f> {
    let views = received.views();
    state.decide(filter, &received.request(&views), *now)
}

/// That the next decision is the one that the situation is there for.
fn check(filter: &Filter, state: &mut State, requests: &mut Requests<'_>) {
    let situation = requests.situation;
    let decision = requests.next().map(|next| {
        let decision = decide(filter, state, &next);
        let status = match &decision.action {
            Action::Forward(_) => 200,
            Action::Respond(response) => response.status,
        };
        (decision.reason.as_str(), status)
    });
    assert_eq!(
        decision,
        Some((situation.reason, situation.status)),
        "{}",
        situation.name
    );
}
