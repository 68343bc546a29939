//! A host on which cases are played, in virtual time.

use std::sync::Arc;
use std::time::Duration;

use super::finding::Finding;
use super::growth::Kept;
use super::handed::Handed;
use super::shot::Shot;
use super::validity;
use crate::abi::Direction;
use crate::clock::{Clock, ManualClock};
use crate::entropy::SeededEntropy;
use crate::exchange::Outcome;
use crate::host::{Host, HostStats, StartError};
use crate::log::NoLog;
use crate::message::{Request, Response};
use crate::module::Module;
use crate::passage::{Passage, Progress};
use crate::plugin::{Limits, Plugin};
use crate::profile::Profile;

/// Ticks that are played in a wait; whatever is longer passes as if the machine had slept.
const TICKS_IN_A_WAIT: u32 = 8;
/// Time between two requests of a series: a filter may keep something for some minutes.
const IN_A_SERIES: Duration = Duration::from_millis(10);
/// Ticks that a filter is given to let go what it holds.
const TICKS_TO_LET_GO: u32 = 100;

/// What every host of a run has in common.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) module: Module,
    pub(super) plugin: Plugin,
    pub(super) profile: Profile,
    pub(super) limits: Limits,
    pub(super) workers: usize,
    pub(super) seed: u64,
}

impl Stage {
    /// A fresh host, at that time.
    pub(super) fn rig(&self, at: Duration) -> Result<Rig, StartError> {
        let clock = Arc::new(ManualClock::at(at));
        let host = Host::builder()
            .loaded(self.module.clone())
            .plugin(self.plugin.clone())
            .profile(self.profile)
            .limits(self.limits)
            .workers(self.workers)
            .clock(clock.clone())
            .entropy(Arc::new(SeededEntropy::new(self.seed)))
            .log_sink(Arc::new(NoLog))
            .start()?;
        let mut rig = Rig {
            stats: host.stats(),
            host,
            clock,
            exchanges: 0,
        };
        for worker in 0..self.workers {
            rig.host.worker(worker).watch_names();
        }
        Ok(rig)
    }
}

/// A host with its clock.
pub(super) struct Rig {
    host: Host,
    stats: HostStats,
    clock: Arc<ManualClock>,
    pub(super) exchanges: u64,
}

impl Rig {
    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// What the filter keeps now.
    pub(super) fn kept(&mut self) -> Kept {
        let (keys, bytes) = self.stats.shared_data_size();
        Kept {
            memory_bytes: self.host.vms().map(|vm| vm.stats().memory_bytes()).sum(),
            shared_keys: keys as u64,
            shared_bytes: bytes as u64,
        }
    }

    /// Names of headers that the filter has asked for.
    pub(super) fn asked(&mut self) -> Vec<Vec<u8>> {
        self.host
            .vms()
            .flat_map(|vm| vm.asked_names().cloned().collect::<Vec<_>>())
            .collect()
    }

    /// Plays shots in order, and notes what the filter hands out.
    pub(super) fn play_all(&mut self, shots: &[Shot]) -> Result<(), Finding> {
        let mut handed = Handed::default();
        shots.iter().try_for_each(|shot| self.play(shot, &mut handed))
    }

    /// Plays one shot.
    pub(super) fn play(&mut self, shot: &Shot, handed: &mut Handed) -> Result<(), Finding> {
        self.pass(shot.wait)?;
        self.exchanges += 1;
        let request = shot.request.clone();
        let info = request.info(self.exchanges);
        let vm = self.host.worker(shot.worker);
        let mut passage = Passage::begin(vm, request, info);
        let mut answered = false;
        let held = loop {
            match passage.go_on(self.host.worker(shot.worker)) {
                Progress::Over => break Ok(()),
                Progress::AtOrigin => {
                    answered = true;
                    passage.answer(self.host.worker(shot.worker), shot.response.clone());
                }
                Progress::Held(direction) => {
                    if let Err(finding) = self.let_go(&mut passage, shot.worker, direction) {
                        break Err(finding);
                    }
                }
            }
        };
        let vm = self.host.worker(shot.worker);
        let (outcome, forwarded) = passage.close(vm);
        vm.take_callouts();
        self.host.deliver_notices();
        self.failure()?;
        held?;
        if let Some(what) = forwarded.and_then(|forwarded| validity::of_request(&forwarded, &shot.request)) {
            let direction = Direction::Request;
            return Err(Finding::InvalidHttp { direction, what });
        }
        if let Outcome::Response(response) = outcome {
            self.judge(&response, shot, answered)?;
            handed.collect(&response, answered.then_some(&shot.response));
        }
        Ok(())
    }

    fn judge(&self, response: &Response, shot: &Shot, answered: bool) -> Result<(), Finding> {
        match validity::of_response(response, answered.then_some(&shot.response)) {
            Some(what) => Err(Finding::InvalidHttp {
                direction: Direction::Response,
                what,
            }),
            None => Ok(()),
        }
    }

    /// Lets time pass, with the ticks that fall due.
    fn pass(&mut self, time: Duration) -> Result<(), Finding> {
        if time.is_zero() {
            return Ok(());
        }
        let end = self.clock.now().saturating_add(time);
        for _ in 0..TICKS_IN_A_WAIT {
            if !self.tick_before(end) {
                break;
            }
        }
        self.clock.advance(end.saturating_sub(self.clock.now()));
        self.tick_before(end);
        self.failure()
    }

    /// Ticks whichever VM is due first, if that is by `end`.
    fn tick_before(&mut self, end: Duration) -> bool {
        let due = self.host.vms().filter_map(|vm| vm.next_tick()).min();
        let Some(due) = due.filter(|due| *due <= end) else {
            return false;
        };
        let by = due.saturating_sub(self.clock.now());
        self.host.advance(&self.clock, by);
        true
    }

    /// Waits until the filter lets an exchange go.
    fn let_go(&mut self, passage: &mut Passage, worker: usize, direction: Direction) -> Result<(), Finding> {
        for ticks in 0..TICKS_TO_LET_GO {
            let Some(due) = self.host.worker(worker).next_tick() else {
                return Err(Finding::Held { direction, ticks });
            };
            self.tick_before(due);
            self.failure()?;
            if !matches!(passage.go_on(self.host.worker(worker)), Progress::Held(_)) {
                return Ok(());
            }
        }
        Err(Finding::Held {
            direction,
            ticks: TICKS_TO_LET_GO,
        })
    }

    fn failure(&mut self) -> Result<(), Finding> {
        let trap = self.host.vms().find_map(|vm| vm.failure().cloned());
        trap.map_or(Ok(()), |trap| Err(Finding::Trap(trap)))
    }

    /// One request of a long series. Whether it comes out valid is not looked at.
    pub(super) fn hurry(&mut self, request: Request) -> Result<(), Finding> {
        self.pass(IN_A_SERIES)?;
        self.exchanges += 1;
        let vm = self.host.worker(0);
        vm.exchange(request, |_| Response::new(200));
        vm.take_callouts();
        self.failure()
    }
}
