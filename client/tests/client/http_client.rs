//! What the ready client sends, and what it gives back.

use crate::{
    challenge,
    site::{Site, Turn},
};
use core::{
    num::NonZero,
    sync::atomic::{AtomicBool, Ordering},
};
use http::{Method, Request};
use levee_client::{
    GiveUp, Limits,
    http::{Agent, Client, ClientBuilder, Error, Event},
};
use std::sync::{Arc, Mutex};

/// A client that goes to 127.0.0.1 directly, whatever proxies the machine has.
fn builder() -> ClientBuilder {
    let agent: Agent = Agent::config_builder().proxy(None).build().into();
    Client::builder().agent(agent).threads(NonZero::<usize>::MIN)
}

fn request(method: Method, url: String, body: &[u8]) -> Request<Vec<u8>> {
    Request::builder()
        .method(method)
        .uri(url)
        .header("x-app", "booking 1.0")
        .header("levee-clearance", "of-an-app-that-does-it-itself")
        .body(body.to_vec())
        .unwrap()
}

fn text(answer: http::Response<levee_client::http::Body>) -> Vec<u8> {
    answer.into_body().read_to_vec().unwrap()
}

/// The methods of what has arrived.
fn methods(site: &Site) -> Vec<String> {
    let of = |line: &str| line.split(' ').next().map(str::to_owned);
    site.arrived()
        .iter()
        .filter_map(|request| of(&request.line))
        .collect()
}

#[test]
fn a_refused_post_arrives_with_its_method_headers_and_body() {
    let site = Site::start([Turn::Ask(challenge(256, 4)), Turn::Line]);
    let body: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let client = builder()
        .observer(move |event| {
            log.lock().unwrap().push(match event {
                Event::Challenged(_) => "challenged",
                Event::Solved(_) => "solved",
                Event::Cleared(_) => "cleared",
                Event::Waiting(_) => "waiting",
                _ => "other",
            });
        })
        .build();
    let answer = client
        .send(&request(Method::POST, site.url("/numbers?day=1"), &body))
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(text(answer), body);
    assert_eq!(
        *told.lock().unwrap(),
        ["challenged", "solved", "cleared", "waiting"]
    );
    let arrived = site.arrived();
    let lines: Vec<&str> = arrived.iter().map(|request| request.line.as_str()).collect();
    let (post, redeem) = (
        "POST /numbers?day=1 HTTP/1.1",
        "POST /.well-known/levee/redeem HTTP/1.1",
    );
    assert_eq!(lines, [post, redeem, post, post]);
    for sent in [&arrived[0], &arrived[2], &arrived[3]] {
        assert_eq!(sent.header("x-app"), Some("booking 1.0"));
        assert_eq!(sent.body, body);
    }
    assert_eq!(
        arrived[1].header("x-app"),
        None,
        "what the app says to the site is not said to the filter"
    );
    let clearance = arrived[3].header("levee-clearance");
    assert!(clearance.is_some_and(|text| text != "of-an-app-that-does-it-itself"));
    assert_eq!(arrived[3].header("levee-ticket"), Some("AwEB"));
    // The next request has the clearance from the start.
    let _ = client
        .send(&request(Method::DELETE, site.url("/numbers/1"), &[]))
        .unwrap();
    assert_eq!(site.arrived()[4].header("levee-clearance"), clearance);
}

#[test]
fn a_clearance_stays_with_its_site() {
    let (one, other) = (Site::start([Turn::Ask(challenge(256, 4))]), Site::start([]));
    let client = builder().build();
    for site in [&one, &other] {
        let plain = Request::get(site.url("/")).body(Vec::new()).unwrap();
        assert_eq!(client.send(&plain).unwrap().status(), 200);
    }
    assert!(client.clearance(&one.url("/other").parse().unwrap()).is_some());
    assert_eq!(client.clearance(&other.url("/").parse().unwrap()), None);
    assert_eq!(other.arrived()[0].header("levee-clearance"), None);
}

#[test]
fn answers_of_the_site_are_given_back_whole_whatever_their_status() {
    let long = [b"{".to_vec(), vec![b' '; 200_000]].concat();
    for (status, body) in [
        (302, b"moved".to_vec()),
        (503, b"{\"title\":\"maintenance\"}".to_vec()),
        (403, long),
        (404, Vec::new()),
    ] {
        let site = Site::start([Turn::Answer(status, body.clone())]);
        let answer = builder()
            .build()
            .send(&request(Method::POST, site.url("/"), b"x"))
            .unwrap();
        assert_eq!(answer.status(), status);
        assert!(text(answer) == body, "{status}");
        assert_eq!(site.arrived().len(), 1, "{status}");
    }
}

