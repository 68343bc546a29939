//! The edge worker in real workerd, over real sockets.

use crate::{
    talk::{Origin, Talk},
    wire,
};
use levee_behaviour::Answer;
use levee_testing::{Workerd, WorkerdOptions, tools};
use serde_json::json;
use std::path::PathBuf;

mod behaviour;
mod crash;
mod isolates;
mod pass_through;

/// A site behind the worker, and the origin of which a test plays the part.
struct Stage {
    workerd: Workerd,
    origin: Origin,
}

impl Stage {
    /// With the worker as it is shipped, which forwards everything.
    fn set() -> Self {
        Self::with(tools::path(tools::WORKER))
    }

    /// With the worker that fails on demand.
    fn with_hazards() -> Self {
        Self::with(tools::path(tools::WORKER_HAZARDS))
    }

    fn with(bundle: PathBuf) -> Self {
        let origin = Origin::listen();
        let workerd = Workerd::start(WorkerdOptions {
            binary: &tools::path(tools::WORKERD),
            bundle: &bundle,
            bindings: &[("LEVEE_CONFIG", &open().to_string())],
            origin: origin.address(),
            isolates: 1,
            storage: None,
            certificate: None,
        })
        .unwrap_or_else(|error| panic!("{error}"));
        Self { workerd, origin }
    }

    /// A client's connection.
    fn connect(&self) -> Talk {
        let address = self
            .workerd
            .addresses()
            .first()
            .unwrap_or_else(|| panic!("no isolate"));
        Talk::connect(*address)
    }

    /// Sends a request, with these bytes between its first line and its end, to which the origin answers these bytes, and
    /// returns what the origin has received and what the client has.
    fn exchange(&self, request: &str, answer: &[u8]) -> (String, Answer) {
        let mut client = self.connect();
        client.say(as_client(request));
        let mut origin = self.origin.accept();
        let received = origin.hear_until("\r\n\r\n");
        origin.say(answer);
        drop(origin);
        let heard = client.hear_all();
        let answer = wire::parse(&heard).unwrap_or_else(|error| panic!("{error}"));
        (String::from_utf8_lossy(&received).into_owned(), answer)
    }
}

/// Everything is open: nothing but the passing on is tested.
fn open() -> serde_json::Value {
    json!({
        "keys": [{ "id": 1, "secret": levee_behaviour::configuration::SECRET }],
        "rules": [{ "name": "all", "access": "open" }],
    })
}

/// A request of these lines as Cloudflare's edge would hand it on, over a connection that ends with it.
fn as_client(request: &str) -> String {
    format!("{request}\r\nhost: site.example\r\ncf-connecting-ip: 192.0.2.1\r\nconnection: close\r\n\r\n")
}
