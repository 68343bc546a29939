//! A scenario in virtual time: each worker of the proxy in a thread of its own, and the same result every time.

mod agenda;
mod lane;
mod order;
mod watch;

pub use watch::Watch;

use crate::{
    client::{Arrival, arrivals},
    findings::findings,
    gate::{AddressLimit, ChallengeAll, Filter, Gate, Open},
    memory,
    origin::Model,
    scenario::Scenario,
    settings::{Invalid, Settings},
    tally::Tally,
};
use lane::{Lane, Shared};
use levee_harness::{ManualClock, Module, StartError};
use levee_report::{Baselines, Findings, Method, Run};
use order::Order;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A replay that is going to be played.
pub struct Replay {
    /// What the scenario is called.
    pub name: String,
    /// The scenario.
    pub scenario: Scenario,
    /// Its text.
    pub text: String,
    /// The filter.
    pub module: Module,
    /// Its configuration.
    pub settings: Settings,
    /// Whether the same is played with something else in the filter's place, too.
    pub baselines: bool,
}

/// A replay that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The configuration cannot be scaled.
    #[error(transparent)]
    Settings(#[from] Invalid),
    /// The filter does not start.
    #[error(transparent)]
    Filter(#[from] StartError),
    /// A worker's thread ended before its time.
    #[error("worker {0} broke off; this is a fault of the replay itself")]
    BrokeOff(usize),
}

/// A part of a replay, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// With the filter.
    Filter,
    /// With something else in its place.
    Baseline(&'static str),
}

impl Replay {
    /// Plays it. `began` is told of each part, and may watch it.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn play(&self, mut began: impl FnMut(Part, &Arc<Watch>)) -> Result<Findings, ReplayError> {
        let everybody = arrivals(&self.scenario);
        let mut stage = |part| {
            let watch = Arc::new(Watch::of(self.scenario.workers));
            began(part, &watch);
            watch
        };
        let run = self.with_filter(&everybody, stage(Part::Filter))?;
        let mut baselines = Baselines::new();
        if self.baselines {
            let scale = self.scenario.work_scale;
            let mut play = |name, run: Result<Run, ReplayError>| {
                baselines.insert(String::from(name), run?);
                Ok::<(), ReplayError>(())
            };
            let watch = stage(Part::Baseline("no_filter"));
            play("no_filter", self.without_filter(Open, &everybody, watch))?;
            let watch = stage(Part::Baseline("address_limit"));
            play(
                "address_limit",
                self.without_filter(AddressLimit::default(), &everybody, watch),
            )?;
            let watch = stage(Part::Baseline("challenge_all"));
            play(
                "challenge_all",
                self.without_filter(ChallengeAll::scaled(scale), &everybody, watch),
            )?;
        }
        Ok(self.findings(run, baselines))
    }

    fn with_filter(&self, everybody: &[Arrival], watch: Arc<Watch>) -> Result<Run, ReplayError> {
        let began = Instant::now();
        let lanes = self.scenario.workers;
        let order = Arc::new(Order::of(lanes));
        let epoch = self.epoch();
        let filters = Filter::start(
            &self.module,
            &self.settings.scaled(self.scenario.work_scale)?,
            lanes,
            self.scenario.seed,
            epoch,
            &order,
        )?;
        let gates = filters
            .into_iter()
            .map(|started| (started.filter, started.clock))
            .collect();
        self.run(gates, order, everybody, watch, began)
    }

    fn without_filter(
        &self,
        gate: impl Gate,
        everybody: &[Arrival],
        watch: Arc<Watch>,
    ) -> Result<Run, ReplayError> {
        let clock = Arc::new(ManualClock::at(self.epoch()));
        let order = Arc::new(Order::of(1));
        self.run(vec![(gate, clock)], order, everybody, watch, Instant::now())
    }

    /// Plays one lane for each gate.
    fn run<G: Gate>(
        &self,
        gates: Vec<(G, Arc<ManualClock>)>,
        order: Arc<Order>,
        everybody: &[Arrival],
        watch: Arc<Watch>,
        began: Instant,
    ) -> Result<Run, ReplayError> {
        let shared = Shared {
            order,
            site: Mutex::new(Model::of(self.scenario.origin)),
            epoch: self.epoch(),
            watch,
        };
        let lanes = gates.len();
        let mut all = Tally::of(&self.scenario);
        let mut memory = 0;
        std::thread::scope(|scope| {
            let threads: Vec<_> = gates
                .into_iter()
                .enumerate()
                .map(|(number, (gate, clock))| {
                    let lane = Lane::new(&self.scenario, number, lanes, gate, clock, everybody, &shared);
                    scope.spawn(move || lane.play())
                })
                .collect();
            for (number, thread) in threads.into_iter().enumerate() {
                let (tally, gate) = thread.join().map_err(|_| ReplayError::BrokeOff(number))?;
                all.add(tally);
                memory += gate.memory_bytes();
            }
            Ok::<(), ReplayError>(())
        })?;
        let attacks = all.attack_times();
        let mut run = all.run(Duration::ZERO);
        let figures = &mut run.figures;
        figures.wall_seconds = began.elapsed().as_secs_f64();
        figures.filter_memory_bytes = memory;
        figures.peak_memory_bytes = memory::peak();
        self.settings.allow(&attacks, figures);
        Ok(run)
    }

    /// The time of the filter's clock when the scenario begins: its local time, taken for that of Greenwich.
    fn epoch(&self) -> Duration {
        let zoned = self.scenario.begins.to_zoned(jiff::tz::TimeZone::UTC);
        let seconds = zoned.map_or(0, |zoned| zoned.timestamp().as_second());
        Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    }

    fn findings(&self, run: Run, baselines: Baselines) -> Findings {
        let scenario = &self.scenario;
        Findings {
            workers: scenario.workers,
            work_scale: scenario.work_scale,
            baselines,
            ..findings(
                Method::Replay,
                &self.name,
                scenario,
                &self.text,
                Some(&self.settings),
                run,
            )
        }
    }
}
