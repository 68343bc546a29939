//! One worker under load.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

use super::{Span, Traffic, processor};
use crate::exchange::Outcome;
use crate::usage::Usage;
use crate::vm::Vm;

/// Exchanges between two looks at the clock: so seldom that looking costs nothing.
const BETWEEN_LOOKS: u64 = 64;

/// What has come of exchanges, and what they have cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) exchanges: u64,
    pub(super) forwarded: u64,
    pub(super) refused: u64,
    pub(super) held: u64,
    pub(super) reset: u64,
    /// As far as it is known.
    pub(super) processor: Option<Duration>,
    pub(super) usage: Usage,
    pub(super) host_calls: BTreeMap<&'static str, u64>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.exchanges += more.exchanges;
        self.forwarded += more.forwarded;
        self.refused += more.refused;
        self.held += more.held;
        self.reset += more.reset;
        self.processor = self
            .processor
            .into_iter()
            .chain(more.processor)
            .reduce(|one, other| one + other);
        self.usage += more.usage;
        for (function, calls) in more.host_calls {
            *self.host_calls.entry(function).or_default() += calls;
        }
    }
}

/// A worker's VM with what it has done.
pub(super) struct Lane {
    vm: Vm,
    /// The main thread's VM, if this worker ticks it.
    main: Option<Vm>,
    tally: Tally,
    usage_at_start: Usage,
    calls_at_start: BTreeMap<&'static str, u64>,
}

impl Lane {
    pub(super) fn new(vm: Vm) -> Self {
        Self {
            usage_at_start: vm.usage(),
            calls_at_start: vm.host_calls().collect(),
            vm,
            main: None,
            tally: Tally::default(),
        }
    }

    /// Ticks that VM too from now on.
    pub(super) fn attend(&mut self, main: Vm) {
        self.main = Some(main);
    }

    /// All so far.
    pub(super) fn tally(&self) -> Tally {
        let calls = self.vm.host_calls().map(|(function, calls)| {
            let earlier = self.calls_at_start.get(function).copied().unwrap_or_default();
            (function, calls - earlier)
        });
        Tally {
            usage: self.vm.usage() - self.usage_at_start,
            host_calls: calls.filter(|(_, calls)| *calls > 0).collect(),
            ..self.tally.clone()
        }
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        self.vm.stats().memory_bytes()
    }

    /// Takes requests through the filter, one after the other.
    pub(super) fn run(&mut self, span: Span, traffic: &Traffic) {
        let before = processor::time();
        self.work(span, traffic);
        if let (Some(before), Some(after)) = (before, processor::time()) {
            let used = after.saturating_sub(before);
            self.tally.processor = Some(self.tally.processor.unwrap_or_default() + used);
        }
    }

    fn work(&mut self, span: Span, traffic: &Traffic) {
        let began = Instant::now();
        let mut left = match span {
            Span::Time(_) => u64::MAX,
            Span::Exchanges(exchanges) => exchanges,
        };
        while left > 0 {
            let now = left.min(BETWEEN_LOOKS);
            for _ in 0..now {
                self.exchange(traffic);
            }
            left -= now;
            self.tick();
            if matches!(span, Span::Time(time) if began.elapsed() >= time) {
                return;
            }
        }
    }

    fn exchange(&mut self, traffic: &Traffic) {
        let request = traffic.request(self.tally.exchanges);
        let exchange = self.vm.exchange(request, |_| traffic.response());
        self.tally.exchanges += 1;
        if exchange.forwarded.is_some() {
            self.tally.forwarded += 1;
            return;
        }
        match exchange.outcome {
            Outcome::Response(_) => self.tally.refused += 1,
            Outcome::Paused(_) => self.tally.held += 1,
            Outcome::Reset => self.tally.reset += 1,
        }
        // Nobody answers them here.
        self.vm.take_callouts();
    }

    fn tick(&mut self) {
        for vm in [Some(&mut self.vm), self.main.as_mut()].into_iter().flatten() {
            if vm.until_tick() == Some(Duration::ZERO) {
                vm.tick();
            }
        }
    }
}
