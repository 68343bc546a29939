//! One VM of a world with the exchanges it has under way.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ExchangeId;
use crate::callout::{Callout, CalloutId};
use crate::exchange::{Exchange, Outcome};
use crate::headers::Headers;
use crate::log::LogLine;
use crate::message::{Request, Response};
use crate::passage::{Passage, Progress};
use crate::stream::StreamInfo;
use crate::usage::Usage;
use crate::vm::Vm;

/// Something that happens to a VM.
#[derive(Debug)]
pub(super) enum Task {
    Arrive(ExchangeId, Box<(Request, StreamInfo)>),
    Answer(ExchangeId, Response),
    /// The client is gone.
    HangUp(ExchangeId),
    Http(CalloutId, Option<Response>),
    Grpc(CalloutId, GrpcEvent),
    Tick,
    /// Shared queues may have something for it.
    Notice,
}

/// A part of a gRPC answer.
#[derive(Debug)]
pub(super) enum GrpcEvent {
    Initial(Headers),
    Message(Vec<u8>),
    Trailing(Headers),
    Close(u32, String),
}

/// What follows from a task, outside of the VM.
#[derive(Debug)]
pub(super) enum Effect {
    Forwarded(ExchangeId, Request),
    Over(ExchangeId, Box<Exchange>),
    Callout(Callout),
}

#[derive(Debug)]
struct Running {
    passage: Passage,
    at_origin: bool,
    log: Vec<LogLine>,
    usage: Usage,
}

/// What the guest has logged and cost in a callback that is not about an exchange: the answer to a call, a tick, a notice.
#[derive(Debug, Default)]
struct Cause {
    log: Vec<LogLine>,
    usage: Usage,
}

/// The exchanges of one VM.
#[derive(Debug, Default)]
pub(super) struct Lane {
    running: BTreeMap<ExchangeId, Running>,
}

impl Lane {
    /// Carries out tasks in order, and lets exchanges go on that they have freed.
    pub(super) fn work(&mut self, vm: &mut Vm, tasks: Vec<Task>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for task in tasks {
            let cause = self.carry_out(vm, task, &mut effects);
            self.let_go(vm, cause, &mut effects);
            effects.extend(vm.take_callouts().into_iter().map(Effect::Callout));
        }
        effects
    }

    /// Returns what happened that was not about any exchange.
    fn carry_out(&mut self, vm: &mut Vm, task: Task, effects: &mut Vec<Effect>) -> Cause {
        vm.take_log();
        let before = vm.usage();
        let about_an_exchange = matches!(task, Task::Arrive(..) | Task::Answer(..) | Task::HangUp(_));
        match task {
            Task::Arrive(id, arrival) => {
                let (request, info) = *arrival;
                let running = Running {
                    passage: Passage::begin(vm, request, info),
                    at_origin: false,
                    log: Vec::new(),
                    usage: Usage::default(),
                };
                self.running.insert(id, running);
                self.go_on(vm, id, before, effects);
            }
            Task::Answer(id, response) => {
                if let Some(running) = self.running.get_mut(&id) {
                    running.passage.answer(vm, response);
                    running.at_origin = false;
                    self.go_on(vm, id, before, effects);
                }
            }
            Task::HangUp(id) => self.close(vm, id, effects),
            Task::Http(id, response) => vm.on_http_call_response(id, response.as_ref()),
            Task::Grpc(id, GrpcEvent::Initial(metadata)) => vm.on_grpc_initial_metadata(id, metadata),
            Task::Grpc(id, GrpcEvent::Message(message)) => vm.on_grpc_receive(id, message),
            Task::Grpc(id, GrpcEvent::Trailing(metadata)) => vm.on_grpc_trailing_metadata(id, metadata),
            Task::Grpc(id, GrpcEvent::Close(status, message)) => vm.on_grpc_close(id, status, &message),
            Task::Tick => vm.tick(),
            Task::Notice => {
                vm.deliver_notices();
            }
        }
        if about_an_exchange {
            return Cause::default();
        }
        Cause {
            log: vm.take_log(),
            usage: vm.usage() - before,
        }
    }

    /// Whatever has been freed meanwhile goes on. What has freed it is told and charged with it.
    fn let_go(&mut self, vm: &mut Vm, mut cause: Cause, effects: &mut Vec<Effect>) {
        let held: Vec<ExchangeId> = self
            .running
            .iter()
            .filter(|(_, running)| !running.at_origin)
            .map(|(id, _)| *id)
            .collect();
        for id in held {
            vm.take_log();
            let before = vm.usage();
            let Some(running) = self.running.get_mut(&id) else {
                continue;
            };
            let told = running.log.len()..running.log.len() + cause.log.len();
            running.log.extend_from_slice(&cause.log);
            running.usage += cause.usage;
            let goes_on = self.go_on(vm, id, before, effects);
            if goes_on {
                cause.usage = Usage::default();
            } else if let Some(running) = self.running.get_mut(&id) {
                running.log.drain(told);
                running.usage = running.usage - cause.usage;
            }
        }
    }

    /// Returns whether it is held no longer.
    fn go_on(&mut self, vm: &mut Vm, id: ExchangeId, before: Usage, effects: &mut Vec<Effect>) -> bool {
        let Some(running) = self.running.get_mut(&id) else {
            return false;
        };
        let progress = running.passage.go_on(vm);
        running.log.extend(vm.take_log());
        running.usage += vm.usage() - before;
        match progress {
            Progress::Held(_) => return false,
            Progress::AtOrigin => {
                running.at_origin = true;
                let forwarded = running.passage.forwarded().cloned();
                effects.extend(forwarded.map(|request| Effect::Forwarded(id, request)));
            }
            Progress::Over => self.close(vm, id, effects),
        }
        true
    }

    fn close(&mut self, vm: &mut Vm, id: ExchangeId, effects: &mut Vec<Effect>) {
        let Some(mut running) = self.running.remove(&id) else {
            return;
        };
        vm.take_log();
        let before = vm.usage();
        let (outcome, forwarded) = running.passage.close(vm);
        running.log.extend(vm.take_log());
        running.usage += vm.usage() - before;
        let exchange = Exchange {
            outcome,
            forwarded,
            log: running.log,
            failure: vm.failure().cloned(),
            usage: running.usage,
            began: Duration::ZERO,
            took: Duration::ZERO,
        };
        effects.push(Effect::Over(id, Box::new(exchange)));
    }

    /// Exchanges that have not ended.
    pub(super) fn len(&self) -> usize {
        self.running.len()
    }
}

/// How an exchange ends that never began to be served.
pub(super) fn never_served() -> Exchange {
    Exchange {
        outcome: Outcome::Reset,
        forwarded: None,
        log: Vec::new(),
        failure: None,
        usage: Usage::default(),
        began: Duration::ZERO,
        took: Duration::ZERO,
    }
}
