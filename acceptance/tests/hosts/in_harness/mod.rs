//! The module in the wasmtime host, whose clock stands still.

use levee_behaviour::{
    Answer, Message, Site,
    client::earn,
    configuration::{closed, free_lane, with},
};
use levee_core::time::Timestamp;
use levee_harness::{Clock, Host, ManualClock, Module, Outcome, Profile, Request, Response};
use levee_testing::tools;
use serde_json::{Value, json};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

mod operation;
mod workers;

/// The whole suite as Envoy, the specification and nginx have it: a filter that needs what only one of them does would
/// fail in another.
mod in_envoys_profile {
    use super::{Harness, Value};
    use levee_harness::Profile;

    levee_behaviour::suite!(start);

    fn start(configuration: &Value) -> Harness {
        super::start_as(Profile::envoy(), 1, configuration)
    }
}

mod in_the_strict_profile {
    use super::{Harness, Value};
    use levee_harness::Profile;

    levee_behaviour::suite!(start);

    fn start(configuration: &Value) -> Harness {
        super::start_as(Profile::strict(), 1, configuration)
    }
}

mod in_the_profile_of_nginx {
    use super::{Harness, Value};
    use levee_harness::Profile;

    levee_behaviour::suite!(start);

    fn start(configuration: &Value) -> Harness {
        super::start_as(Profile::ngx(), 1, configuration)
    }
}

struct Harness {
    host: Host,
    clock: Arc<ManualClock>,
    /// The worker that the next message is sent to; the suite has one.
    worker: usize,
}

/// The module, compiled once for all tests.
fn module() -> Module {
    static MODULE: OnceLock<Module> = OnceLock::new();
    MODULE
        .get_or_init(|| Module::from_file(tools::path(tools::WASM)).unwrap_or_else(|error| panic!("{error}")))
        .clone()
}

fn start(configuration: &Value) -> Harness {
    start_with(1, configuration)
}

fn start_with(workers: usize, configuration: &Value) -> Harness {
    start_as(Profile::envoy(), workers, configuration)
}

fn start_as(profile: Profile, workers: usize, configuration: &Value) -> Harness {
    let clock = Arc::new(ManualClock::at(Duration::from_secs(1_790_000_000)));
    let host = Host::builder()
        .loaded(module())
        .profile(profile)
        .configuration(configuration.to_string())
        .workers(workers)
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .start()
        .unwrap_or_else(|error| panic!("{error}"));
    Harness {
        host,
        clock,
        worker: 0,
    }
}

impl Site for Harness {
    fn send(&mut self, message: &Message) -> Answer {
        let mut request = Request::new(&message.method, &message.target)
            .host(&message.authority)
            .scheme(message.scheme)
            .source((message.peer, 40_000).into());
        for (name, value) in &message.headers {
            request.headers.append(name, value);
        }
        let exchange = self
            .host
            .worker(self.worker)
            .exchange(request, |_| Response::new(200));
        assert!(exchange.failure.is_none(), "the module trapped: {exchange:#?}");
        let Outcome::Response(response) = &exchange.outcome else {
            panic!("no answer: {exchange:#?}")
        };
        Answer {
            status: response.status,
            headers: response
                .headers
                .iter()
                .map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), value.to_vec()))
                .collect(),
            body: response.body_bytes(),
            at_origin: exchange.forwarded.as_ref().map(|request| {
                request
                    .headers
                    .iter()
                    .map(|(name, value)| (name.to_vec(), value.to_vec()))
                    .collect()
            }),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(u64::try_from(self.clock.now().as_nanos()).unwrap_or(u64::MAX))
    }

    fn pass(&mut self, time: Duration) {
        self.host.advance(&self.clock, time);
    }
}

#[test]
fn a_configuration_that_is_refused_stops_the_start_with_every_problem_in_the_log() {
    let configuration = json!({ "keys": [], "free_lain": 3, "price": { "floor": 1 } });
    let Err(error) = Host::builder()
        .loaded(module())
        .configuration(configuration.to_string())
        .start()
    else {
        panic!("it starts with {configuration}")
    };
    let told = error.to_string();
    for problem in [
        "keys: there is no key",
        "free_lain: unknown field",
        "price.floor: 1 is out of range",
    ] {
        assert!(told.contains(problem), "{problem:?} is not in {told}");
    }
}

#[test]
fn the_support_id_on_the_page_stands_in_the_log() {
    let mut site = start(&closed());
    let request = Request::get("/").header("accept", "text/html");
    let exchange = site.host.worker(0).exchange(request, |_| Response::new(200));
    let line = exchange
        .log
        .iter()
        .find(|line| line.message.contains("\"verdict\":\"challenge\""));
    let Some(line) = line else {
        panic!("nothing is logged: {exchange:#?}")
    };
    let Ok(logged) = serde_json::from_str::<Value>(&line.message) else {
        panic!("{line:?} is no JSON")
    };
    let id = logged["support_id"].as_str().unwrap_or_default();
    assert_eq!(id.len(), 10);
    assert!(exchange.text().contains(id), "{id} is not on the page");
}

#[test]
fn a_flood_of_requests_is_not_answered_with_a_flood_of_log_lines() {
    let mut site = start(&closed());
    for _ in 0..2_000 {
        let _ = site.send(&Message::get("/"));
    }
    let lines = site
        .host
        .log()
        .iter()
        .filter(|line| line.message.contains("\"verdict\""))
        .count();
    assert_eq!(lines, 100);
    site.clock.advance(Duration::from_secs(60));
    let _ = site.send(&Message::get("/"));
    let log = site.host.log();
    let last = log.last().map(|line| line.message.clone()).unwrap_or_default();
    assert!(last.contains("\"left_out\":1900"), "{last}");
}

#[test]
fn the_free_lane_comes_back_by_itself() {
    let mut site = start(&free_lane(10, 1_000));
    let passed = |site: &mut Harness| {
        (0..100)
            .filter(|_| site.send(&Message::get("/")).was_forwarded())
            .count()
    };
    assert_eq!(passed(&mut site), 10);
    assert_eq!(passed(&mut site), 0);
    site.clock.advance(Duration::from_secs(3));
    assert_eq!(passed(&mut site), 3);
    site.clock.advance(Duration::from_secs(3_600));
    assert_eq!(passed(&mut site), 10);
}

#[test]
fn a_clearance_ends_and_its_quota_comes_back_on_time() {
    let quota = json!({ "lifetime_seconds": 600, "quota": { "limit": 6, "window_seconds": 60, "burst": 2 } });
    let mut site = start(&with(closed(), "clearance", quota));
    let clearance = earn(&mut site, &Message::get("/"));
    let message = Message::get("/").cleared(&clearance);
    let statuses = |site: &mut Harness| [(); 3].map(|()| site.send(&message).status);
    assert_eq!(statuses(&mut site), [200, 200, 429]);
    site.clock.advance(Duration::from_secs(10));
    assert_eq!(statuses(&mut site), [200, 429, 429]);
    site.clock.advance(Duration::from_secs(589));
    assert_eq!(statuses(&mut site), [200, 200, 429]);
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(statuses(&mut site), [403, 403, 403]);
}
