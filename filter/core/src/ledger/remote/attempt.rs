//! One run of a decision.

use super::{Node, Op, Reply, Transcript};
use crate::{
    ledger::{Change, Events, Key, Ledger, Register, Take, Words},
    quota::Quota,
    time::Timestamp,
};

/// The ledger of one run of a decision: answers as its transcript does, and beyond that as the node knows or expects.
#[derive(Debug)]
pub struct Attempt<'a> {
    node: &'a mut Node,
    transcript: &'a mut Transcript,
}

impl<'a> Attempt<'a> {
    /// A run from the beginning.
    pub fn new(node: &'a mut Node, transcript: &'a mut Transcript) -> Self {
        transcript.cursor = 0;
        Self { node, transcript }
    }

    fn perform(&mut self, op: Op, now: Timestamp) -> Reply {
        if let Some(reply) = self.transcript.next(&op) {
            return reply;
        }
        // Usually there is nothing behind the cursor.
        let cursor = self.transcript.cursor;
        self.node.undo(self.transcript, cursor, now);
        let (reply, source) = self.node.answer(&op, self.transcript, now);
        self.transcript.push(op, reply, source);
        reply
    }

    fn denied_for(&mut self, op: Op, now: Timestamp) -> Option<u64> {
        match self.perform(op, now) {
            Reply::DeniedFor(nanos) => nanos,
            _ => None,
        }
    }

    fn words(&mut self, op: Op, now: Timestamp) -> Option<Words> {
        match self.perform(op, now) {
            Reply::Words(words) => words,
            _ => None,
        }
    }
}

impl Ledger for Attempt<'_> {
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take {
        let quota = *quota;
        match self.perform(Op::Take { key, quota, cost }, now) {
            Reply::Took { take, .. } => take,
            _ => Take::Denied { retry_after: 0 },
        }
    }

    fn count(&mut self, key: Key, quota: &Quota, now: Timestamp) {
        let quota = *quota;
        self.perform(Op::Count { key, quota }, now);
    }

    fn give_back(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) {
        let quota = *quota;
        self.perform(Op::GiveBack { key, quota, cost }, now);
    }

    fn check(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        let quota = *quota;
        self.denied_for(Op::Check { key, quota }, now)
    }

    fn known_denied(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        let quota = *quota;
        self.denied_for(Op::Known { key, quota }, now)
    }

    fn recent_arrival(&mut self, key: Key, now: Timestamp) -> Option<Timestamp> {
        match self.perform(Op::Arrival { key }, now) {
            Reply::Arrival(arrival) => arrival,
            _ => None,
        }
    }

    fn read(&mut self, register: Register, now: Timestamp) -> Words {
        self.words(Op::Read { register }, now).unwrap_or_default()
    }

    fn change(&mut self, change: &Change, now: Timestamp) -> Option<Words> {
        self.words(Op::Change(*change), now)
    }

    fn drain_events(&mut self) -> Events {
        self.node.drain_events()
    }
}
