//! Whether requests should be sent here.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, extract::State, routing::get};

use crate::{SharedOrigin, problem::Problem};

/// Whether the program still wants requests. Clones agree.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    is_withdrawn: Arc<AtomicBool>,
}

impl Readiness {
    /// From now on, no more requests should be sent here. Those that come are answered nevertheless.
    pub fn withdraw(&self) {
        self.is_withdrawn.store(true, Ordering::Relaxed);
    }

    fn is_withdrawn(&self) -> bool {
        self.is_withdrawn.load(Ordering::Relaxed)
    }
}

pub(crate) fn routes() -> Router<SharedOrigin> {
    Router::new().route("/readyz", get(ready))
}

async fn ready(State(origin): State<SharedOrigin>) -> Result<&'static str, Problem> {
    if origin.readiness.is_withdrawn() {
        return Err(Problem::Unavailable);
    }
    match origin.store.check().await {
        Ok(()) => Ok("ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            Err(Problem::Unavailable)
        }
    }
}
