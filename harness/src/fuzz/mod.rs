//! Hostile requests against a filter, and what must be true whatever they are.
//!
//! - The filter never traps, and every callback comes to its end within its fuel.
//! - What it keeps is bounded: neither its memory nor the shared data grow with each client, path or value.
//! - What it lets out is HTTP: no CR, LF or NUL in a field that it has made, a status that can be read.
//! - It holds nothing for ever.
//!
//! First every header name that could matter is tried with every nasty value, whatever the seed ([`Fuzz::run`] learns the
//! names from the module's constants, its configuration, and what the filter asks the host for). Then long series of
//! requests that differ in one thing show what is kept of each. After that come sequences that a grammar makes, among them
//! values that the filter has handed out itself, replayed and tampered with. What is found is played again on a fresh host,
//! shrunk, and given back as the requests that lead to it.

mod finding;
mod grammar;
mod growth;
mod handed;
mod reproduction;
mod rig;
mod run;
mod shot;
mod shrink;
mod sketch;
mod soak;
mod sweep;
mod validity;
mod vocabulary;
mod words;

use std::time::Duration;

pub use self::finding::Finding;
pub use self::growth::Growth;
pub use self::reproduction::{Source, curl, readable, scenario};
pub use self::shot::Shot;
use crate::plugin::Limits;
use crate::profile::Profile;

/// How long a run lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// So long.
    Time(Duration),
    /// So many sequences of the grammar.
    Cases(u64),
}

/// A filter, and how it is fuzzed.
#[derive(Clone, Debug)]
pub struct Fuzz {
    /// The module.
    pub module: Vec<u8>,
    /// The plugin configuration.
    pub configuration: Vec<u8>,
    /// How the host behaves where hosts differ.
    pub profile: Profile,
    /// What each VM may use. Fuel counts, not time: so a run can be repeated on another machine.
    pub limits: Limits,
    /// Workers.
    pub workers: usize,
    /// From what all chance is drawn.
    pub seed: u64,
    /// When it ends if nothing is found.
    pub budget: Budget,
    /// Requests of a series that is to show that something grows without an end. What a filter bounds to more entries than
    /// half of this is taken for unbounded.
    pub soak: u64,
}

impl Fuzz {
    /// Two workers like Envoy's, a minute, seed 0.
    #[must_use]
    pub fn new(module: Vec<u8>, configuration: Vec<u8>) -> Self {
        Self {
            module,
            configuration,
            profile: Profile::envoy(),
            limits: Limits {
                // The fuel is the bound: a busy machine must not look like an endless callback.
                callback_time: Duration::from_secs(60),
                callback_fuel: 200_000_000,
                ..Limits::default()
            },
            workers: 2,
            seed: 0,
            budget: Budget::Time(Duration::from_secs(60)),
            soak: 50_000,
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Sequences of the grammar.
    pub cases: u64,
    /// Requests, of all kinds.
    pub exchanges: u64,
    /// Linear memory of all VMs.
    pub memory_bytes: u64,
    /// Keys in the shared data.
    pub shared_keys: u64,
    /// Since the start.
    pub elapsed: Duration,
}

/// What was found, and how to come to it again.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is wrong.
    pub finding: Finding,
    /// The requests that lead to it, shrunk.
    pub shots: Vec<Shot>,
    /// More requests that are like the last one but for a number, if it takes many.
    pub repeated: u64,
    /// Whether a fresh host comes to the same with these requests.
    pub confirmed: bool,
    /// Requests until it was found.
    pub exchanges: u64,
    /// Fresh hosts on which it was tried to make it shorter.
    pub tries: u32,
}

/// The outcome of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How far it has come.
    pub progress: Progress,
    /// What was found, if anything.
    pub failure: Option<Failure>,
}
