//! What a VM remembers from one callback to the next.

use super::{contexts::Contexts, script::Line};
use std::{cell::RefCell, collections::BTreeMap};

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) script: Vec<Line>,
    /// How often each callback has run.
    pub(crate) runs: BTreeMap<&'static str, u32>,
    pub(crate) contexts: Contexts,
    /// The last token of an HTTP or gRPC call.
    pub(crate) last_call: u32,
    pub(crate) last_queue: u32,
    /// The version of the last value of shared data.
    pub(crate) last_cas: u32,
    /// The ids of metrics by name.
    pub(crate) metrics: BTreeMap<Vec<u8>, u32>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Looks at the state or changes it. The host must not be called meanwhile: it may call back.
pub(crate) fn with<T>(look: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(look)
}