#[test]
fn a_refused_head_is_asked_as_get_for_its_challenge() {
    let ask = Turn::Ask(challenge(256, 4));
    let site = Site::start([ask.clone(), ask]);
    let answer = builder()
        .build()
        .send(&request(Method::HEAD, site.url("/"), &[]))
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(methods(&site), ["HEAD", "GET", "POST", "HEAD"]);
    // What the site itself answers stands.
    let site = Site::start([Turn::Answer(404, Vec::new())]);
    let head = request(Method::HEAD, site.url("/"), &[]);
    assert_eq!(builder().build().send(&head).unwrap().status(), 404);
    assert_eq!(methods(&site), ["HEAD"]);
    // A GET that gets through is tried as HEAD once more.
    let site = Site::start([Turn::Line]);
    let head = request(Method::HEAD, site.url("/"), &[]);
    assert_eq!(builder().build().send(&head).unwrap().status(), 200);
    assert_eq!(methods(&site), ["HEAD", "GET", "HEAD"]);
}

#[test]
fn a_large_body_is_sent_only_when_a_head_has_got_through() {
    let large = vec![b'x'; 300_000];
    let ask = Turn::Ask(challenge(256, 4));
    let site = Site::start([ask.clone(), ask, Turn::Line, Turn::Line]);
    let answer = builder()
        .build()
        .send(&request(Method::PUT, site.url("/"), &large))
        .unwrap();
    assert_eq!(text(answer), large);
    // In line only a body tells the place, and a HEAD gets none.
    assert_eq!(
        methods(&site),
        ["HEAD", "GET", "POST", "HEAD", "GET", "HEAD", "PUT"]
    );
}

#[test]
fn a_clearance_can_be_earned_without_repeating_the_request() {
    let site = Site::start([Turn::Ask(challenge(256, 4))]);
    let client = builder().build();
    let probe = request(Method::GET, site.url("/"), &[]);
    let cancel = AtomicBool::new(false);
    let earned = client.earn(&cancel, &probe).unwrap();
    assert!(earned.is_some());
    assert_eq!(site.arrived().len(), 2, "asked and redeemed, not asked again");
    assert_eq!(client.earn(&cancel, &probe).unwrap(), earned);
    let quiet = Site::start([]);
    let probe = request(Method::GET, quiet.url("/"), &[]);
    assert_eq!(client.earn(&cancel, &probe).unwrap(), None);
}

#[test]
fn what_is_cancelled_while_it_solves_or_waits_ends() {
    for turn in [Turn::Ask(challenge(1 << 40, 1)), Turn::Line] {
        let site = Site::start([turn.clone()]);
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        let client = builder()
            .limits(Limits {
                work: u64::MAX,
                ..Limits::default()
            })
            .observer(move |_| flag.store(true, Ordering::Relaxed))
            .build();
        let outcome = client.send_unless(&cancel, &request(Method::GET, site.url("/"), &[]));
        assert!(matches!(outcome, Err(Error::Cancelled)), "{turn:?}: {outcome:?}");
    }
}

#[test]
fn a_site_that_always_asks_is_given_up() {
    let site = Site::start(vec![Turn::Ask(challenge(256, 4)); 10]);
    let outcome = builder().build().send(&request(Method::GET, site.url("/"), &[]));
    assert!(
        matches!(
            outcome,
            Err(Error::GiveUp(GiveUp::TooManyRounds { rounds: 3, .. }))
        ),
        "{outcome:?}"
    );
    assert_eq!(site.arrived().len(), 7, "four times asked, three times redeemed");
}

#[test]
fn an_error_names_the_site_and_what_is_wrong() {
    let client = builder().build();
    let nowhere = client.send(&Request::get("/path").body(Vec::new()).unwrap());
    assert!(nowhere.is_err_and(|error| error.to_string().contains("https://booking.example/path")));
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{address}/");
    let error = client
        .send(&Request::get(&url).body(Vec::new()).unwrap())
        .unwrap_err();
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}
