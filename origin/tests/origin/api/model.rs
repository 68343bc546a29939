//! Any sequence of bookings, repeats, cancellations and questions, beside a model that is obviously right.

use std::collections::HashMap;

use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, JSON, LAST_DAY, NOW, TODAY, WebClient, serve};

/// So small that queues fill up.
const CAPACITY: u32 = 3;

const DEPARTMENTS: [&str; 2] = ["cardiology", "paediatrics"];
const DAYS: [&str; 2] = [TODAY, LAST_DAY];
const SESSIONS: [&str; 2] = ["morning", "afternoon"];
const PHONES: [&str; 2] = ["0912345678", "0987654321"];

/// What a client does. Tickets are named by their place among those that there are so far.
#[derive(Clone, Debug)]
enum Step {
    Book {
        wish: Wish,
        key: Option<u8>,
    },
    Cancel(prop::sample::Index),
    Show(prop::sample::Index),
    LookUp {
        ticket: prop::sample::Index,
        phone: usize,
    },
    Places,
}

/// What is booked, by place in the lists above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wish {
    department: usize,
    day: usize,
    session: Option<usize>,
    phone: usize,
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..2usize, 0..2usize, prop::option::of(0..2usize), 0..2usize).prop_map(
        |(department, day, session, phone)| Wish {
            department,
            day,
            session,
            phone,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (wish(), prop::option::of(0..4u8)).prop_map(|(wish, key)| Step::Book { wish, key }),
        3 => any::<prop::sample::Index>().prop_map(Step::Cancel),
        2 => any::<prop::sample::Index>().prop_map(Step::Show),
        1 => (any::<prop::sample::Index>(), 0..2usize).prop_map(|(ticket, phone)| Step::LookUp { ticket, phone }),
        1 => Just(Step::Places),
    ]
}

type Queue = (usize, usize, usize);

#[derive(Clone, Debug)]
struct Ticket {
    code: String,
    queue: Queue,
    number: u32,
    phone: usize,
    is_cancelled: bool,
}

/// What must be true.
#[derive(Default)]
struct Model {
    tickets: Vec<Ticket>,
    /// The booking and the ticket of each key.
    keys: HashMap<u8, (Wish, usize)>,
}

/// What a booking must lead to.
enum Outcome {
    New(Queue, u32),
    Repeat(usize),
    KeyReused,
    Full,
}

impl Model {
    fn of(&self, queue: Queue) -> impl Iterator<Item = &Ticket> {
        self.tickets.iter().filter(move |ticket| ticket.queue == queue)
    }

    fn left(&self, queue: Queue) -> usize {
        CAPACITY as usize - self.of(queue).filter(|ticket| !ticket.is_cancelled).count()
    }

    fn outcome(&self, wish: Wish, key: Option<u8>) -> Outcome {
        if let Some((booked, ticket)) = key.and_then(|key| self.keys.get(&key)) {
            // Whoever names the session that the ticket is for, or none, means the same booking.
            let means_it = wish
                .session
                .is_none_or(|session| session == self.tickets[*ticket].queue.2);
            let is_same = means_it
                && Wish {
                    session: None,
                    ..*booked
                } == Wish {
                    session: None,
                    ..wish
                };
            return if is_same {
                Outcome::Repeat(*ticket)
            } else {
                Outcome::KeyReused
            };
        }
        let sessions = wish.session.map_or(vec![0, 1], |session| vec![session]);
        let mut queues = sessions
            .into_iter()
            .map(|session| (wish.department, wish.day, session));
        match queues.find(|queue| self.left(*queue) > 0) {
            Some(queue) => Outcome::New(queue, u32::try_from(self.of(queue).count() + 1).unwrap()),
            None => Outcome::Full,
        }
    }

    fn ahead(&self, ticket: &Ticket) -> usize {
        let smaller = self.of(ticket.queue).filter(|other| other.number < ticket.number);
        smaller.filter(|other| !other.is_cancelled).count()
    }

    /// Compares what is said of a ticket.
    fn assert_is(&self, ticket: usize, answer: &Answer) {
        let ticket = &self.tickets[ticket];
        let told = answer.json();
        let (department, day, session) = ticket.queue;
        assert_eq!(told["code"], *ticket.code);
        assert_eq!(told["department"], DEPARTMENTS[department]);
        assert_eq!(told["day"], DAYS[day]);
        assert_eq!(told["session"], SESSIONS[session]);
        assert_eq!(told["number"], ticket.number);
        let (state, ahead) = if ticket.is_cancelled {
            ("cancelled", Value::Null)
        } else {
            ("booked", json!(self.ahead(ticket)))
        };
        assert_eq!((&told["state"], &told["ahead"]), (&json!(state), &ahead));
    }
}

