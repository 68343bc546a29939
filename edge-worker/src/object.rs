//! The Durable Object that all isolates share.

use crate::ledger;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// One of them holds what is to outlive an isolate, in its SQLite database. `js/entry.js` makes another when the instance of
/// the module is not the one that this was made in: what is not in the database is then gone.
#[durable_object(alarm)]
pub struct LeveeLedger {
    state: State,
}

impl DurableObject for LeveeLedger {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        #[cfg(feature = "hazards")]
        if let Some(hazard) = crate::hazards::wanted(request.inner()) {
            return crate::hazards::meet_in_object(&hazard, &self.state);
        }
        ledger::answer(request, &self.state).await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        ledger::alarm(&self.state).await
    }
}
