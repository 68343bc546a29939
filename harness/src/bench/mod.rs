//! How fast a filter is, and what each exchange costs: whole exchanges as fast as they go, in several rounds.
//!
//! ```
//! use levee_harness::bench::{Bench, Span, Traffic};
//!
//! # let bytes = wat::parse_str(include_str!("../../guests/sets_header.wat"))?;
//! let bench = Bench {
//!     rounds: 2,
//!     span: Span::Exchanges(1000),
//!     ..Bench::default()
//! };
//! let reports = bench.run(&[levee_harness::bench::Subject::new("sets_header", bytes)], &Traffic::default(), |_| {})?;
//! assert_eq!(reports[0].exchanges, 1000);
//! assert!(reports[0].host_calls >= 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The clock is the machine's, and the load of other programs shows: so there are several rounds, of which the median
//! counts, filters that are compared take turns at it, and the processor time is told too. What an exchange costs in calls, bytes and fuel does not depend
//! on the machine.

mod lane;
mod message_file;
mod processor;
mod report;
mod traffic;

use std::time::{Duration, Instant};

use self::lane::{Lane, Tally};
pub use self::message_file::MessageError;
pub use self::report::{FunctionCalls, Report, Round, Shares};
pub use self::traffic::Traffic;
use crate::host::{Host, HostStats, StartError};
use crate::module::{Metering, Module};
use crate::plugin::{Limits, Plugin};
use crate::profile::Profile;

/// Exchanges of the pass in which fuel is counted.
const METERED: u64 = 2_000;

/// How long a bench lasts, all rounds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// So long, for each filter.
    Time(Duration),
    /// So many exchanges, for each filter.
    Exchanges(u64),
}

/// How filters are measured.
#[derive(Clone, Debug)]
pub struct Bench {
    /// How the host behaves where hosts differ.
    pub profile: Profile,
    /// The plugin configuration.
    pub configuration: Vec<u8>,
    /// Workers, each with a VM and a thread of its own.
    pub workers: usize,
    /// What each VM may use.
    pub limits: Limits,
    /// Rounds, of which the median counts.
    pub rounds: u32,
    /// How long all rounds last.
    pub span: Span,
}

impl Default for Bench {
    /// One worker, five rounds of a second.
    fn default() -> Self {
        Self {
            profile: Profile::envoy(),
            configuration: Vec::new(),
            workers: 1,
            limits: Limits::default(),
            rounds: 5,
            span: Span::Time(Duration::from_secs(5)),
        }
    }
}

/// A filter that is measured.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it is called in the report.
    pub name: String,
    /// The module.
    pub bytes: Vec<u8>,
}

impl Subject {
    /// A module in memory.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
        }
    }
}

impl Bench {
    /// Measures filters, which take turns round by round. `after_round` is told the number of rounds that are done.
    ///
    /// # Errors
    /// When a filter cannot be loaded, or does not start.
    pub fn run(
        &self,
        subjects: &[Subject],
        traffic: &Traffic,
        mut after_round: impl FnMut(u32),
    ) -> Result<Vec<Report>, StartError> {
        let mut running = subjects
            .iter()
            .map(|subject| self.start(subject))
            .collect::<Result<Vec<_>, _>>()?;
        for number in 1..=self.rounds {
            for subject in &mut running {
                subject.run(self.stint(), traffic);
            }
            after_round(number);
        }
        subjects
            .iter()
            .zip(running)
            .map(|(subject, running)| {
                let fuel = self.fuel(subject, traffic)?;
                Ok(running.report(subject, fuel))
            })
            .collect()
    }

    fn start(&self, subject: &Subject) -> Result<Running, StartError> {
        let host = self.host(subject, Metering::Off, self.workers.max(1))?;
        let stats = host.stats();
        let (main, workers) = host.into_vms();
        let mut lanes: Vec<Lane> = workers.into_iter().map(Lane::new).collect();
        // Somebody has to tick the main thread's VM.
        if let (Some(main), Some(first)) = (main, lanes.first_mut()) {
            first.attend(main);
        }
        Ok(Running {
            memory_at_start: lanes.iter().map(Lane::memory_bytes).sum(),
            lanes,
            stats,
            rounds: Vec::new(),
        })
    }

    fn host(&self, subject: &Subject, metering: Metering, workers: usize) -> Result<Host, StartError> {
        Host::builder()
            .loaded(Module::compile(&subject.bytes, metering)?)
            .plugin(Plugin {
                name: subject.name.clone(),
                configuration: self.configuration.clone(),
                ..Plugin::default()
            })
            .profile(self.profile)
            .limits(self.limits)
            .workers(workers)
            .start()
    }

    /// What each worker does in one round.
    fn stint(&self) -> Span {
        let rounds = self.rounds.max(1);
        match self.span {
            Span::Time(time) => Span::Time(time / rounds),
            Span::Exchanges(all) => {
                let lanes = u64::from(rounds) * self.workers.max(1) as u64;
                Span::Exchanges(all.div_ceil(lanes))
            }
        }
    }

    /// Units of fuel for one exchange.
    fn fuel(&self, subject: &Subject, traffic: &Traffic) -> Result<f64, StartError> {
        let host = self.host(subject, Metering::Fuel, 1)?;
        let (_, workers) = host.into_vms();
        let mut lanes: Vec<Lane> = workers.into_iter().map(Lane::new).collect();
        let Some(lane) = lanes.first_mut() else {
            return Ok(0.0);
        };
        lane.run(Span::Exchanges(METERED), traffic);
        let tally = lane.tally();
        Ok(tally.usage.fuel as f64 / tally.exchanges.max(1) as f64)
    }
}

/// A filter between two rounds.
struct Running {
    lanes: Vec<Lane>,
    stats: HostStats,
    memory_at_start: u64,
    rounds: Vec<Round>,
}

impl Running {
    fn run(&mut self, stint: Span, traffic: &Traffic) {
        let before: u64 = self.lanes.iter().map(|lane| lane.tally().exchanges).sum();
        let began = Instant::now();
        match self.lanes.as_mut_slice() {
            [only] => only.run(stint, traffic),
            lanes => std::thread::scope(|scope| {
                for lane in lanes {
                    scope.spawn(|| lane.run(stint, traffic));
                }
            }),
        }
        let seconds = began.elapsed().as_secs_f64();
        let exchanges = self.lanes.iter().map(|lane| lane.tally().exchanges).sum::<u64>() - before;
        self.rounds.push(Round {
            exchanges,
            seconds,
            exchanges_per_second: exchanges as f64 / seconds.max(f64::EPSILON),
        });
    }

    fn report(self, subject: &Subject, fuel_per_exchange: f64) -> Report {
        let mut tally = Tally::default();
        for lane in &self.lanes {
            tally += lane.tally();
        }
        Report {
            fuel_per_exchange,
            memory_bytes_at_start: self.memory_at_start,
            memory_bytes: self.lanes.iter().map(Lane::memory_bytes).sum(),
            traps: self.stats.traps(),
            ..Report::of(&subject.name, self.lanes.len(), self.rounds, &tally)
        }
    }
}
