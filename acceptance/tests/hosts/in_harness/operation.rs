//! What an operator sees.

use super::{Harness, start, start_with};
use levee_behaviour::{
    Message, Site,
    client::{earn, ticket_in},
    configuration::{closed, free_lane, narrow, with},
};
use levee_harness::{Outcome, Request, Response};
use serde_json::json;
use std::time::Duration;

impl Harness {
    fn metric(&mut self, name: &str) -> i64 {
        self.pass(Duration::from_millis(1_100));
        self.host.metric(name).unwrap_or(-1)
    }
}

#[test]
fn decisions_are_counted_by_verdict_reason_and_rule() {
    let mut site = start_with(2, &closed());
    for nth in 0..10 {
        site.worker = nth % 2;
        let _ = site.send(&Message::get("/"));
        let _ = site.send(&Message::get("/healthz"));
    }
    for (name, value) in [
        (
            "levee.decisions.verdict.challenge.reason.clearance_required.rule.site",
            10,
        ),
        ("levee.decisions.verdict.forward.reason.open.rule.health", 10),
        ("levee.ledger.give_ups", 0),
        ("levee.ledger.evictions", 0),
        ("levee.minting.clearances", 0),
    ] {
        assert_eq!(site.metric(name), value, "{name}");
    }
}

#[test]
fn what_is_only_observed_is_counted_apart() {
    let mut site = start(&with(closed(), "mode", json!("observe")));
    for _ in 0..5 {
        let _ = site.send(&Message::get("/"));
    }
    let observed = "levee.observed.verdict.challenge.reason.clearance_required.rule.site";
    assert_eq!(site.metric(observed), 5);
    assert_eq!(
        site.metric("levee.decisions.verdict.challenge.reason.clearance_required.rule.site"),
        -1
    );
}

#[test]
fn gauges_follow_the_lane_the_price_and_the_line() {
    let mut site = start(&free_lane(10, 100));
    assert_eq!(site.metric("levee.free_lane.fill_permille.lane.free_lane"), 1_000);
    for _ in 0..20 {
        let _ = site.send(&Message::get("/"));
    }
    assert!(site.metric("levee.free_lane.fill_permille.lane.free_lane") <= 200);

    let mut site = start(&narrow());
    assert_eq!(site.metric("levee.price.work"), 256);
    assert_eq!(site.metric("levee.line.length"), 0);
    let clearances: Vec<String> = (0..20).map(|_| earn(&mut site, &Message::get("/"))).collect();
    for clearance in &clearances {
        let _ = site.send(&Message::get("/").cleared(clearance));
    }
    assert!(site.metric("levee.line.length") > 5);
    assert_eq!(site.metric("levee.capacity.health_permille"), 1_000);
    assert_eq!(site.metric("levee.minting.clearances"), 20);
}

#[test]
fn the_rate_of_minting_is_told() {
    let mut site = start_with(2, &closed());
    site.pass(Duration::from_secs(3));
    for nth in 0..40 {
        site.worker = nth % 2;
        earn(&mut site, &Message::get("/"));
    }
    site.pass(Duration::from_secs(1));
    let rate = site.host.metric("levee.minting.per_second");
    assert!(rate.is_some_and(|rate| (20..=40).contains(&rate)), "{rate:?}");
    assert_eq!(site.metric("levee.minting.per_second"), 0);
}

#[test]
fn an_origin_that_fails_is_sent_less_and_more_again_when_it_is_well() {
    let capacity = json!({ "requests_per_second": 50, "burst": 50 });
    let quota = json!({ "quota": { "limit": 1_000_000, "window_seconds": 60 } });
    let mut site = start_with(2, &with(with(closed(), "capacity", capacity), "clearance", quota));
    let clearance = earn(&mut site, &Message::get("/"));
    let mut forwarded_in_seconds = |seconds: u32, status: u16| {
        let mut forwarded = 0;
        for nth in 0..seconds * 100 {
            let mut request = Request::get("/").header("cookie", format!("levee={clearance}"));
            request = request.source(([127, 0, 7, 1], 4_000).into());
            let exchange = site
                .host
                .worker(nth as usize % 2)
                .exchange(request, |_| Response::new(status));
            forwarded += u32::from(exchange.forwarded.is_some());
            assert!(matches!(exchange.outcome, Outcome::Response(_)), "{exchange:?}");
            site.pass(Duration::from_millis(10));
        }
        forwarded
    };
    let well = forwarded_in_seconds(10, 200);
    let _ = forwarded_in_seconds(10, 503);
    let ill = forwarded_in_seconds(10, 503);
    let _ = forwarded_in_seconds(25, 200);
    let again = forwarded_in_seconds(10, 200);
    println!("forwarded in ten seconds: {well} well, {ill} ill, {again} well again");
    // Whoever finds no room is put off for nearly a second, and there is one client only.
    assert!((430..=560).contains(&well), "{well}");
    assert!((95..=125).contains(&ill), "a fifth: {ill}");
    assert!((430..=560).contains(&again), "{again}");
}

