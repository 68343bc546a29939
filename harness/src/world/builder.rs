//! How a world is described.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::agenda::Agenda;
use super::services::{GrpcService, HttpService, Origin, Services};
use super::{Answer, World};
use crate::clock::{Clock, ManualClock};
use crate::entropy::SeededEntropy;
use crate::host::{HostBuilder, StartError};
use crate::message::{Request, Response};

/// What surrounds a host, and how time and chance go. Made by [`World::of`].
pub struct WorldBuilder {
    host: HostBuilder,
    seed: u64,
    begin: ManualClock,
    interleaved: bool,
    patience: Duration,
    origin: Box<dyn Origin>,
    services: Services,
}

impl WorldBuilder {
    pub(super) fn new(host: HostBuilder) -> Self {
        Self {
            host,
            seed: 0,
            begin: ManualClock::default(),
            interleaved: true,
            patience: Duration::from_secs(60),
            origin: Box::new(|_: &Request| Answer::from(Response::new(200))),
            services: Services::default(),
        }
    }

    /// From what all chance is drawn; 0 unless said otherwise.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// When this world begins, since the Unix epoch; on 1 March 2024 at 10:20 UTC unless said otherwise.
    #[must_use]
    pub fn beginning(mut self, at: Duration) -> Self {
        self.begin = ManualClock::at(at);
        self
    }

    /// Whether workers with something to do at the same moment are interleaved, step by step of what they do to shared data;
    /// so it is unless said otherwise. Otherwise each finishes before the next one begins, in an order that is drawn.
    #[must_use]
    pub const fn interleaved(mut self, interleaved: bool) -> Self {
        self.interleaved = interleaved;
        self
    }

    /// How long clients wait for an answer; 60 seconds unless said otherwise.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Who answers what the filter forwards: a function of a [`Request`] to a [`Response`] or an [`Answer`]. Unless said
    /// otherwise the answer is 200.
    #[must_use]
    pub fn origin(mut self, origin: impl Origin + 'static) -> Self {
        self.origin = Box::new(origin);
        self
    }

    /// A service for the filter's HTTP calls: a function of an [`HttpCall`](crate::HttpCall) to a [`Response`] or an
    /// [`Answer`].
    #[must_use]
    pub fn http_service(mut self, cluster: &str, service: impl HttpService + 'static) -> Self {
        self.host = self.host.cluster(cluster);
        self.services.http.insert(cluster.to_owned(), Box::new(service));
        self
    }

    /// A service for the filter's gRPC calls and streams: a function of a [`GrpcCall`](crate::GrpcCall) and a message to a
    /// [`GrpcAnswer`](crate::GrpcAnswer), or a [`RateLimitService`](crate::RateLimitService).
    #[must_use]
    pub fn grpc_service(mut self, cluster: &str, service: impl GrpcService + 'static) -> Self {
        self.host = self.host.cluster(cluster);
        self.services.grpc.insert(cluster.to_owned(), Box::new(service));
        self
    }

    /// Starts the filter.
    ///
    /// # Errors
    /// As [`HostBuilder::start`].
    pub fn start(self) -> Result<World, StartError> {
        let clock = Arc::new(self.begin);
        let host = self
            .host
            .clock(Arc::clone(&clock) as Arc<dyn Clock>)
            .entropy(Arc::new(SeededEntropy::new(self.seed)))
            .start()?;
        let mut world = World {
            host,
            clock,
            draw: StdRng::seed_from_u64(self.seed),
            interleaved: self.interleaved,
            patience: self.patience,
            origin: self.origin,
            services: self.services,
            agenda: Agenda::default(),
            lanes: BTreeMap::new(),
            placed: HashMap::new(),
            streams: HashMap::new(),
            over: BTreeMap::new(),
            last_id: 0,
        };
        // What the guest has asked for while it started.
        world.collect_callouts();
        Ok(world)
    }
}
