//! The filter itself, in the harness.

use super::{Arrived, Gate, LetThrough};
use levee_harness::{
    Host, ManualClock, Module, NoLog, Outcome, Passage, Profile, Progress, Request, Response, SeededEntropy,
    StartError, Turns, Vm, VmRole,
};
use std::{sync::Arc, time::Duration};

/// One worker's VM of the filter.
pub struct Filter {
    vm: Vm,
    /// The main thread's VM, which the first worker's driver ticks.
    main: Option<Vm>,
}

/// A filter that is ready, with the clock of its VMs.
pub struct Started {
    /// The filter.
    pub filter: Filter,
    /// Its clock.
    pub clock: Arc<ManualClock>,
}

impl Filter {
    /// Starts a filter with so many workers, all of whose VMs touch what they share in the order of `turns`. Their clocks stand
    /// at `epoch`, and their randomness comes from `seed`.
    ///
    /// # Errors
    /// When it does not start; the host says why.
    pub fn start<T: Turns + 'static>(
        module: &Module,
        configuration: &[u8],
        workers: usize,
        seed: u64,
        epoch: Duration,
        turns: &Arc<T>,
    ) -> Result<Vec<Started>, StartError> {
        let clocks: Vec<_> = (0..workers).map(|_| Arc::new(ManualClock::at(epoch))).collect();
        let host = Host::builder()
            .loaded(module.clone())
            .profile(Profile::envoy())
            .configuration(configuration)
            .workers(workers)
            .log_sink(Arc::new(NoLog))
            .clock_of({
                let clocks = clocks.clone();
                move |vm| match clocks.get(lane(vm)) {
                    Some(clock) => Arc::<ManualClock>::clone(clock),
                    None => Arc::new(ManualClock::at(epoch)),
                }
            })
            .entropy_of(move |vm| {
                let stream = match vm {
                    VmRole::Worker(number) => number as u64 + 2,
                    VmRole::Main => 1,
                    VmRole::Canary => 0,
                };
                Arc::new(SeededEntropy::new(
                    seed.wrapping_mul(1_000_003).wrapping_add(stream),
                ))
            })
            .start()?;
        let (mut main, workers) = host.into_vms();
        let started = workers.into_iter().zip(clocks).map(|(mut vm, clock)| {
            let mut main = main.take();
            for vm in [Some(&mut vm), main.as_mut()].into_iter().flatten() {
                let turns: Arc<dyn Turns> = turns.clone();
                vm.take_turns(Some(turns));
            }
            Started {
                filter: Self { vm, main },
                clock,
            }
        });
        Ok(started.collect())
    }

    fn vms(&mut self) -> impl Iterator<Item = &mut Vm> {
        [Some(&mut self.vm), self.main.as_mut()].into_iter().flatten()
    }

    /// Takes an exchange as far as it gets.
    fn go_on(&mut self, mut passage: Passage) -> Arrived {
        let progress = passage.go_on(&mut self.vm);
        // No other service is there to be called.
        self.vm.take_callouts();
        match progress {
            Progress::AtOrigin => Arrived::LetThrough(LetThrough::Held(Box::new(passage))),
            Progress::Over | Progress::Held(_) => Arrived::Answered(self.end(passage)),
        }
    }

    fn end(&mut self, passage: Passage) -> Option<Response> {
        match passage.close(&mut self.vm).0 {
            Outcome::Response(response) => Some(response),
            Outcome::Paused(_) | Outcome::Reset => None,
        }
    }
}

impl Gate for Filter {
    fn arrive(&mut self, _: Duration, request: Request, connection: u64) -> Arrived {
        let info = request.info(connection);
        let passage = Passage::begin(&mut self.vm, request, info);
        self.go_on(passage)
    }

    fn answer(&mut self, _: Duration, let_through: LetThrough, answer: Response) -> Option<Response> {
        let LetThrough::Held(mut passage) = let_through else {
            return Some(answer);
        };
        passage.answer(&self.vm, answer);
        passage.go_on(&mut self.vm);
        self.end(*passage)
    }

    fn next_tick(&self) -> Option<Duration> {
        let main = self.main.as_ref().and_then(Vm::next_tick);
        self.vm.next_tick().into_iter().chain(main).min()
    }

    fn tick(&mut self, _: Duration) {
        for vm in self.vms() {
            if vm.until_tick() == Some(Duration::ZERO) {
                vm.tick();
            }
        }
    }

    fn memory_bytes(&self) -> u64 {
        let main = self.main.as_ref().map_or(0, |vm| vm.stats().memory_bytes());
        self.vm.stats().memory_bytes() + main
    }
}

/// Which worker's driver drives a VM.
const fn lane(vm: VmRole) -> usize {
    match vm {
        VmRole::Worker(number) => number,
        VmRole::Main | VmRole::Canary => 0,
    }
}
