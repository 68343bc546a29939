//! Deterministic worlds: a filter, its clients, its origin and the services it calls, in virtual time.
//!
//! Nothing here sleeps, and nothing is left to chance: time moves when the world is told to run, randomness and the order in
//! which workers touch what they share are drawn from a seed. So an hour of a rate limit, or a race that comes up once in a
//! thousand orders, is an ordinary test.
//!
//! ```
//! use std::time::Duration;
//! use levee_harness::{Answer, Host, Request, Response, World};
//!
//! # let module = wat::parse_str(include_str!("../../guests/shared_counter.wat"))?;
//! let mut world = World::of(Host::builder().module_bytes(module).workers(4))
//!     .seed(7)
//!     .origin(|_: &Request| Answer::from(Response::new(200)).after(Duration::from_millis(20)))
//!     .start()?;
//!
//! // A hundred clients at the same moment, on workers that race for the shared counter.
//! for _ in 0..100 {
//!     world.begin(Request::get("/"));
//! }
//! world.run_for(Duration::from_secs(1));
//!
//! assert_eq!(world.metric("requests"), Some(100));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agenda;
mod answer;
mod builder;
mod grpc;
mod lane;
mod rate_limit;
mod run;
mod services;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;

use self::agenda::Agenda;
pub use self::answer::{Answer, GrpcAnswer};
pub use self::builder::WorldBuilder;
use self::lane::{Lane, Task, never_served};
pub use self::rate_limit::RateLimitService;
use self::services::Services;
pub use self::services::{GrpcService, HttpService, Origin};
use crate::callout::CalloutId;
use crate::clock::{Clock, ManualClock};
use crate::exchange::Exchange;
use crate::host::{Host, HostBuilder, HostStats};
use crate::log::{LogLine, VmRole};
use crate::message::Request;
use crate::usage::Usage;

/// Names an exchange of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(u64);

/// A filter with all that surrounds it, in virtual time.
pub struct World {
    host: Host,
    clock: Arc<ManualClock>,
    draw: StdRng,
    interleaved: bool,
    patience: Duration,
    origin: Box<dyn Origin>,
    services: Services,
    agenda: Agenda,
    lanes: BTreeMap<VmRole, Lane>,
    /// Where each exchange was sent, and when.
    placed: HashMap<ExchangeId, (VmRole, Duration)>,
    /// gRPC streams of the guests, by VM and id.
    streams: HashMap<(VmRole, CalloutId), grpc::GrpcStream>,
    over: BTreeMap<ExchangeId, Exchange>,
    last_id: u64,
}

impl World {
    /// Begins to describe the world around a host.
    #[must_use]
    pub fn of(host: HostBuilder) -> WorldBuilder {
        WorldBuilder::new(host)
    }

    /// A client sends a request, to a worker that is drawn. The world runs until it is answered, or the client's
    /// [patience](WorldBuilder::patience) is over and it hangs up.
    pub fn send(&mut self, request: Request) -> Exchange {
        let id = self.begin(request);
        self.wait_for(id)
    }

    /// The same, to a worker of one's choice.
    ///
    /// # Panics
    /// When there is no worker of that number.
    #[track_caller]
    pub fn send_to(&mut self, worker: usize, request: Request) -> Exchange {
        let id = self.begin_on(worker, request);
        self.wait_for(id)
    }

    /// A client sends a request now, to a worker that is drawn. Nothing happens until the world runs.
    pub fn begin(&mut self, request: Request) -> ExchangeId {
        let worker = self.draw.random_range(0..self.host.workers().max(1));
        self.arrive(worker, request)
    }

    /// The same, to a worker of one's choice.
    ///
    /// # Panics
    /// When there is no worker of that number.
    #[track_caller]
    pub fn begin_on(&mut self, worker: usize, request: Request) -> ExchangeId {
        assert!(
            worker < self.host.workers(),
            "there is no worker {worker}: the host has {}",
            self.host.workers()
        );
        self.arrive(worker, request)
    }

    fn arrive(&mut self, worker: usize, request: Request) -> ExchangeId {
        self.last_id += 1;
        let (id, vm) = (ExchangeId(self.last_id), VmRole::Worker(worker));
        let info = request.info(self.last_id);
        let now = self.now();
        self.placed.insert(id, (vm, now));
        self.agenda
            .enter(now, vm, Task::Arrive(id, Box::new((request, info))));
        id
    }

    /// A client does not wait any longer. What the filter still waits for, it may get, and finds the stream dead.
    pub fn hang_up(&mut self, id: ExchangeId) {
        if let Some((vm, _)) = self.placed.get(&id) {
            self.agenda.enter(self.clock.now(), *vm, Task::HangUp(id));
        }
    }

    /// Lets all happen that is due now, and all that follows from it without delay.
    pub fn settle(&mut self) {
        self.run_until(self.now());
    }

    /// Lets so much time pass.
    pub fn run_for(&mut self, time: Duration) {
        self.run_until(self.now().saturating_add(time));
    }

    /// Runs until the exchange is over, or the client's patience is.
    pub fn wait_for(&mut self, id: ExchangeId) -> Exchange {
        self.wait_until(id, self.now().saturating_add(self.patience))
    }

    /// Runs until the exchange is over, or until this time, since the Unix epoch; then the client hangs up.
    pub fn wait_until(&mut self, id: ExchangeId, end: Duration) -> Exchange {
        while !self.over.contains_key(&id) {
            self.settle();
            match self.next_event() {
                Some(next) if !self.over.contains_key(&id) && next <= end => self.run_until(next),
                _ => break,
            }
        }
        if !self.over.contains_key(&id) {
            self.run_until(end);
            self.hang_up(id);
            self.settle();
        }
        self.take(id).unwrap_or_else(never_served)
    }

    /// The exchange, once it is over. It is given away: ask once.
    pub fn take(&mut self, id: ExchangeId) -> Option<Exchange> {
        let exchange = self.over.remove(&id)?;
        self.placed.remove(&id);
        Some(exchange)
    }

    /// Exchanges that are over and were not taken yet, oldest first.
    pub fn take_all(&mut self) -> Vec<Exchange> {
        let over = std::mem::take(&mut self.over);
        over.into_iter()
            .map(|(id, exchange)| {
                self.placed.remove(&id);
                exchange
            })
            .collect()
    }

    /// How many exchanges are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.lanes.values().map(Lane::len).sum()
    }

    /// The time of this world, since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The value of a metric of the filter.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<i64> {
        self.host.metric(name)
    }

    /// Everything that was logged.
    #[must_use]
    pub fn log(&self) -> Vec<LogLine> {
        self.host.log()
    }

    /// Figures of the host.
    #[must_use]
    pub fn stats(&self) -> HostStats {
        self.host.stats()
    }

    /// What all VMs have cost together.
    #[must_use]
    pub fn usage(&mut self) -> Usage {
        let mut all = Usage::default();
        for vm in self.host.vms() {
            all += vm.usage();
        }
        all
    }

    /// Linear memory of all VMs together, in bytes.
    #[must_use]
    pub fn memory_bytes(&mut self) -> u64 {
        self.host.vms().map(|vm| vm.stats().memory_bytes()).sum()
    }

    /// The host, for what has no word here.
    pub const fn host(&mut self) -> &mut Host {
        &mut self.host
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now())
            .field("under_way", &self.under_way())
            .finish_non_exhaustive()
    }
}
