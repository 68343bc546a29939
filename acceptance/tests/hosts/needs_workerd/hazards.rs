//! A failure while the worker runs costs what failed: it is answered as refused, and the next request finds a sound worker.

use super::{Stage, from_client, from_origin};
use crate::{talk::Talk, wire};
use levee_behaviour::Answer;

/// What ends the instance of the module.
const FATAL: [&str; 3] = ["trap", "stack", "memory"];

/// A client who waits for the origin, which has the request and has not answered.
struct InFlight {
    client: Talk,
    origin: Talk,
}

impl InFlight {
    fn start(stage: &Stage) -> Self {
        let mut client = stage.connect();
        client.say(from_client("GET /slow HTTP/1.1"));
        let mut origin = stage.origin.accept();
        origin.hear_until("\r\n\r\n");
        Self { client, origin }
    }

    /// What the client gets when the origin does answer.
    fn end(mut self) -> Answer {
        self.origin
            .say(from_origin("200 OK\r\ncontent-length: 4", "late"));
        self.heard()
    }

    /// What the client gets while the origin does not.
    fn heard(&mut self) -> Answer {
        wire::parse(&self.client.hear_all()).unwrap_or_else(|error| panic!("{error}"))
    }
}

fn assert_is_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 503, "{what}: {answer:?}");
    assert_eq!(answer.header("retry-after"), "1", "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    assert!(answer.body.is_empty(), "{what}: {answer:?}");
}

fn assert_passes_requests_on(stage: &Stage) {
    let (_, answer) = stage.exchange("GET /next HTTP/1.1", &from_origin("204 No Content", ""));
    assert_eq!(answer.status, 204, "{answer:?}\n{}", stage.log());
}

/// What the object has counted, as far as the instance of the module remembers and as far as it is stored.
fn count(stage: &Stage, isolate: usize) -> (u32, u32) {
    let text = stage.meet_in(isolate, "object-count").text();
    let numbers = text
        .strip_prefix("remembered ")
        .and_then(|text| text.split_once(", stored "))
        .and_then(|(remembered, stored)| Some((remembered.parse().ok()?, stored.parse().ok()?)));
    numbers.unwrap_or_else(|| panic!("{text:?}\n{}", stage.log()))
}

/// Whether the worker was built with panics that unwind. Else they end the instance, as a trap does.
fn unwinds(stage: &Stage) -> bool {
    let text = stage.meet("unwinds").text();
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?}\n{}", stage.log()))
}

#[test]
fn a_panic_costs_the_request_that_caused_it_and_no_other() {
    let stage = Stage::with_hazards();
    let other = InFlight::start(&stage);
    assert_is_refused(&stage.meet("panic"), "panic");
    let answer = other.end();
    assert_eq!((answer.status, &*answer.text()), (200, "late"));
    assert_passes_requests_on(&stage);
    let log = stage.log();
    assert!(
        log.contains("edge-worker/src/hazards.rs") && log.contains("as wanted"),
        "{log}"
    );
}

#[test]
fn an_exception_is_answered_as_refused_and_told() {
    let stage = Stage::with_hazards();
    assert_is_refused(&stage.meet("throw"), "throw");
    assert_passes_requests_on(&stage);
    let log = stage.log();
    assert!(log.contains("the request is refused: as wanted"), "{log}");
}

#[test]
fn a_request_that_asked_an_object_does_not_go_on_in_another_instance_than_its_own() {
    let stage = Stage::with_questions();
    assert_eq!(stage.meet("object-next").status, 200);
    let mut client = stage.connect();
    client.say(from_client("GET / HTTP/1.1"));
    let answer = wire::parse(&client.hear_all()).unwrap_or_else(|error| panic!("{error}"));
    assert_is_refused(&answer, "an object that ends the instance");
    assert!(stage.log().contains("Module terminated"), "{}", stage.log());
    assert_passes_requests_on(&stage);
}

#[test]
fn the_end_of_the_instance_costs_the_request_that_caused_it_and_the_next_one_has_another() {
    for hazard in FATAL {
        let stage = Stage::with_hazards();
        let other = InFlight::start(&stage);
        assert_is_refused(&stage.meet(hazard), hazard);
        assert_passes_requests_on(&stage);
        let answer = other.end();
        assert_eq!((answer.status, &*answer.text()), (200, "late"));
        assert!(stage.log().contains("the request is refused"), "{}", stage.log());
    }
}

#[test]
fn what_ends_one_instance_after_another_leaves_a_sound_worker() {
    let stage = Stage::with_hazards();
    for _ in 0..10 {
        for hazard in FATAL {
            assert_is_refused(&stage.meet(hazard), hazard);
        }
    }
    assert_passes_requests_on(&stage);
}

#[test]
fn a_client_who_leaves_takes_the_request_back_and_nothing_of_it_stays_in_memory() {
    let stage = Stage::with_hazards();
    let leave = |times| {
        for _ in 0..times {
            let mut left = InFlight::start(&stage);
            left.client.leave();
            assert_eq!(left.origin.hear_all(), b"", "{}", stage.log());
        }
    };
    let size = || stage.meet("size").text().parse::<u32>().unwrap_or_default();
    leave(50);
    let before = size();
    assert!(before > 0);
    // Each would hold some three thousand bytes.
    leave(500);
    let grown = size().saturating_sub(before);
    assert!(grown < 512 << 10, "{grown} bytes more than {before}");
    assert!(!stage.log().contains("refused"), "{}", stage.log());
}

#[test]
fn a_panic_in_the_object_is_an_error_of_its_caller_and_the_object_goes_on() {
    let stage = Stage::with_hazards();
    assert_eq!(count(&stage, 0), (1, 1));
    assert_is_refused(&stage.meet("object-panic"), "panic");
    let remembered = if unwinds(&stage) { 2 } else { 1 };
    assert_eq!(count(&stage, 0), (remembered, 2));
}

#[test]
fn when_its_instance_ends_the_object_is_made_again_from_what_is_stored() {
    let stage = Stage::with_hazards();
    let mut stored = 0;
    for hazard in FATAL {
        for place in ["object-", ""] {
            stored += 1;
            assert_eq!(count(&stage, 0), (1, stored), "before {place}{hazard}");
            assert_is_refused(&stage.meet(&format!("{place}{hazard}")), hazard);
        }
    }
    assert_eq!(count(&stage, 0), (1, stored + 1));
}

#[test]
fn all_isolates_have_one_object() {
    let stage = Stage::with_isolates(3);
    let counts = [0, 1, 2].map(|isolate| count(&stage, isolate));
    assert_eq!(counts, [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn what_the_object_stores_outlives_the_process() {
    let storage = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let stage = Stage::with_storage(storage.path());
    assert_eq!(count(&stage, 0), (1, 1));
    // Killed, without a moment to store anything.
    drop(stage);
    assert_eq!(count(&Stage::with_storage(storage.path()), 0), (1, 2));
}
