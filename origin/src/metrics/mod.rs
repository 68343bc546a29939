//! What the operator's monitoring reads, in the text format of OpenMetrics 1.0.
//!
//! Counters and gauges are kept where the things happen, and named here.

mod counted;
mod http;
mod outcomes;
mod payments;
mod routes;
mod store;

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, info::Info},
    registry::Registry,
};

pub(crate) use counted::Counted;
pub(crate) use http::{Requests, measure};
pub(crate) use payments::{PaymentOutcome, Payments};
pub use routes::router;
pub(crate) use store::{Line, StoreMetrics};

use crate::store::Store;

/// Begins the name of each metric.
const PREFIX: &str = "levee_origin";

/// All counters and gauges. Clones count together.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) requests: Requests,
    pub(crate) payments: Payments,
    pub(crate) store: StoreMetrics,
    pub(crate) connections: Gauge,
    pub(crate) streams: Gauge,
    pub(crate) retention_runs: Counter,
    pub(crate) retention_failures: Counter,
    pub(crate) forgotten_tickets: Counter,
}

impl Metrics {
    /// Those of an app that has just begun with this store.
    pub(crate) fn of(store: &Store) -> Self {
        Self {
            requests: Requests::default(),
            payments: Payments::default(),
            store: store.metrics(),
            connections: Gauge::default(),
            streams: Gauge::default(),
            retention_runs: Counter::default(),
            retention_failures: Counter::default(),
            forgotten_tickets: Counter::default(),
        }
    }

    /// The connections that are open to the app.
    #[must_use]
    pub fn connections(&self) -> Gauge {
        self.connections.clone()
    }

    /// All of them under their names.
    pub(crate) fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix(PREFIX);
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        self.requests.register(&mut registry);
        self.store.register(&mut registry);
        self.payments.register(&mut registry);
        registry.register(
            "connections",
            "Connections to the app that are open",
            self.connections.clone(),
        );
        registry.register(
            "streams",
            "Pages that are kept up to date by a stream of events",
            self.streams.clone(),
        );
        registry.register(
            "retention_runs",
            "How often personal data that is no longer needed has been looked for and forgotten",
            self.retention_runs.clone(),
        );
        registry.register(
            "retention_failures",
            "How often that has failed",
            self.retention_failures.clone(),
        );
        registry.register(
            "forgotten_tickets",
            "Tickets whose telephone number, year of birth or idempotency key has been forgotten",
            self.forgotten_tickets.clone(),
        );
        registry
    }
}
