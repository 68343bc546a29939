//! Requests and answers between the clients, which know no sockets, and HTTP.

use super::address::stand_in;
use levee_harness::{Request, Response};
use levee_loopback::{Answer, Body, Client, Loopback, Target, body, no_body};

/// Somebody's connection, from the address where they are.
pub(super) struct Line {
    target: Target,
    open: Option<(Loopback, Client)>,
}

impl Line {
    pub(super) const fn to(target: Target) -> Self {
        Self { target, open: None }
    }

    /// Sends a request from its source address, over the open connection if that comes from there. `None` when there was no
    /// answer.
    pub(super) async fn send(&mut self, request: &Request) -> Option<Response> {
        let source = stand_in(request.source.ip());
        let (_, client) = match self.open.take().filter(|(from, _)| *from == source) {
            Some(open) => self.open.insert(open),
            None => self.open.insert((source, Client::new(source, self.target))),
        };
        client.send(of_http(request)?).await.ok().map(to_http)
    }
}

fn of_http(request: &Request) -> Option<http::Request<Body>> {
    let content = if request.body.is_empty() {
        no_body()
    } else {
        body(request.body_bytes())
    };
    let mut built = http::Request::builder()
        .method(request.method.as_slice())
        .uri(request.path.as_slice());
    for (name, value) in request.headers.iter() {
        built = built.header(name, value);
    }
    built.body(content).ok()
}

fn to_http(answer: Answer) -> Response {
    let response = Response::new(answer.status.as_u16());
    let response = answer
        .headers
        .iter()
        .fold(response, |response, (name, value)| response.header(name, value));
    response.body(answer.body)
}
