//! With a ledger at hand.

use crate::{Core, Counter, State};
use levee_core::{Decision, Filter, Policy, Ports, Request, ledger::MemoryLedger, time::Timestamp};
use serde_json::Value;

impl State for MemoryLedger {
    fn new(policy: &Policy) -> Self {
        Self::new(policy.ledger)
    }

    fn decide<'f>(
        &mut self,
        filter: &'f Filter,
        request: &Request<'_>,
        now: Timestamp,
        entropy: &mut Counter,
    ) -> Decision<'f> {
        let ports = Ports {
            now,
            ledger: self,
            entropy,
        };
        filter.decide(request, ports)
    }
}

fn start(configuration: &Value) -> Core<MemoryLedger> {
    crate::start(configuration)
}

levee_behaviour::suite!(start);
