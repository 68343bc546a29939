//! How time passes in a world, and what follows from what.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::Rng;
use rand::seq::SliceRandom;

use super::World;
use super::answer::{Answer, GrpcAnswer, Reaction};
use super::grpc::GrpcStream;
use super::lane::{Effect, Lane, Task};
use crate::callout::{Callout, HttpCall};
use crate::clock::Clock;
use crate::log::VmRole;
use crate::message::Response;
use crate::profile::Profile;
use crate::turnstile::Turnstile;
use crate::vm::Vm;

/// Most rounds of one moment: a guest that calls a service from each answer of the same service would never end.
const MAX_ROUNDS: usize = 10_000;

/// How long the origin may take; Envoy's default for a route.
const ROUTE_TIMEOUT: Duration = Duration::from_secs(15);

impl World {
    /// When something is to happen next.
    pub(super) fn next_event(&mut self) -> Option<Duration> {
        let tick = self.host.vms().filter_map(|vm| vm.next_tick()).min();
        self.agenda.next().into_iter().chain(tick).min()
    }

    pub(super) fn run_until(&mut self, end: Duration) {
        while let Some(next) = self.next_event().filter(|next| *next <= end) {
            self.clock.advance(next.saturating_sub(self.now()));
            for _ in 0..MAX_ROUNDS {
                if !self.one_round() {
                    break;
                }
            }
        }
        self.clock.advance(end.saturating_sub(self.now()));
    }

    /// Lets each VM do what is due now. Returns whether there was anything.
    fn one_round(&mut self) -> bool {
        let now = self.now();
        let mut due = self.agenda.take_due(now);
        for vm in self.host.vms() {
            if vm.next_tick().is_some_and(|at| at <= now) {
                due.entry(vm.role()).or_default().push(Task::Tick);
            }
            // A VM hears of its queues before it hears from the network.
            if vm.has_notices() {
                due.entry(vm.role()).or_default().insert(0, Task::Notice);
            }
        }
        if due.is_empty() {
            return false;
        }
        let done = if self.interleaved && due.len() > 1 {
            self.work_together(due)
        } else {
            self.work_in_turn(due)
        };
        for (vm, effects) in done {
            for effect in effects {
                self.follow(vm, effect);
            }
        }
        true
    }

    fn work_in_turn(&mut self, due: BTreeMap<VmRole, Vec<Task>>) -> Vec<(VmRole, Vec<Effect>)> {
        let mut due: Vec<_> = due.into_iter().collect();
        due.shuffle(&mut self.draw);
        due.into_iter()
            .filter_map(|(role, tasks)| {
                let vm = self.host.vms().find(|vm| vm.role() == role)?;
                let effects = self.lanes.entry(role).or_default().work(vm, tasks);
                Some((role, effects))
            })
            .collect()
    }

    /// Each VM in a thread of its own, one at a time, and whose turn it is drawn whenever one touches what they share.
    fn work_together(&mut self, mut due: BTreeMap<VmRole, Vec<Task>>) -> Vec<(VmRole, Vec<Effect>)> {
        let turnstile = std::sync::Arc::new(Turnstile::new(due.keys().copied(), self.draw.random()));
        let mut lanes: Vec<(&mut Vm, Lane, Vec<Task>)> = self
            .host
            .vms()
            .filter_map(|vm| {
                let role = vm.role();
                let tasks = due.remove(&role)?;
                Some((vm, self.lanes.remove(&role).unwrap_or_default(), tasks))
            })
            .collect();
        let done: Vec<(VmRole, Lane, Vec<Effect>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = lanes
                .drain(..)
                .map(|(vm, mut lane, tasks)| {
                    let turnstile = turnstile.clone();
                    scope.spawn(move || {
                        let role = vm.role();
                        let _turn = Turn::begin(&turnstile, role);
                        vm.take_turns(Some(turnstile.clone()));
                        let effects = lane.work(vm, tasks);
                        vm.take_turns(None);
                        (role, lane, effects)
                    })
                })
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect()
        });
        done.into_iter()
            .map(|(role, lane, effects)| {
                self.lanes.insert(role, lane);
                (role, effects)
            })
            .collect()
    }

    fn follow(&mut self, vm: VmRole, effect: Effect) {
        match effect {
            Effect::Over(id, mut exchange) => {
                let now = self.now();
                exchange.began = self.placed.get(&id).map_or(now, |(_, began)| *began);
                exchange.took = now.saturating_sub(exchange.began);
                self.over.insert(id, *exchange);
            }
            Effect::Forwarded(id, request) => {
                let answer = self.origin.answer(self.clock.now(), &request);
                let (after, response) = settle_origin(answer);
                let at = self.now().saturating_add(after);
                let task = match response {
                    Some(response) => Task::Answer(id, response),
                    None => Task::HangUp(id),
                };
                self.agenda.enter(at, vm, task);
            }
            Effect::Callout(callout) => self.call_out(vm, callout),
        }
    }

    pub(super) fn collect_callouts(&mut self) {
        let asked: Vec<(VmRole, Callout)> = self
            .host
            .vms()
            .flat_map(|vm| {
                let role = vm.role();
                vm.take_callouts().into_iter().map(move |callout| (role, callout))
            })
            .collect();
        for (vm, callout) in asked {
            self.call_out(vm, callout);
        }
    }

    fn call_out(&mut self, vm: VmRole, callout: Callout) {
        let now = self.now();
        match callout {
            Callout::Http(call) => {
                let answer = match self.services.http.get_mut(&call.cluster) {
                    Some(service) => service.answer(now, &call),
                    None => Answer::unreachable(),
                };
                let (after, response) = settle_call(answer, &call, self.host.profile());
                let at = now.saturating_add(after);
                self.agenda.enter(at, vm, Task::Http(call.id, response));
            }
            Callout::Grpc(call) => match call.message.clone() {
                Some(message) => {
                    let answer = self.ask_grpc(&call, &message);
                    self.answer_grpc(vm, &call, answer);
                }
                None => {
                    let served = self.services.grpc.contains_key(&call.cluster);
                    self.streams.insert((vm, call.id), GrpcStream::of(call.clone()));
                    if !served {
                        self.answer_stream(vm, &call, GrpcAnswer::unreachable());
                    }
                }
            },
            Callout::GrpcMessage {
                id,
                message,
                end_of_stream,
            } => {
                self.send_on_stream(vm, id, &message, end_of_stream);
            }
            Callout::GrpcCancel(id) => {
                self.streams.remove(&(vm, id));
            }
            Callout::GrpcClose(id) => self.end_stream(vm, id),
        }
    }
}

