//! What a patient or the payment provider has been told survives the death of the program and of its database.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use http::Request;
use tokio::{sync::mpsc, task::JoinSet};

use super::home::Home;
use crate::support::{Issued, JSON, Program, Queue, WebClient, assert_consecutive, program};

/// How often the program is killed.
const KILLS: usize = 50;

/// How often the server of the database is killed.
const SERVER_KILLS: usize = 5;

/// Clients that book at the same time.
const CLIENTS: usize = 8;

/// Places in each session: few enough that many queues are full in the end.
const CAPACITY: u32 = 7;

const DEPARTMENTS: [&str; 3] = ["cardiology", "paediatrics", "obstetrics"];
const SESSIONS: [&str; 2] = ["morning", "afternoon"];

pub(super) async fn a_program_killed_fifty_times_under_load_has_lost_no_ticket_and_doubled_none(home: Home) {
    let mut visitors = visitors();
    let mut told = Told::default();
    for round in 0..KILLS {
        let origin = Program::start(origin(&home)).await;
        let days = days_offered(&origin).await;
        let (tell, mut hear) = mpsc::unbounded_channel();
        let mut visiting = JoinSet::new();
        for visitor in visitors.drain(..) {
            visiting.spawn(visitor.visit(WebClient::new(origin.address()), days.clone(), tell.clone()));
        }
        drop(tell);
        for _ in 0..=(round * 7 % 19) {
            told.note(hear.recv().await.expect("the program answers"));
        }
        origin.kill().await;
        visitors = visiting.join_all().await;
        // What was on its way when the program died has been told all the same.
        while let Some(late) = hear.recv().await {
            told.note(late);
        }
    }
    let origin = Program::start(origin(&home)).await;
    told.is_kept(&home, &origin, visitors).await;
}

pub(super) async fn a_server_killed_under_load_has_lost_nothing_and_the_program_goes_on(home: Home) {
    let Home::Server { server, .. } = &home else {
        panic!("only a server can be killed")
    };
    let mut told = Told::default();
    let origin = Program::start(origin(&home)).await;
    let days = days_offered(&origin).await;
    let (tell, mut hear) = mpsc::unbounded_channel();
    let mut visiting = JoinSet::new();
    for visitor in visitors() {
        visiting.spawn(visitor.visit(WebClient::new(origin.address()), days.clone(), tell.clone()));
    }
    drop(tell);
    for round in 0..SERVER_KILLS {
        for _ in 0..(5 + round * 3) {
            told.note(hear.recv().await.expect("the program answers"));
        }
        tokio::task::block_in_place(|| server.kill());
        let health = WebClient::new(origin.address()).get("/healthz").await;
        assert_eq!(health.expect("the program lives").status, 503);
        tokio::task::block_in_place(|| server.launch());
    }
    for _ in 0..20 {
        told.note(hear.recv().await.expect("the program goes on"));
    }
    // Nobody listens any more: the visitors go.
    hear.close();
    let visitors = visiting.join_all().await;
    while let Some(late) = hear.recv().await {
        told.note(late);
    }
    told.is_kept(&home, &origin, visitors).await;
}

fn origin(home: &Home) -> tokio::process::Command {
    let mut command = program(home.argument());
    // It is meant to fail when its database is killed.
    command
        .args(["--capacity", &CAPACITY.to_string()])
        .env("RUST_LOG", "off");
    command
}

/// Days that can be booked, all sessions of them: not today, whose sessions close, nor the last.
async fn days_offered(origin: &Program) -> Vec<String> {
    let offer = WebClient::new(origin.address()).get("/api/departments").await;
    let offer = offer.expect("an answer").json();
    let days = offer["days"].as_array().expect("days").iter();
    let days = days.map(|day| day.as_str().expect("a day").to_owned());
    days.skip(2).take(3).collect()
}

/// What somebody wants, under a key by which it can be wished again.
#[derive(Clone)]
struct Wish {
    queue: Queue,
    key: String,
}

/// What came of a wish.
enum Answer {
    Booked(Wish, Issued),
    Full(Wish),
}

/// Somebody who books and books, and asks again for what was not answered.
struct Visitor {
    index: usize,
    wishes: usize,
    unanswered: Option<Wish>,
}

fn visitors() -> Vec<Visitor> {
    let visitor = |index| Visitor {
        index,
        wishes: 0,
        unanswered: None,
    };
    (0..CLIENTS).map(visitor).collect()
}

