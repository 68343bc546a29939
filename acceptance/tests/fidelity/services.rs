//! The services that filters call, as both players know them.

use crate::{
    message::{Message, shown},
    play::Reaction,
};
use std::time::Duration;

/// The cluster of the HTTP service.
pub(crate) const HTTP: &str = "service";
/// The same service, by the name that a guest knows.
pub(crate) const HTTPBIN: &str = "httpbin";
/// A cluster whose only host refuses connections.
pub(crate) const CLOSED: &str = "closed";
/// A cluster without hosts.
pub(crate) const EMPTY: &str = "empty";

/// How long `/slow` takes, and the gRPC service `grpc_slow`.
const SLOW: Duration = Duration::from_millis(600);

/// What the HTTP service does with a request.
pub(crate) fn http(request: &Message) -> Reaction {
    let answer = match request.path() {
        "/404" => Message::response(404).with_body("no"),
        "/204" => Message::response(204),
        "/echo" => Message::response(200).with_body(echo(request)),
        // A random byte, as it were.
        "/bytes/1" => Message::response(200).with_body("2"),
        "/trailers" => Message::response(200)
            .with_pieces(&["yes"])
            .with_trailer("x-trailer", "1"),
        "/reset" => return Reaction::Reset,
        _ => Message::response(200).with("x-service", "1").with_body("yes"),
    };
    let reaction = Reaction::Answer(answer);
    if request.path() == "/slow" {
        return Reaction::After(SLOW, Box::new(reaction));
    }
    reaction
}

/// What has arrived, but not what Envoy's calls have beside that of the filter.
fn echo(request: &Message) -> String {
    let mut lines = vec![request.start.clone()];
    for (name, value) in &request.fields {
        let name = shown(name);
        if !name.starts_with("x-envoy-") && name != "x-forwarded-for" && name != "transfer-encoding" {
            lines.push(format!("{name}: {}", shown(value)));
        }
    }
    lines.push(shown(&request.body()));
    for (name, value) in request.trailers.iter().flatten() {
        lines.push(format!("{}: {}", shown(name), shown(value)));
    }
    lines.join("|")
}

/// A gRPC service: one cluster, one behaviour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grpc {
    pub(crate) cluster: &'static str,
    /// Before everything else.
    pub(crate) after: Duration,
    /// Names and values.
    pub(crate) initial: &'static [(&'static str, &'static str)],
    /// Each message is answered with one that repeats it. Otherwise there is only an end.
    pub(crate) answers: bool,
    pub(crate) trailing: &'static [(&'static str, &'static str)],
    /// Status and message at the end.
    pub(crate) status: (u32, &'static str),
}

const PLAIN: Grpc = Grpc {
    cluster: "grpc_ok",
    after: Duration::ZERO,
    initial: &[],
    answers: true,
    trailing: &[],
    status: (0, ""),
};

/// All of them.
pub(crate) const GRPC: [Grpc; 5] = [
    PLAIN,
    Grpc {
        cluster: "grpc_metadata",
        initial: &[("x-initial", "1")],
        trailing: &[("x-trailing", "2")],
        ..PLAIN
    },
    Grpc {
        cluster: "grpc_refuses",
        answers: false,
        status: (8, "too many"),
        ..PLAIN
    },
    Grpc {
        cluster: "grpcbin",
        answers: false,
        status: (7, "by chance"),
        ..PLAIN
    },
    Grpc {
        cluster: "grpc_slow",
        after: SLOW,
        ..PLAIN
    },
];

/// What a service says to a message.
pub(crate) fn grpc_answer(message: &[u8]) -> Vec<u8> {
    [b"re:", message].concat()
}
