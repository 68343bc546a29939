//! What a scenario says of the site itself.

use super::Span;
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// How the origin behaves, where there is none but a model of it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Origin {
    /// How long it works on a request.
    pub service_time: Span,
    /// Requests that it works on at a time; with the service time this is its capacity.
    pub at_once: u32,
    /// Requests that may wait for it; more are answered with 503.
    pub queue: u32,
    /// An answer later than this is of no use: whoever asked has gone. The origin works on it all the same.
    pub patience: Span,
    /// How many times longer a request takes when the queue is full: databases, caches and memory suffer from load.
    pub collapse: f64,
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            service_time: Span(Duration::from_millis(40)),
            at_once: 4,
            queue: 500,
            patience: Span(Duration::from_secs(10)),
            collapse: 4.0,
        }
    }
}

impl Origin {
    /// Requests a second that it can carry.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        f64::from(self.at_once) / self.service_time.0.as_secs_f64().max(1e-6)
    }
}
