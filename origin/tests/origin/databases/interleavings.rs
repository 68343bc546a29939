//! Whatever happens in whatever order: what the store has told adds up.

use std::{collections::HashSet, sync::Arc};

use levee_origin::{
    booking::Booking,
    idempotency::IdempotencyKey,
    session::Session,
    store::{Cancelling, Recording, Store, StoreError},
    ticket::{State, TicketCode},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use tokio::task::JoinSet;

use super::{
    home::Home,
    payments::payment,
    suite::{booking, dong, now, queue},
};

/// Places in each session.
const CAPACITY: u32 = 6;

/// Histories that are played.
const HISTORIES: u32 = 24;

/// What one task does, one after the other.
#[derive(Clone, Debug)]
enum Act {
    Book {
        session: Session,
    },
    /// Books with a key, twice.
    BookTwice {
        session: Session,
        key: u8,
    },
    /// Cancels the task's latest ticket.
    Cancel,
    /// Pays for it, under one of a few names that tasks share.
    Pay {
        name: u8,
    },
    CallNext {
        session: Session,
    },
    /// Forgets who came on the days before.
    Forget,
}

fn act() -> impl Strategy<Value = Act> {
    let session = prop::sample::select(Session::ALL.to_vec());
    prop_oneof![
        4 => session.clone().prop_map(|session| Act::Book { session }),
        2 => (session.clone(), 0..4_u8).prop_map(|(session, key)| Act::BookTwice { session, key }),
        2 => Just(Act::Cancel),
        3 => (0..6_u8).prop_map(|name| Act::Pay { name }),
        2 => session.prop_map(|session| Act::CallNext { session }),
        1 => Just(Act::Forget),
    ]
}

/// What a task was told.
#[derive(Default)]
struct Told {
    tickets: Vec<(Session, u32, TicketCode)>,
    cancelled: HashSet<String>,
    /// Payments counted for a ticket now: name and code.
    counted: Vec<(u8, String)>,
    called: Vec<(Session, u32)>,
}

pub(super) async fn any_interleaving_keeps_numbers_places_and_payments_right(home: Home) {
    let mut runner = TestRunner::new(Config::default());
    for history in 0..HISTORIES {
        // A new queue for each history: another day.
        let day = (0..history).fold(super::suite::day(), |day, _| day.tomorrow().expect("a day"));
        let tasks = prop::collection::vec(prop::collection::vec(act(), 1..14), 2..6)
            .new_tree(&mut runner)
            .expect("a history")
            .current();
        let store = Arc::new(home.open().await);
        let mut playing = JoinSet::new();
        for acts in tasks.clone() {
            playing.spawn(play(Arc::clone(&store), acts, day, history));
        }
        let told = playing.join_all().await;
        check(&store, &told, day)
            .await
            .unwrap_or_else(|wrong| panic!("{wrong} after {tasks:?}"));
    }
}

async fn play(store: Arc<Store>, acts: Vec<Act>, day: jiff::civil::Date, history: u32) -> Told {
    let mut told = Told::default();
    let of = |session| Booking {
        day,
        wish: Some(session),
        sessions: vec![session],
        ..booking()
    };
    for act in acts {
        match act {
            Act::Book { session } => match store.book(of(session), CAPACITY, now()).await {
                Ok(ticket) => told.tickets.push((session, ticket.number, ticket.code)),
                Err(error) => assert!(matches!(error, StoreError::Full), "{error}"),
            },
            Act::BookTwice { session, key } => {
                let key = format!("history-{history}-{key}-{}", session.slug());
                let keyed = || Booking {
                    idempotency_key: IdempotencyKey::from_header(key.as_bytes()).ok(),
                    ..of(session)
                };
                let first = store.book(keyed(), CAPACITY, now()).await;
                let again = store.book(keyed(), CAPACITY, now()).await;
                if let (Ok(first), Ok(again)) = (&first, &again) {
                    assert_eq!(first.code, again.code);
                }
                // Somebody else may have cancelled between the two.
                if let Ok(ticket) = first.or(again) {
                    told.tickets.push((session, ticket.number, ticket.code));
                }
            }
            Act::Cancel => {
                let Some((_, _, code)) = told.tickets.last() else {
                    continue;
                };
                let cancelling = store.cancel(code.clone(), now()).await.expect("an answer");
                if matches!(cancelling, Cancelling::Cancelled(_)) {
                    told.cancelled.insert(code.to_string());
                }
            }
            Act::Pay { name } => {
                let Some((_, _, code)) = told.tickets.last() else {
                    continue;
                };
                let id = format!("{history}-{name}");
                let recording = store
                    .record(payment(&id, 50_000, &code.symbols()), now())
                    .await
                    .expect("recorded");
                if let Recording::Recorded { ticket: Some(ticket) } = recording {
                    told.counted.push((name, ticket.to_string()));
                }
            }
            Act::Forget => {
                store.forget_before(day).await.expect("an answer");
            }
            Act::CallNext { session } => {
                let queue = levee_origin::queue::Queue {
                    day,
                    ..queue(session)
                };
                if let Some(number) = store.call_next(queue, now()).await.expect("an answer") {
                    told.called.push((session, number));
                }
            }
        }
    }
    told
}

async fn check(store: &Store, told: &[Told], day: jiff::civil::Date) -> Result<(), String> {
    let ensure = |holds: bool, what: &str| holds.then_some(()).ok_or_else(|| what.to_owned());
    let standings = store
        .standings(day, day)
        .await
        .map_err(|error| error.to_string())?;
    let cancelled: HashSet<_> = told.iter().flat_map(|told| &told.cancelled).collect();
    for session in Session::ALL {
        let tickets: HashSet<_> = told
            .iter()
            .flat_map(|told| &told.tickets)
            .filter(|(of, ..)| *of == session)
            .map(|(_, number, code)| (*number, code.to_string()))
            .collect();
        let numbers: HashSet<_> = tickets.iter().map(|(number, _)| *number).collect();
        ensure(numbers.len() == tickets.len(), "a number was given out twice")?;
        let issued = u32::try_from(numbers.len()).map_err(|error| error.to_string())?;
        ensure(
            (1..=issued).all(|number| numbers.contains(&number)),
            "a number is missing",
        )?;
        let gone = tickets
            .iter()
            .filter(|(_, code)| cancelled.contains(code))
            .count();
        ensure(
            numbers.len() - gone <= CAPACITY as usize,
            "more have a place than fit",
        )?;
        let called: Vec<_> = told
            .iter()
            .flat_map(|told| &told.called)
            .filter(|(of, _)| *of == session)
            .map(|(_, number)| *number)
            .collect();
        let distinct: HashSet<_> = called.iter().copied().collect();
        ensure(distinct.len() == called.len(), "a number was called twice")?;
        ensure(
            distinct.is_subset(&numbers),
            "a number was called that nobody has",
        )?;
        ensure(
            tickets
                .iter()
                .all(|(number, code)| !(cancelled.contains(code) && distinct.contains(number))),
            "a number was called that had been cancelled",
        )?;
        if let Some(standing) = standings
            .iter()
            .find(|standing| standing.queue.session == session)
        {
            ensure(
                standing.issued == issued,
                "the queue has other numbers than were told",
            )?;
            ensure(
                standing.cancelled as usize == gone,
                "cancelled tickets are miscounted",
            )?;
            ensure(
                standing.waiting as usize == numbers.len() - gone - distinct.len(),
                "those who wait are miscounted",
            )?;
        }
    }
    check_payments(store, told).await
}

async fn check_payments(store: &Store, told: &[Told]) -> Result<(), String> {
    let counted: Vec<_> = told.iter().flat_map(|told| &told.counted).collect();
    let names: HashSet<_> = counted.iter().map(|(name, _)| name).collect();
    if names.len() != counted.len() {
        return Err("a payment was counted twice".to_owned());
    }
    for (_, _, code) in told.iter().flat_map(|told| &told.tickets) {
        let place = store
            .find(code.clone())
            .await
            .map_err(|error| error.to_string())?;
        let ticket = place.ok_or("a ticket is gone")?.ticket;
        let paid = counted.iter().filter(|(_, of)| *of == code.to_string()).count();
        if ticket.paid != dong(50_000 * paid as u64) {
            return Err(format!("{} was paid {paid} times", ticket.paid));
        }
        let was_cancelled = told.iter().any(|told| told.cancelled.contains(&code.to_string()));
        if was_cancelled != matches!(ticket.state, State::Cancelled { .. }) {
            return Err("a cancellation was lost".to_owned());
        }
    }
    Ok(())
}
