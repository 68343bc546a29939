//! Waiting for the origin to have room.

use super::Start;
use crate::{
    Answer, Message, Site,
    client::{
        OTHER_ID, bytes_of, challenge_of, clearance_in, earn, redemption, solve, stolen_key, ticket_in,
        ticket_of,
    },
    configuration::{free_lane, narrow, with},
};
use levee_core::{line::Ticket, token};
use serde_json::json;
use std::time::Duration;

/// Lets clients in until the next one has to wait; returns that one's clearance and the answer to it.
fn fill(site: &mut dyn Site) -> (String, Answer) {
    // All are earned first: a slow host would else let in as many meanwhile as come.
    let clearances: Vec<String> = (0..12).map(|_| earn(site, &Message::get("/"))).collect();
    for clearance in clearances {
        let answer = site.send(&Message::get("/").cleared(&clearance));
        if !answer.was_forwarded() {
            return (clearance, answer);
        }
    }
    panic!("nobody has to wait")
}

/// Asks again as told until the request is let in; returns how often.
fn wait(site: &mut dyn Site, message: &Message) -> usize {
    for asked in 1..60 {
        let answer = site.send(message);
        if answer.was_forwarded() {
            return asked;
        }
        assert_eq!(answer.status, 503, "{answer:?}");
        let seconds = answer.header("retry-after").parse().unwrap_or_default();
        assert!((1..=10).contains(&seconds), "{answer:?}");
        site.pass(Duration::from_secs(seconds));
    }
    panic!("still waiting: {message:?}")
}

/// First come, first served.
pub fn whoever_is_beyond_capacity_waits_in_line_and_is_let_in(start: Start<'_>) {
    let mut site = start(&narrow());
    let (first, answer) = fill(&mut *site);
    assert_eq!((answer.status, answer.reason().as_str()), (503, "in_line"));
    assert_eq!(answer.problem()["line"]["place"], 1);
    let second = earn(&mut *site, &Message::get("/"));
    let behind = site.send(&Message::get("/").cleared(&second));
    assert_eq!(behind.reason(), "in_line");
    let (first_ticket, second_ticket) = (ticket_in(&answer), ticket_in(&behind));
    let number = |text: &str| Ticket::open(&bytes_of(text), &stolen_ring(), u64::MAX / 2).map(|it| it.number);
    assert_eq!(number(&first_ticket).map(|n| n + 1), number(&second_ticket));
    wait(
        &mut *site,
        &Message::get("/").cleared(&first).with_ticket(&first_ticket),
    );
    wait(
        &mut *site,
        &Message::get("/")
            .cleared(&second)
            .with("levee-ticket", &second_ticket),
    );
}

fn stolen_ring() -> token::Keyring {
    token::Keyring::new(stolen_key(), Vec::new())
}