/// Holds a place in the turns, and gives it up whatever happens.
struct Turn<'a> {
    turnstile: &'a Turnstile,
    vm: VmRole,
}

impl<'a> Turn<'a> {
    fn begin(turnstile: &'a Turnstile, vm: VmRole) -> Self {
        turnstile.enter(vm);
        Self { turnstile, vm }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turnstile.leave(self.vm);
    }
}

/// What a proxy makes of the origin's answer; `None` when it never comes and the client is cut off.
fn settle_origin(answer: Answer) -> (Duration, Option<Response>) {
    match answer.what {
        _ if answer.after > ROUTE_TIMEOUT => (ROUTE_TIMEOUT, Some(proxy_reply(504, TIMEOUT))),
        Reaction::Response(response) => (answer.after, Some(response)),
        Reaction::Unreachable => (answer.after, Some(proxy_reply(503, CONNECT_ERROR))),
        Reaction::Reset => (answer.after, Some(proxy_reply(503, RESET_ERROR))),
        Reaction::NoHealthyHost => (answer.after, Some(proxy_reply(503, NO_HEALTHY_HOST))),
        Reaction::Never => (ROUTE_TIMEOUT, Some(proxy_reply(504, TIMEOUT))),
    }
}

/// What a filter gets for its call, and when; `None` is a failure.
fn settle_call(answer: Answer, call: &HttpCall, profile: &Profile) -> (Duration, Option<Response>) {
    let reply = |status, text| {
        profile
            .failed_calls_have_responses
            .then(|| proxy_reply(status, text))
    };
    // A timeout of zero is none.
    let timeout = if call.timeout.is_zero() {
        Duration::MAX
    } else {
        call.timeout
    };
    if answer.after > timeout || answer.what == Reaction::Never {
        return (timeout, reply(504, TIMEOUT));
    }
    let response = match answer.what {
        Reaction::Response(response) if profile.failed_calls_have_responses => {
            let time = answer.after.as_millis().to_string();
            Some(response.header("x-envoy-upstream-service-time", time))
        }
        Reaction::Response(response) => Some(response),
        Reaction::Unreachable => reply(503, CONNECT_ERROR),
        Reaction::Reset => reply(503, RESET_ERROR),
        Reaction::NoHealthyHost => reply(503, NO_HEALTHY_HOST),
        Reaction::Never => None,
    };
    (answer.after, response)
}

pub(super) const TIMEOUT: &str = "upstream request timeout";
const CONNECT_ERROR: &str =
    "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";
const RESET_ERROR: &str =
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
const NO_HEALTHY_HOST: &str = "no healthy upstream";

/// A reply of the proxy itself.
fn proxy_reply(status: u16, body: &str) -> Response {
    Response::new(status)
        .header("content-length", body.len().to_string())
        .header("content-type", "text/plain")
        .body(body)
}
