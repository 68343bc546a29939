//! The client in Rust.

use super::{assert_received, body, closed_site, full_site};
use crate::over_sockets::{Edge, Start, serve};
use http::{Method, Request};
use levee_client::http::{Agent, Client, Event};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a client does, in a word each.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn words(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that is watched.
fn client() -> (Client, Told) {
    let told = Told::default();
    let log = told.clone();
    // Directly, whatever proxies the machine has.
    let agent: Agent = Agent::config_builder().proxy(None).build().into();
    let client = Client::builder()
        .agent(agent)
        .observer(move |event| {
            let what = match event {
                Event::Challenged(challenge) => challenge.reason().to_owned(),
                Event::Solved(_) => "solved".to_owned(),
                Event::Cleared(_) => "cleared".to_owned(),
                Event::Waiting(pause) => pause.reason.clone(),
                other => format!("{other:?}"),
            };
            log.words().push(what);
        })
        .build();
    (client, told)
}

fn send(client: &Client, site: &dyn Edge, method: Method, target: &str, body: &[u8]) -> Vec<u8> {
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{}{target}", site.address()))
        .header("x-app", "booking 1.0")
        .body(body.to_vec())
        .unwrap_or_else(|error| panic!("{error}"));
    let answer = client.send(&request).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answer.status(), 200, "{answer:?}");
    answer
        .into_body()
        .into_with_config()
        .limit(u64::MAX)
        .read_to_vec()
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn requests_arrive_as_they_were_meant() {
    get_and_post(serve);
}

#[test]
fn whoever_has_to_wait_in_line_waits_and_is_let_in() {
    waits_in_line(serve);
}

#[test]
fn a_large_body_arrives_whole() {
    large_body(serve);
}

/// The second request goes with the clearance of the first.
pub(crate) fn get_and_post(start: Start) {
    for method in [Method::GET, Method::POST] {
        let site = closed_site(start);
        let (client, told) = client();
        let payload = if method == Method::POST {
            body()
        } else {
            Vec::new()
        };
        for target in ["/numbers?day=1", "/numbers?day=2"] {
            let received = send(&client, &*site, method.clone(), target, &payload);
            assert_received(&received, &format!("{method} {target}"), &payload);
        }
        assert_eq!(*told.words(), ["clearance_required", "solved", "cleared"]);
    }
}

/// With a body, which is kept all the while.
pub(crate) fn waits_in_line(start: Start) {
    let site = full_site(start);
    let (client, told) = client();
    let received = send(&client, &*site, Method::POST, "/numbers", &body());
    assert_received(&received, "POST /numbers", &body());
    let told = told.words();
    assert_eq!(told[..4], ["clearance_required", "solved", "cleared", "in_line"]);
    assert!(
        told[4..]
            .iter()
            .all(|what| matches!(what.as_str(), "in_line" | "capacity_spent")),
        "{told:?}"
    );
}

/// Larger than what the buffers on the way hold, and refused before it is read.
pub(crate) fn large_body(start: Start) {
    let site = closed_site(start);
    let (client, told) = client();
    let large = body().repeat(160);
    let received = send(&client, &*site, Method::PUT, "/numbers/1", &large);
    assert_received(&received, "PUT /numbers/1", &large);
    assert_eq!(*told.words(), ["clearance_required", "solved", "cleared"]);
}