/// Without a script: the page asks again by itself.
pub fn the_line_is_a_page_for_browsers_and_problem_details_for_everything_else(start: Start<'_>) {
    let mut site = start(&narrow());
    let (clearance, _) = fill(&mut *site);
    let page = site.send(&Message::navigation("/book").cleared(&clearance));
    assert_eq!(
        (page.status, page.header("content-type").as_str()),
        (503, "text/html; charset=utf-8")
    );
    let seconds = page.header("retry-after");
    let html = page.text();
    assert!(
        html.contains(&format!(
            "http-equiv=\"refresh\" content=\"{seconds};url=./book\""
        )),
        "{html}"
    );
    assert!(html.contains("id=\"levee-line\""), "{html}");
    let cookie = page.header("set-cookie");
    for part in [
        "levee-line=",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Path=/",
        "; Max-Age=",
    ] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    for message in [
        Message::get("/book"),
        Message::new("POST", "/book").with("accept", "text/html"),
    ] {
        let answer = site.send(&message.cleared(&clearance));
        let problem = answer.problem();
        assert_eq!(answer.status, 503);
        assert_eq!(
            problem["type"],
            "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"
        );
        assert!(
            problem["line"]["place"].is_u64() && problem["line"]["expected_seconds"].is_u64(),
            "{problem}"
        );
        assert_eq!(problem["line"]["ticket"], ticket_in(&answer).as_str());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

/// Also with others behind.
pub fn a_place_is_kept_however_often_the_page_is_loaded(start: Start<'_>) {
    let mut site = start(&narrow());
    let (clearance, answer) = fill(&mut *site);
    let mine = Message::get("/")
        .cleared(&clearance)
        .with_ticket(&ticket_in(&answer));
    for _ in 0..5 {
        let other = earn(&mut *site, &Message::get("/"));
        assert!(!site.send(&Message::get("/").cleared(&other)).was_forwarded());
        let again = site.send(&mine);
        if again.was_forwarded() {
            return;
        }
        let place = again.problem()["line"]["place"].as_u64();
        assert!(place <= Some(1), "{again:?}");
    }
}

/// Who has no clearance cannot pass those who have and wait.
pub fn the_free_lane_is_closed_while_others_wait(start: Start<'_>) {
    let mut configuration = narrow();
    configuration["rules"] = json!([
        { "name": "quick", "match": { "path": { "prefix": "/quick" } } },
        { "name": "site", "access": "clearance" },
    ]);
    let mut site = start(&configuration);
    assert!(site.send(&Message::get("/quick")).was_forwarded());
    let _ = fill(&mut *site);
    site.pass(Duration::from_millis(300));
    let answer = site.send(&Message::get("/quick"));
    assert_eq!((answer.status, answer.reason().as_str()), (403, "lane_closed"));
    // There is room again now, for those who have waited for it.
    site.pass(Duration::from_secs(3));
    assert_eq!(site.send(&Message::get("/quick")).reason(), "lane_closed");
}

/// Nobody who comes later waits for those who have gone.
pub fn a_line_that_everybody_has_left_closes_nothing(start: Start<'_>) {
    let mut configuration = narrow();
    configuration["rules"] = json!([{ "name": "site" }]);
    let mut site = start(&configuration);
    let clearances = [(); 14].map(|()| challenged_clearance(&mut *site));
    for clearance in &clearances {
        let _ = site.send(&Message::get("/").cleared(clearance));
    }
    site.pass(Duration::from_millis(300));
    assert_eq!(site.send(&Message::get("/")).reason(), "lane_closed");
    site.pass(Duration::from_secs(11));
    let newcomer = site.send(&Message::get("/"));
    assert!(newcomer.was_forwarded(), "{newcomer:?}");
}

/// A clearance of a site that does not ask for one at present.
fn challenged_clearance(site: &mut dyn Site) -> String {
    let now = site.now().as_seconds();
    let mut challenge = challenge_of(now);
    challenge.nonce = site
        .now()
        .as_nanos()
        .to_be_bytes()
        .repeat(2)
        .try_into()
        .unwrap_or([0; 16]);
    site.pass(Duration::from_millis(1));
    let challenge = challenge.seal(&stolen_key());
    clearance_in(&site.send(&redemption(&challenge, &solve(&challenge))))
}

/// Until it ends.
pub fn a_visit_goes_on_without_standing_in_line_again(start: Start<'_>) {
    let mut site = start(&with(
        narrow(),
        "capacity",
        json!({ "requests_per_second": 2, "burst": 8, "visit_seconds": 20 }),
    ));
    let visitor = earn(&mut *site, &Message::get("/"));
    let message = Message::get("/").cleared(&visitor);
    assert!(site.send(&message).was_forwarded());
    let _ = fill(&mut *site);
    // As soon as there is room again, and with others in line.
    site.pass(Duration::from_secs(1));
    assert!(site.send(&message).was_forwarded());
    let mut busy = site.send(&message);
    while busy.was_forwarded() {
        busy = site.send(&message);
    }
    assert_eq!((busy.status, busy.reason().as_str()), (503, "capacity_spent"));
    assert_eq!(busy.header("retry-after"), "1");
    assert!(busy.header("set-cookie").is_empty(), "{busy:?}");
}

/// Or whoever asks a hundred times a second would be served before those who wait as they are told.
pub fn asking_again_before_the_time_gains_nothing(start: Start<'_>) {
    let mut site = start(&narrow());
    let clearance = earn(&mut *site, &Message::get("/"));
    let message = Message::get("/").cleared(&clearance);
    while site.send(&message).was_forwarded() {}
    let (began, mut passed) = (site.now(), 0);
    for _ in 0..40 {
        site.pass(Duration::from_millis(100));
        passed += u64::from(site.send(&message).was_forwarded());
    }
    let millis = site.now().saturating_since(began) / 1_000_000;
    // Two units a second come back; between two that it was refused lies nearly a second each time.
    assert!(
        (2..=millis * 7 / 4_000).contains(&passed),
        "{passed} in {millis} ms"
    );
}

/// Or one who has waited once would never wait again.
pub fn a_ticket_lets_in_once(start: Start<'_>) {
    let capacity = json!({ "requests_per_second": 2, "burst": 8, "visit_seconds": 1 });
    let mut site = start(&with(narrow(), "capacity", capacity));
    let (clearance, answer) = fill(&mut *site);
    let ticket = ticket_in(&answer);
    let message = Message::get("/").cleared(&clearance).with_ticket(&ticket);
    wait(&mut *site, &message);
    site.pass(Duration::from_millis(1_100));
    let _ = fill(&mut *site);
    let again = site.send(&message);
    assert_eq!(again.reason(), "in_line");
    assert_ne!(ticket_in(&again), ticket);
}

/// Forged, of another clearance, or no ticket at all: a place at the end.
pub fn a_ticket_that_is_not_one_s_own_is_none(start: Start<'_>) {
    let mut site = start(&narrow());
    let (first, answer) = fill(&mut *site);
    let stolen = ticket_in(&answer);
    let thief = earn(&mut *site, &Message::get("/"));
    let now = site.now().as_seconds();
    let mut forged = bytes_of(&stolen);
    if let Some(byte) = forged.get_mut(10) {
        *byte = 0;
    }
    let of_another = token::encode(
        &Ticket {
            clearance: OTHER_ID,
            ..ticket_of(now)
        }
        .seal(&stolen_key()),
    );
    let clearance_as_ticket = thief.clone();
    let long = "A".repeat(60_000);
    for ticket in [
        &stolen,
        &of_another,
        &token::encode(&forged),
        &clearance_as_ticket,
        &long,
        "",
        "%",
    ] {
        let answer = site.send(&Message::get("/").cleared(&thief).with_ticket(ticket));
        assert_eq!(answer.reason(), "in_line", "{ticket}");
        assert!(
            answer.problem()["line"]["place"].as_u64() >= Some(1),
            "{answer:?}"
        );
    }
    // Not when its number has been called, either.
    site.pass(Duration::from_secs(5));
    let answer = site.send(&Message::get("/").cleared(&thief).with_ticket(&stolen));
    assert_eq!(answer.reason(), "in_line");
    // A ticket is no clearance either.
    let challenged = site.send(&Message::get("/").cleared(&stolen));
    assert_eq!(challenged.reason(), "clearance_required");
    wait(
        &mut *site,
        &Message::get("/").cleared(&first).with_ticket(&stolen),
    );
}

/// After a few it is the last number again.
pub fn throwing_tickets_away_does_not_lengthen_the_line(start: Start<'_>) {
    let mut site = start(&narrow());
    let (clearance, _) = fill(&mut *site);
    let places: Vec<u64> = (0..30)
        .map(|_| site.send(&Message::get("/").cleared(&clearance)))
        .map(|answer| answer.problem()["line"]["place"].as_u64().unwrap_or_default())
        .collect();
    assert!(places.iter().all(|place| *place <= 3), "{places:?}");
}

/// Or a long wait would use up what it is for.
pub fn waiting_costs_nothing_of_the_quota(start: Start<'_>) {
    let quota = json!({ "quota": { "limit": 3, "window_seconds": 3600 } });
    let mut site = start(&with(narrow(), "clearance", quota));
    let (clearance, answer) = fill(&mut *site);
    let message = Message::get("/")
        .cleared(&clearance)
        .with_ticket(&ticket_in(&answer));
    for _ in 0..10 {
        assert_ne!(site.send(&message).status, 429);
    }
    wait(&mut *site, &message);
    let rest = (0..20)
        .filter(|_| {
            site.pass(Duration::from_millis(300));
            site.send(&message).was_forwarded()
        })
        .take(2)
        .count();
    assert_eq!(rest, 2);
}

/// A call-back and a health check are not put off.
pub fn open_rules_stand_in_no_line(start: Start<'_>) {
    let mut site = start(&narrow());
    let _ = fill(&mut *site);
    for _ in 0..50 {
        assert!(site.send(&Message::get("/feed")).was_forwarded());
    }
    let mut quiet = start(&with(
        free_lane(1_000, 1_000),
        "capacity",
        json!({ "requests_per_second": 1, "burst": 100 }),
    ));
    let passed = (0..90)
        .filter(|_| quiet.send(&Message::get("/")).was_forwarded())
        .count();
    assert!(
        (75..=80).contains(&passed),
        "all but a quarter of the burst: {passed}"
    );
}