impl Visitor {
    /// Books until the program, or whoever listens, is gone.
    async fn visit(
        mut self,
        client: WebClient,
        days: Vec<String>,
        tell: mpsc::UnboundedSender<Answer>,
    ) -> Self {
        while !tell.is_closed() {
            let wish = self.wish(&days);
            match ask(&client, wish).await {
                Some(answer) => {
                    self.unanswered = None;
                    // Told, it is counted even if nobody listens any more: the channel keeps what was sent before.
                    if let Err(unheard) = tell.send(answer) {
                        let (Answer::Booked(wish, _) | Answer::Full(wish)) = unheard.0;
                        self.unanswered = Some(wish);
                        return self;
                    }
                }
                None if client.get("/api/departments").await.is_err() => return self,
                // The program lives, its database does not: ask again, as the answer's Retry-After says, only sooner.
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        self
    }

    /// What was not answered, or else something new.
    fn wish(&mut self, days: &[String]) -> Wish {
        let (index, nth) = (self.index, self.wishes);
        let wish = self.unanswered.get_or_insert_with(|| {
            self.wishes += 1;
            let turn = index + nth;
            Wish {
                queue: (
                    DEPARTMENTS[turn % DEPARTMENTS.len()].to_owned(),
                    days[turn / 2 % days.len()].clone(),
                    SESSIONS[turn / 5 % SESSIONS.len()].to_owned(),
                ),
                key: format!("visitor-{index}-wish-{nth}"),
            }
        });
        wish.clone()
    }
}

/// `None` when there was no answer, or one that says to ask again.
async fn ask(client: &WebClient, wish: Wish) -> Option<Answer> {
    let (department, day, session) = &wish.queue;
    let body = format!(r#"{{"department":"{department}","day":"{day}","session":"{session}"}}"#);
    let request = Request::post("/api/tickets")
        .header("content-type", JSON)
        .header("idempotency-key", &wish.key);
    let answer = client.send(request, body).await.ok()?;
    match answer.status.as_u16() {
        201 => Some(Answer::Booked(wish, answer.issued())),
        409 => Some(Answer::Full(wish)),
        503 => None,
        status => panic!("{status}: {}", answer.body),
    }
}

/// All that was told.
#[derive(Default)]
struct Told {
    tickets: HashMap<String, (Queue, Issued)>,
    full: Vec<Queue>,
}

impl Told {
    fn note(&mut self, answer: Answer) {
        match answer {
            Answer::Booked(wish, issued) => {
                let earlier = self.tickets.insert(wish.key, (wish.queue, issued.clone()));
                assert!(
                    earlier.is_none_or(|(_, ticket)| ticket == issued),
                    "a wish was answered by two tickets"
                );
            }
            Answer::Full(wish) => self.full.push(wish.queue),
        }
    }

    /// Asserts that the database holds exactly this, once what was never answered has been asked again.
    async fn is_kept(mut self, home: &Home, origin: &Program, visitors: Vec<Visitor>) {
        let client = WebClient::new(origin.address());
        for wish in visitors.into_iter().filter_map(|visitor| visitor.unanswered) {
            self.note(ask(&client, wish).await.expect("an answer"));
        }
        for (queue, issued) in self.tickets.values() {
            let found = client.get(&format!("/api/tickets/{}", issued.code)).await;
            let found = found.expect("an answer");
            assert_eq!(found.status, 200, "told of, then lost: {queue:?} {issued:?}");
            assert_eq!(&found.issued(), issued);
        }
        let mut kept = BTreeMap::<Queue, Vec<u32>>::new();
        let rows = home
            .rows("SELECT department, day, session, number FROM ticket ORDER BY number")
            .await;
        for row in rows {
            let [department, day, session, number] = <[String; 4]>::try_from(row).expect("four columns");
            let number = number.parse().expect("a number");
            kept.entry((department, day, session)).or_default().push(number);
        }
        let mut told = BTreeMap::<Queue, Vec<u32>>::new();
        for (queue, issued) in self.tickets.values() {
            told.entry(queue.clone()).or_default().push(issued.number);
        }
        told.values_mut().for_each(|numbers| numbers.sort_unstable());
        assert_eq!(kept, told, "every ticket has been told of, and none twice");
        for numbers in kept.values() {
            assert_consecutive(numbers);
            assert!(numbers.len() <= CAPACITY as usize, "oversold: {numbers:?}");
        }
        assert!(!self.full.is_empty(), "some queue was tried beyond its capacity");
        for queue in &self.full {
            assert_eq!(kept[queue].len(), CAPACITY as usize, "{queue:?} was called full");
        }
        eprintln!(
            "{} tickets and {} refusals were told, and are as told",
            self.tickets.len(),
            self.full.len()
        );
    }
}
