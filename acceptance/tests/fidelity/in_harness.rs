//! Plays in the harness, with the profile of Envoy.

use crate::{
    message::{Fields, Message},
    observation::{self, Got, Observation},
    play::{Play, Policy, Reaction, Step},
    services,
};
use levee_harness::{
    Answer, Exchange, FailurePolicy, GrpcAnswer, GrpcCall, Headers, Host, HttpCall, Limits, LogLine, Module,
    Outcome, Plugin, Profile, Request, Response, StartError, VmRole, World, WorldBuilder,
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Who talks to whom: these addresses are also those in real Envoy.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// Of the client, one for each step.
    pub(crate) clients: Vec<SocketAddr>,
    pub(crate) listener: SocketAddr,
}

/// Plays a play.
pub(crate) fn play(play: &Play, module: &Module, addresses: &Addresses) -> Result<Observation, StartError> {
    let received = Arc::new(Mutex::new(Vec::new()));
    let mut world = world(play, module, Arc::clone(&received)).start()?;
    let mut client = Vec::new();
    for (step, source) in play.steps.iter().zip(&addresses.clients) {
        let got = match step {
            Step::Send(message) => got(world.send_to(0, request(message, *source, addresses.listener))),
            Step::GiveUp(message, time) => {
                let id = world.begin_on(0, request(message, *source, addresses.listener));
                world.run_for(*time);
                world.hang_up(id);
                world.settle();
                world.take(id).map_or(Got::Hangs, got)
            }
            Step::Pass(time) => {
                world.run_for(*time);
                continue;
            }
        };
        client.extend(got.lines());
    }
    let log = world.log();
    let of = |from: &dyn Fn(VmRole) -> bool| -> Vec<String> {
        let lines = log.iter().filter(|line| from(line.vm) && !is_of_the_host(line));
        lines.map(|line| observation::log_line(&line.message)).collect()
    };
    let received = received.lock().unwrap_or_else(PoisonError::into_inner);
    let prefix = format!("{}_", play.name);
    Ok(Observation {
        main: of(&|vm| !matches!(vm, VmRole::Worker(_))),
        worker: of(&|vm| matches!(vm, VmRole::Worker(_))),
        client,
        origin: observation::at_origin(&received),
        metrics: world
            .stats()
            .metrics()
            .into_iter()
            .filter(|(name, _)| {
                name.starts_with(&prefix) && !name.ends_with(".count") && !name.ends_with(".sum")
            })
            // Envoy has no sign for them.
            .map(|(name, value)| format!("{name}: {}", value.cast_unsigned()))
            .collect(),
    })
}

/// Only starts it.
pub(crate) fn start(play: &Play, module: &Module) -> Result<(), StartError> {
    world(play, module, Arc::default()).start().map(drop)
}

/// What the filter has logged before its start was refused.
pub(crate) fn told(refusal: &StartError) -> Vec<String> {
    match refusal {
        StartError::Trapped { log, .. } | StartError::Refused { log, .. } => log
            .iter()
            .filter(|line| !is_of_the_host(line))
            .map(|line| line.message.clone())
            .collect(),
        _ => Vec::new(),
    }
}

/// Lines that the harness has logged on the guest's behalf; Envoy words its own differently.
fn is_of_the_host(line: &LogLine) -> bool {
    ["proxy_", "the guest ", "the filter ", "the module "]
        .iter()
        .any(|begin| line.message.starts_with(begin))
}

fn world(play: &Play, module: &Module, received: Arc<Mutex<Vec<Message>>>) -> WorldBuilder {
    let host = Host::builder()
        .loaded(module.clone())
        .profile(Profile::envoy())
        .plugin(Plugin {
            name: play.name.to_owned(),
            vm_id: play.name.to_owned(),
            configuration: play.configuration.clone().into_bytes(),
            vm_configuration: play.vm_configuration.clone().into_bytes(),
            failure_policy: match play.policy {
                Policy::Closed => FailurePolicy::Closed,
                Policy::Open => FailurePolicy::Open,
                Policy::Reload(base_interval) => FailurePolicy::Reload { base_interval },
            },
            ..Plugin::default()
        })
        .limits(Limits {
            buffer_bytes: play.buffer,
            ..Limits::default()
        })
        .workers(1);
    let asked = play.clone();
    let mut world = World::of(host)
        .patience(crate::PATIENCE)
        .origin(move |request: &Request| {
            let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
            received.push(forwarded(request));
            let reaction = asked.reaction(received.len() - 1);
            reaction.map_or(Answer::reset(), |reaction| answer(reaction, &request.method))
        })
        .http_service(services::HTTP, |call: &HttpCall| {
            answer(&services::http(&called(call)), b"")
        })
        .http_service(services::HTTPBIN, |call: &HttpCall| {
            answer(&services::http(&called(call)), b"")
        })
        .http_service(services::CLOSED, |_: &HttpCall| Answer::unreachable())
        .http_service(services::EMPTY, |_: &HttpCall| Answer::no_healthy_host());
    for service in services::GRPC {
        world = world.grpc_service(service.cluster, move |_: &GrpcCall, message: &[u8]| {
            grpc_answer(&service, message)
        });
    }
    world
}

