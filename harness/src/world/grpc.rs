//! How gRPC services answer in a world: as Envoy tells it, if the profile is Envoy's.

use std::time::Duration;

use super::World;
use super::answer::{GrpcAnswer, grpc};
use super::lane::{GrpcEvent, Task};
use super::run::TIMEOUT;
use crate::callout::{CalloutId, GrpcCall};
use crate::clock::Clock;
use crate::headers::Headers;
use crate::log::VmRole;

impl World {
    /// One more message of a guest on a stream, and what the service says to it.
    pub(super) fn send_on_stream(&mut self, vm: VmRole, id: CalloutId, message: &[u8], end_of_stream: bool) {
        let Some(stream) = self.streams.get_mut(&(vm, id)) else {
            return;
        };
        stream.sent_all |= end_of_stream;
        let call = stream.call.clone();
        let answer = self.ask_grpc(&call, message);
        self.answer_stream(vm, &call, answer);
        if end_of_stream {
            self.end_stream(vm, id);
        }
    }

    pub(super) fn ask_grpc(&mut self, call: &GrpcCall, message: &[u8]) -> GrpcAnswer {
        match self.services.grpc.get_mut(&call.cluster) {
            Some(service) => service.answer(self.clock.now(), call, message),
            None => GrpcAnswer::unreachable(),
        }
    }

    /// The answer to a call: its message, or why there is none. Metadata are told of streams only.
    pub(super) fn answer_grpc(&mut self, vm: VmRole, call: &GrpcCall, answer: GrpcAnswer) {
        let told = self.host.profile().failed_calls_have_responses;
        let now = self.now();
        let mut enter = |after: Duration, event| {
            let at = now.saturating_add(after);
            self.agenda.enter(at, vm, Task::Grpc(call.id, event));
        };
        if answer.never || call.timeout.is_some_and(|timeout| answer.after > timeout) {
            if let Some(timeout) = call.timeout {
                let (status, message) = if told {
                    (grpc::UNAVAILABLE, format!("{TIMEOUT}{{response_timeout}}"))
                } else {
                    (grpc::DEADLINE_EXCEEDED, String::new())
                };
                enter(timeout, GrpcEvent::Close(status, message));
            }
            return;
        }
        for message in answer.messages {
            enter(answer.after, GrpcEvent::Message(message));
        }
        if let Some((status, message)) = answer.status {
            enter(answer.after, GrpcEvent::Close(status, ended(told, message)));
        }
    }

    /// A part of the answer to a stream. Its metadata, and in the end its status, are told as Envoy does: with the fields by
    /// which HTTP/2 carries them.
    pub(super) fn answer_stream(&mut self, vm: VmRole, call: &GrpcCall, answer: GrpcAnswer) {
        if answer.never {
            return;
        }
        let told = self.host.profile().failed_calls_have_responses;
        let at = self.now().saturating_add(answer.after);
        let Some(stream) = self.streams.get_mut(&(vm, call.id)) else {
            return;
        };
        let begins = !std::mem::replace(&mut stream.begun, true);
        // What comes later does not overtake.
        let at = at.max(stream.until);
        stream.until = at;
        let timed = stream.sent_all;
        let mut enter = |event| self.agenda.enter(at, vm, Task::Grpc(call.id, event));
        // An answer that is an end only has no headers but its last ones.
        let only_ends =
            begins && answer.messages.is_empty() && answer.initial.is_empty() && answer.status.is_some();
        if begins && (told || !answer.initial.is_empty()) {
            let mut initial = if told && !only_ends {
                head()
            } else {
                Headers::new()
            };
            initial.extend(answer.initial.iter());
            if told && !only_ends && timed {
                let time = answer.after.as_millis().to_string();
                initial.append("x-envoy-upstream-service-time", time);
            }
            enter(GrpcEvent::Initial(initial));
        }
        for message in answer.messages {
            enter(GrpcEvent::Message(message));
        }
        let Some((status, message)) = answer.status else {
            if let Some(stream) = self.streams.get_mut(&(vm, call.id)) {
                stream.trailing.extend(answer.trailing.iter());
            }
            return;
        };
        let mut trailing = if told && only_ends { head() } else { Headers::new() };
        if told {
            trailing.append("grpc-status", status.to_string());
            let said = message.split('{').next().unwrap_or_default();
            if !said.is_empty() {
                trailing.append("grpc-message", said);
            }
        }
        trailing.extend(answer.trailing.iter());
        if !trailing.is_empty() {
            enter(GrpcEvent::Trailing(trailing));
        }
        enter(GrpcEvent::Close(status, ended(told, message)));
        self.streams.remove(&(vm, call.id));
    }

    /// The guest sends no more, and the service ends the stream.
    pub(super) fn end_stream(&mut self, vm: VmRole, id: CalloutId) {
        if let Some(stream) = self.streams.get(&(vm, id)) {
            let call = stream.call.clone();
            let mut end = GrpcAnswer::status(grpc::OK, "");
            end.trailing = stream.trailing.clone();
            self.answer_stream(vm, &call, end);
        }
    }
}

/// A gRPC stream of a guest.
#[derive(Clone, Debug)]
pub(super) struct GrpcStream {
    call: GrpcCall,
    /// Its initial metadata were told.
    begun: bool,
    /// The guest sends no more.
    sent_all: bool,
    /// When the last of what was answered so far arrives.
    until: Duration,
    /// What the service wants told at the end.
    trailing: Headers,
}

impl GrpcStream {
    pub(super) const fn of(call: GrpcCall) -> Self {
        Self {
            call,
            begun: false,
            sent_all: false,
            until: Duration::ZERO,
            trailing: Headers::new(),
        }
    }
}

/// The fields with which an answer of gRPC begins.
fn head() -> Headers {
    [(":status", "200"), ("content-type", "application/grpc")]
        .into_iter()
        .collect()
}

/// What the guest reads about an end that the service has made: Envoy appends where it came from.
fn ended(told: bool, message: String) -> String {
    match message.as_str() {
        _ if !told => message,
        "" => VIA_UPSTREAM.to_owned(),
        // What the proxy itself says has it already.
        _ if message.ends_with('}') => message,
        _ => format!("{message}{{{VIA_UPSTREAM}}}"),
    }
}

const VIA_UPSTREAM: &str = "via_upstream";
