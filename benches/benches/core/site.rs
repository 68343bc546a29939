//! A filter at work, with a ledger in memory.

use levee_core::{
    Assets, Decision, Entropy, Filter, Policy, Ports, Request, ledger::MemoryLedger, time::Timestamp,
};
use serde_json::Value;

/// What decisions depend on besides the filter.
pub(crate) struct State {
    ledger: MemoryLedger,
    entropy: Counter,
}

/// Bytes that are never the same twice: what drawing good ones costs is the host's affair.
struct Counter(u128);

impl Entropy for Counter {
    fn draw(&mut self) -> Option<[u8; 16]> {
        self.0 += 1;
        Some(self.0.to_le_bytes())
    }
}

/// The policy of a configuration.
pub(crate) fn policy(configuration: &Value) -> Policy {
    Policy::from_json(configuration.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A filter with this configuration, and the state that it starts with.
pub(crate) fn start(configuration: &Value) -> (Filter, State) {
    let policy = policy(configuration);
    let state = State {
        ledger: MemoryLedger::new(policy.ledger),
        entropy: Counter(0),
    };
    let assets = Assets {
        solver: b"self.onmessage = () => {};",
        client: b"self.levee = {};",
    };
    (Filter::new(policy, assets), state)
}

impl State {
    /// What `filter` decides about `request` at `now`.
    pub(crate) fn decide<'f>(
        &mut self,
        filter: &'f Filter,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Decision<'f> {
        let ports = Ports {
            now,
            ledger: &mut self.ledger,
            entropy: &mut self.entropy,
        };
        filter.decide(request, ports)
    }
}