async fn book(client: &WebClient, wish: Wish, key: Option<u8>) -> Answer {
    let mut body = json!({
        "department": DEPARTMENTS[wish.department], "day": DAYS[wish.day], "phone": PHONES[wish.phone],
    });
    if let Some(session) = wish.session {
        body["session"] = SESSIONS[session].into();
    }
    let mut request = Request::post("/api/tickets").header("content-type", JSON);
    if let Some(key) = key {
        request = request.header("idempotency-key", format!("a-key-of-the-model-{key}"));
    }
    client.send(request, body.to_string()).await.unwrap()
}

async fn take(step: Step, model: &mut Model, client: &WebClient) {
    let count = model.tickets.len();
    match step {
        Step::Book { wish, key } => book_and_compare(model, client, wish, key).await,
        Step::Cancel(_) | Step::Show(_) | Step::LookUp { .. } if count == 0 => {}
        Step::Cancel(index) => {
            let index = index.index(count);
            model.tickets[index].is_cancelled = true;
            let path = format!("/api/tickets/{}/cancel", model.tickets[index].code);
            let answer = client.send(Request::post(path), "").await.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
            model.assert_is(index, &answer);
        }
        Step::Show(index) => {
            let index = index.index(count);
            let answer = client
                .get(&format!("/api/tickets/{}", model.tickets[index].code))
                .await
                .unwrap();
            model.assert_is(index, &answer);
        }
        Step::LookUp { ticket, phone } => {
            let index = ticket.index(count);
            let ticket = &model.tickets[index];
            let body = json!({ "phone": PHONES[phone], "short_code": ticket.code[..9] });
            let request = Request::post("/api/tickets/look-up").header("content-type", JSON);
            let answer = client.send(request, body.to_string()).await.unwrap();
            if ticket.phone == phone {
                model.assert_is(index, &answer);
            } else {
                assert_eq!(answer.status, 404);
            }
        }
        Step::Places => assert_places(model, client).await,
    }
}

async fn book_and_compare(model: &mut Model, client: &WebClient, wish: Wish, key: Option<u8>) {
    let answer = book(client, wish, key).await;
    match model.outcome(wish, key) {
        Outcome::New(queue, number) => {
            assert_eq!(answer.status, 201, "{}", answer.body);
            let code = answer.issued().code;
            assert!(model.tickets.iter().all(|ticket| ticket.code != code));
            model.tickets.push(Ticket {
                code,
                queue,
                number,
                phone: wish.phone,
                is_cancelled: false,
            });
            let index = model.tickets.len() - 1;
            if let Some(key) = key {
                model.keys.insert(key, (wish, index));
            }
            model.assert_is(index, &answer);
        }
        Outcome::Repeat(ticket) => {
            assert_eq!(answer.status, 201, "{}", answer.body);
            model.assert_is(ticket, &answer);
        }
        Outcome::KeyReused => assert_eq!(answer.status, 422, "{}", answer.body),
        Outcome::Full => assert_eq!(answer.status, 409, "{}", answer.body),
    }
}

async fn assert_places(model: &Model, client: &WebClient) {
    let answer = client.get("/api/places").await.unwrap().json();
    let mut compared = 0;
    for place in answer["places"].as_array().unwrap() {
        let at = |names: [&str; 2], member: &str| names.iter().position(|name| place[member] == **name);
        let queue = (
            at(DEPARTMENTS, "department"),
            at(DAYS, "day"),
            at(SESSIONS, "session"),
        );
        if let (Some(department), Some(day), Some(session)) = queue {
            assert_eq!(place["left"], model.left((department, day, session)));
            compared += 1;
        }
    }
    assert_eq!(compared, 8);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn numbers_places_and_keys_are_as_the_model_says(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let capacity = CAPACITY.to_string();
            let database = directory.path().join("tickets.db");
            let client = WebClient::new(serve(&database, NOW, &["--capacity", &capacity]).await);
            let mut model = Model::default();
            for step in steps {
                take(step, &mut model, &client).await;
            }
            assert_places(&model, &client).await;
            for index in 0..model.tickets.len() {
                let answer = client.get(&format!("/api/tickets/{}", model.tickets[index].code)).await.unwrap();
                model.assert_is(index, &answer);
            }
        });
    }
}
