//! What a bench has found.

use serde::Serialize;

use super::lane::Tally;

/// One round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Round {
    /// Exchanges of all workers together.
    pub exchanges: u64,
    /// How long it took.
    pub seconds: f64,
    /// The quotient of the two.
    pub exchanges_per_second: f64,
}

/// What became of exchanges, as parts of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Shares {
    /// Reached the origin.
    pub forwarded: f64,
    /// Answered without the origin.
    pub refused: f64,
    /// Paused by the filter, and not let go.
    pub held: f64,
    /// Cut off.
    pub reset: f64,
}

/// Calls of one host function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionCalls {
    /// The function.
    pub function: &'static str,
    /// Calls in one exchange, on average.
    pub calls: f64,
}

/// How fast a filter is, and what one exchange costs on average.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The filter.
    pub module: String,
    /// The median of the rounds.
    pub exchanges_per_second: f64,
    /// The slowest round.
    pub exchanges_per_second_min: f64,
    /// The fastest round.
    pub exchanges_per_second_max: f64,
    /// For each second of processor time, which hardly depends on what else runs; `None` where the system does not tell it.
    pub exchanges_per_processor_second: Option<f64>,
    /// Every round.
    pub rounds: Vec<Round>,
    /// Exchanges in all rounds.
    pub exchanges: u64,
    /// Workers, each in a thread of its own.
    pub workers: usize,
    /// Calls of the filter into the host.
    pub host_calls: f64,
    /// The same by function, most frequent first.
    pub host_calls_by_function: Vec<FunctionCalls>,
    /// Callbacks of the filter.
    pub callbacks: f64,
    /// How often the host has handed the filter bytes that this has allocated room for.
    pub guest_allocations: f64,
    /// Bytes of these.
    pub guest_allocated_bytes: f64,
    /// Units of fuel, counted in a pass of its own.
    pub fuel_per_exchange: f64,
    /// Linear memory of the workers' VMs before the first exchange.
    pub memory_bytes_at_start: u64,
    /// Linear memory of the workers' VMs after the last one.
    pub memory_bytes: u64,
    /// What became of the exchanges.
    pub shares: Shares,
    /// VMs that have trapped.
    pub traps: u64,
    /// The host was built with debug assertions: it is slower than it could be.
    pub debug_assertions: bool,
}

impl Report {
    pub(super) fn of(module: &str, workers: usize, rounds: Vec<Round>, tally: &Tally) -> Self {
        let each = |all: u64| all as f64 / tally.exchanges.max(1) as f64;
        let mut rates: Vec<f64> = rounds.iter().map(|round| round.exchanges_per_second).collect();
        rates.sort_by(f64::total_cmp);
        let mut calls: Vec<FunctionCalls> = tally
            .host_calls
            .iter()
            .map(|(function, calls)| FunctionCalls {
                function,
                calls: each(*calls),
            })
            .collect();
        calls.sort_by(|a, b| b.calls.total_cmp(&a.calls));
        Self {
            module: module.to_owned(),
            exchanges_per_second: rates.get(rates.len() / 2).copied().unwrap_or_default(),
            exchanges_per_second_min: rates.first().copied().unwrap_or_default(),
            exchanges_per_second_max: rates.last().copied().unwrap_or_default(),
            exchanges_per_processor_second: tally
                .processor
                .map(|time| tally.exchanges as f64 / time.as_secs_f64().max(f64::EPSILON)),
            rounds,
            exchanges: tally.exchanges,
            workers,
            host_calls: each(tally.usage.host_calls),
            host_calls_by_function: calls,
            callbacks: each(tally.usage.callbacks),
            guest_allocations: each(tally.usage.guest_allocations),
            guest_allocated_bytes: each(tally.usage.guest_allocated_bytes),
            fuel_per_exchange: 0.0,
            memory_bytes_at_start: 0,
            memory_bytes: 0,
            shares: Shares {
                forwarded: each(tally.forwarded),
                refused: each(tally.refused),
                held: each(tally.held),
                reset: each(tally.reset),
            },
            traps: 0,
            debug_assertions: cfg!(debug_assertions),
        }
    }

    /// How far the rounds are apart, as a part of the median.
    #[must_use]
    pub fn spread(&self) -> f64 {
        (self.exchanges_per_second_max - self.exchanges_per_second_min)
            / self.exchanges_per_second.max(f64::EPSILON)
    }
}
