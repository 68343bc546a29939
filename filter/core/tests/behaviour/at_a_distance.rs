//! With a ledger whose parts have to be asked, as at Cloudflare's edge.

use crate::{Core, Counter, State};
use levee_core::{
    Decision, Filter, Policy, Ports, Request,
    ledger::{
        KeyHasher, MemoryLedger, Room,
        remote::{Attempt, Home, MAX_JOURNEYS, Node, Transcript, serve},
    },
    time::Timestamp,
};
use serde_json::Value;
use std::{collections::HashMap, num::NonZeroU16};

/// One node, and the objects that it asks.
struct Distance {
    node: Node,
    objects: HashMap<Home, MemoryLedger>,
    room: Room,
}

impl State for Distance {
    fn new(policy: &Policy) -> Self {
        let shards = NonZeroU16::new(4).unwrap_or(NonZeroU16::MIN);
        Self {
            node: Node::new(policy.ledger, KeyHasher::new(policy.keys.ledger_key()), shards),
            objects: HashMap::new(),
            room: policy.ledger,
        }
    }

    fn decide<'f>(
        &mut self,
        filter: &'f Filter,
        request: &Request<'_>,
        now: Timestamp,
        entropy: &mut Counter,
    ) -> Decision<'f> {
        let mut transcript = Transcript::new();
        loop {
            let ports = Ports {
                now,
                ledger: &mut Attempt::new(&mut self.node, &mut transcript),
                entropy,
            };
            let decision = filter.decide(request, ports);
            let Some(question) = self.node.question(&mut transcript, now) else {
                assert!(transcript.journeys() <= MAX_JOURNEYS);
                return decision;
            };
            let room = self.room;
            let object = self
                .objects
                .entry(question.home)
                .or_insert_with(|| MemoryLedger::new(room));
            let replies = serve(object, &question.asks, now);
            self.node.learn(&mut transcript, question.home, &replies, now);
        }
    }
}

fn start(configuration: &Value) -> Core<Distance> {
    crate::start(configuration)
}

levee_behaviour::suite!(start);