fn grpc_answer(service: &services::Grpc, message: &[u8]) -> GrpcAnswer {
    let mut answer = if service.answers {
        GrpcAnswer::message(services::grpc_answer(message))
    } else {
        GrpcAnswer::status(service.status.0, service.status.1)
    };
    for (name, value) in service.initial {
        answer = answer.initial(name, value);
    }
    for (name, value) in service.trailing {
        answer = answer.trailing(name, value);
    }
    answer.after(service.after)
}

/// A request as the HTTP/1 codec of Envoy hands it to filters.
fn request(message: &Message, source: SocketAddr, destination: SocketAddr) -> Request {
    let mut request = Request::new(message.method(), message.path())
        .host(crate::AUTHORITY)
        .source(source);
    request.destination = destination;
    request.headers = headers(&message.fields_on_the_wire());
    // The HTTP connection manager takes it away before filters see the request.
    request.headers.remove("transfer-encoding");
    request.body = pieces(message);
    request.trailers = message.trailers.as_ref().map(|trailers| headers(trailers));
    request
}

fn response(message: &Message, to_head: bool) -> Response {
    let mut response = Response::new(message.status());
    response.headers = headers(&message.fields_on_the_wire());
    if to_head {
        return response;
    }
    response.body = pieces(message);
    response.trailers = message.trailers.as_ref().map(|trailers| headers(trailers));
    response
}

/// The codec tells the end of a body by itself, with no bytes.
fn pieces(message: &Message) -> Vec<Vec<u8>> {
    let mut pieces = message.pieces.clone();
    if !pieces.is_empty() && message.trailers.is_none() {
        pieces.push(Vec::new());
    }
    pieces
}

fn headers(fields: &[(Vec<u8>, Vec<u8>)]) -> Headers {
    fields.iter().map(|(name, value)| (name, value)).collect()
}

fn answer(reaction: &Reaction, method: &[u8]) -> Answer {
    match reaction {
        Reaction::Answer(message) => Answer::from(response(message, method == b"HEAD")),
        Reaction::Reset => Answer::reset(),
        Reaction::After(time, then) => answer(then, method).after(*time),
    }
}

fn got(exchange: Exchange) -> Got {
    match exchange.outcome {
        Outcome::Response(response) => Got::Response(Message {
            start: response.status.to_string(),
            fields: fields(&response.headers),
            pieces: vec![read(&response)],
            trailers: response.trailers.as_ref().map(fields),
            ..Message::default()
        }),
        Outcome::Paused(_) => Got::GivenUp,
        Outcome::Reset => Got::Nothing,
    }
}

/// What a client reads of a body whose length was told.
fn read(response: &Response) -> Vec<u8> {
    let mut body = response.body_bytes();
    let told = response
        .headers
        .get("content-length")
        .and_then(|told| std::str::from_utf8(told).ok()?.parse().ok());
    body.truncate(told.unwrap_or(usize::MAX));
    if matches!(response.status, 204 | 304) {
        body.clear();
    }
    body
}

/// A request as an origin sees it, the authority as the field `host`.
fn forwarded(request: &Request) -> Message {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut all = vec![(b"host".to_vec(), request.authority.clone())];
    all.retain(|(_, authority)| !authority.is_empty());
    all.extend(fields(&request.headers));
    Message {
        start: format!("{} {}", text(&request.method), text(&request.path)),
        fields: all,
        pieces: vec![request.body_bytes()],
        trailers: request.trailers.as_ref().map(fields),
        ..Message::default()
    }
}

fn called(call: &HttpCall) -> Message {
    let pseudo =
        |name: &str| String::from_utf8_lossy(call.headers.get(name).unwrap_or_default()).into_owned();
    let mut all = vec![(b"host".to_vec(), pseudo(":authority").into_bytes())];
    all.extend(
        fields(&call.headers)
            .into_iter()
            .filter(|(name, _)| !name.starts_with(b":")),
    );
    Message {
        start: format!("{} {}", pseudo(":method"), pseudo(":path")),
        fields: all,
        pieces: vec![call.body.clone()],
        trailers: (!call.trailers.is_empty()).then(|| fields(&call.trailers)),
        ..Message::default()
    }
}

fn fields(headers: &Headers) -> Fields {
    headers
        .iter()
        .map(|(name, value)| (name.to_vec(), value.to_vec()))
        .collect()
}
