//! The edge worker in real workerd, over real sockets.

use crate::{
    talk::{Origin, Talk},
    wire,
};
use levee_behaviour::Answer;
use levee_testing::{Worker, Workerd, WorkerdOptions, tools};
use serde_json::{Value, json};
use std::path::Path;

mod alarm;
mod apps;
mod behaviour;
mod crash;
mod databases;
mod hazards;
mod isolates;
mod needs_envoy;
mod needs_w3m;
mod operation;
mod pass_through;
mod web_socket;

/// A site behind the worker, and the origin of which a test plays the part.
struct Stage {
    workerd: Workerd,
    origin: Origin,
}

impl Stage {
    /// With the worker as it is shipped.
    fn set() -> Self {
        Self::start(tools::WORKER, 1, None)
    }

    /// With the worker that fails on demand.
    fn with_hazards() -> Self {
        Self::with_isolates(1)
    }

    /// With so many of the same, over the same object.
    fn with_isolates(isolates: usize) -> Self {
        Self::start(tools::WORKER_HAZARDS, isolates, None)
    }

    /// With the same, over an object that stores here.
    fn with_storage(folder: &Path) -> Self {
        Self::start(tools::WORKER_HAZARDS, 1, Some(folder))
    }

    /// With one of the same that asks an object for every request: there is a free lane.
    fn with_questions() -> Self {
        Self::start_with(
            tools::WORKER_HAZARDS,
            1,
            None,
            &levee_behaviour::configuration::free_lane(1_000, 1_000),
        )
    }

    fn start(bundle: &str, isolates: usize, storage: Option<&Path>) -> Self {
        Self::start_with(bundle, isolates, storage, &open())
    }

    fn start_with(bundle: &str, isolates: usize, storage: Option<&Path>, configuration: &Value) -> Self {
        let origin = Origin::listen();
        let workerd = Workerd::start(WorkerdOptions {
            binary: &tools::path(tools::WORKERD),
            workers: &Worker::levee(
                &tools::path(bundle),
                &[("LEVEE_CONFIG", &configuration.to_string())],
                isolates,
            ),
            origin: origin.address(),
            storage,
            certificate: None,
        })
        .unwrap_or_else(|error| panic!("{error}"));
        Self { workerd, origin }
    }

    /// A client's connection.
    fn connect(&self) -> Talk {
        self.connect_to(0)
    }

    fn connect_to(&self, isolate: usize) -> Talk {
        let address = self.workerd.addresses().get(isolate);
        Talk::connect(*address.unwrap_or_else(|| panic!("no isolate {isolate}")))
    }

    /// The answer to a request that wants this to happen, in which the origin has no part.
    fn meet(&self, hazard: &str) -> Answer {
        self.meet_in(0, hazard)
    }

    fn meet_in(&self, isolate: usize, hazard: &str) -> Answer {
        let mut client = self.connect_to(isolate);
        client.say(from_client(&format!("GET / HTTP/1.1\r\nlevee-hazard: {hazard}")));
        wire::parse(&client.hear_all()).unwrap_or_else(|error| panic!("{hazard}: {error}\n{}", self.log()))
    }

    /// What workerd and the worker have written.
    fn log(&self) -> String {
        self.workerd.program().log()
    }

    /// Sends a request of these lines, to which the origin answers so, and returns what the origin has received and what the
    /// client has.
    fn exchange(&self, request: &str, answer: &[u8]) -> (String, Answer) {
        let mut client = self.connect();
        client.say(from_client(request));
        let mut origin = self.origin.accept();
        let received = origin.hear_until("\r\n\r\n");
        origin.say(answer);
        drop(origin);
        let answer =
            wire::parse(&client.hear_all()).unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
        (String::from_utf8_lossy(&received).into_owned(), answer)
    }
}

/// Everything is open: nothing but the passing on is tested.
fn open() -> Value {
    json!({
        "keys": [{ "id": 1, "secret": levee_behaviour::configuration::SECRET }],
        "rules": [{ "name": "all", "access": "open", "match": { "path": { "prefix": "/" } } }],
    })
}

/// A request of these lines as Cloudflare's edge would hand it on, over a connection that ends with it.
fn from_client(lines: &str) -> String {
    format!("{lines}\r\nhost: site.example\r\ncf-connecting-ip: 192.0.2.1\r\nconnection: close\r\n\r\n")
}

/// An answer of these lines, over a connection that ends with it.
fn from_origin(lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 {lines}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}