#[test]
fn a_line_of_hundreds_is_served_in_order_by_all_workers_and_the_origin_is_never_overrun() {
    for workers in [1, 2, 4] {
        let capacity = json!({ "requests_per_second": 20, "burst": 20, "visit_seconds": 300 });
        let quota = json!({ "quota": { "limit": 1_000, "window_seconds": 60 } });
        let mut site = start_with(
            workers,
            &with(with(closed(), "capacity", capacity), "clearance", quota),
        );
        // Everybody sends three requests; a fifth of all give up while they wait.
        let mut patients: Vec<Patient> = (0_u64..150)
            .map(|nth| Patient {
                clearance: earn(&mut site, &Message::get("/")),
                ticket: None,
                asks_at: nth * 20,
                let_in_at: None,
                to_send: 3,
                gives_up: nth % 5 == 4,
            })
            .collect();
        let mut at_origin = Vec::new();
        for millis in (0..200_000).step_by(10) {
            for (nth, patient) in patients.iter_mut().enumerate() {
                if patient.to_send > 0 && patient.asks_at <= millis {
                    site.worker = (nth + millis as usize / 10) % workers;
                    patient.ask(&mut site, millis, &mut at_origin);
                }
            }
            site.pass(Duration::from_millis(10));
            if patients.iter().all(|patient| patient.to_send == 0) {
                break;
            }
        }
        let served: Vec<_> = patients.iter().filter(|patient| !patient.gives_up).collect();
        assert!(
            served.iter().all(|patient| patient.let_in_at.is_some()),
            "{workers} workers"
        );
        let mut latest = 0;
        let mut overtaking = 0;
        for patient in &served {
            let let_in_at = patient.let_in_at.unwrap_or_default();
            overtaking = overtaking.max(latest - latest.min(let_in_at));
            latest = latest.max(let_in_at);
        }
        let most = at_origin
            .iter()
            .map(|from| {
                at_origin
                    .iter()
                    .filter(|at| (*from..from + 1_000).contains(*at))
                    .count()
            })
            .max();
        println!(
            "{workers} workers: all in after {latest} ms, overtaken by {overtaking} ms at most, {most:?} in a second at most"
        );
        assert!(
            overtaking <= 3_000,
            "{workers} workers: overtaken by {overtaking} ms"
        );
        assert!(most <= Some(40), "{workers} workers: {most:?}");
    }
}

struct Patient {
    clearance: String,
    ticket: Option<String>,
    asks_at: u64,
    let_in_at: Option<u64>,
    to_send: u32,
    gives_up: bool,
}

impl Patient {
    fn ask(&mut self, site: &mut Harness, millis: u64, at_origin: &mut Vec<u64>) {
        let mut message = Message::navigation("/").cleared(&self.clearance);
        if let Some(ticket) = &self.ticket {
            message = message.with_ticket(ticket);
        }
        let answer = site.send(&message);
        if answer.was_forwarded() {
            at_origin.push(millis);
            self.let_in_at.get_or_insert(millis);
            self.to_send -= 1;
            self.asks_at = millis + 200;
            return;
        }
        if !answer.header("set-cookie").is_empty() {
            self.ticket = Some(ticket_in(&answer));
            if self.gives_up {
                self.to_send = 0;
            }
        }
        let seconds: u64 = answer.header("retry-after").parse().unwrap_or(1);
        self.asks_at = millis + seconds * 1_000;
    }
}
