//! The store's promises.

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date};
use levee_origin::{
    booking::{Booking, Phone},
    department::Department,
    idempotency::IdempotencyKey,
    money::Dong,
    queue::{Queue, Standing},
    session::Session,
    store::{Cancelling, OpenError, Store, StoreError},
    ticket::{State, TicketCode},
};
use tokio::task::JoinSet;

use super::{home::Home, payments::payment};
use crate::support::assert_consecutive;

pub(super) const PLENTY: u32 = 1_000;

pub(super) fn day() -> Date {
    Date::constant(2026, 3, 3)
}

pub(super) fn now() -> Timestamp {
    "2026-03-02T17:30:00Z".parse().expect("an instant")
}

pub(super) fn queue(session: Session) -> Queue {
    Queue {
        day: day(),
        session,
        department: Department::Cardiology,
    }
}

/// A booking of the morning that costs 50,000 dong.
pub(super) fn booking() -> Booking {
    Booking {
        department: Department::Cardiology,
        day: day(),
        wish: Some(Session::Morning),
        sessions: vec![Session::Morning],
        fee: dong(50_000),
        phone: None,
        birth_year: None,
        idempotency_key: None,
    }
}

pub(super) fn dong(amount: u64) -> Dong {
    Dong::new(amount).expect("an amount in range")
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::from_header(text.as_bytes()).expect("a key")
}

fn phone(text: &str) -> Phone {
    Phone::parse(text).expect("a number")
}

pub(super) async fn book(store: &Store) -> TicketCode {
    store
        .book(booking(), PLENTY, now())
        .await
        .expect("there is room")
        .code
}

async fn standing(store: &Store, session: Session) -> Standing {
    let all = store.standings(day(), day()).await.expect("an answer");
    all.into_iter()
        .find(|standing| standing.queue == queue(session))
        .unwrap_or_else(|| Standing::empty(queue(session)))
}

pub(super) async fn numbers_are_consecutive_whoever_books_at_the_same_time(home: Home) {
    let store = std::sync::Arc::new(home.open().await);
    let mut bookings = JoinSet::new();
    for _ in 0..120 {
        let store = std::sync::Arc::clone(&store);
        bookings.spawn(async move {
            store
                .book(booking(), PLENTY, now())
                .await
                .map(|ticket| ticket.number)
        });
    }
    let mut numbers: Vec<u32> = bookings
        .join_all()
        .await
        .into_iter()
        .map(|number| number.expect("a number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers.len(), 120);
    assert_consecutive(&numbers);
}

pub(super) async fn a_queue_is_never_oversold_and_the_next_session_is_taken_instead(home: Home) {
    let store = std::sync::Arc::new(home.open().await);
    let mut bookings = JoinSet::new();
    for _ in 0..60 {
        let store = std::sync::Arc::clone(&store);
        let booking = Booking {
            wish: None,
            sessions: Session::ALL.to_vec(),
            ..booking()
        };
        bookings.spawn(async move { store.book(booking, 20, now()).await });
    }
    let booked = bookings.join_all().await;
    let full = booked
        .iter()
        .filter(|booked| matches!(booked, Err(StoreError::Full)));
    assert_eq!(full.count(), 20);
    for session in Session::ALL {
        let mut numbers: Vec<u32> = booked
            .iter()
            .flatten()
            .filter(|ticket| ticket.queue.session == session)
            .map(|ticket| ticket.number)
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers.len(), 20, "{session:?}");
        assert_consecutive(&numbers);
    }
}

pub(super) async fn two_stores_on_one_database_share_its_queues(home: Home) {
    let stores = [home.open().await, home.open().await].map(std::sync::Arc::new);
    let mut bookings = JoinSet::new();
    for nth in 0..80 {
        let store = std::sync::Arc::clone(&stores[nth % 2]);
        bookings.spawn(async move { store.book(booking(), 50, now()).await });
    }
    let booked = bookings.join_all().await;
    let mut numbers: Vec<u32> = booked.iter().flatten().map(|ticket| ticket.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers.len(), 50);
    assert_consecutive(&numbers);
    for refused in booked.iter().filter_map(|booked| booked.as_ref().err()) {
        assert!(matches!(refused, StoreError::Full), "{refused}");
    }
}

pub(super) async fn a_cancelled_place_is_given_to_somebody_else_and_its_number_to_nobody(home: Home) {
    let store = home.open().await;
    let first = store.book(booking(), 1, now()).await.expect("room");
    assert!(matches!(
        store.book(booking(), 1, now()).await,
        Err(StoreError::Full)
    ));
    for _ in 0..2 {
        let cancelled = store.cancel(first.code.clone(), now()).await.expect("an answer");
        let Cancelling::Cancelled(ticket) = cancelled else {
            panic!("{cancelled:?}")
        };
        assert_eq!(ticket.state, State::Cancelled { at: now() });
    }
    let second = store.book(booking(), 1, now()).await.expect("room again");
    assert_eq!((first.number, second.number), (1, 2));
    let standing = standing(&store, Session::Morning).await;
    assert_eq!((standing.issued, standing.cancelled, standing.waiting), (2, 1, 1));
    assert_eq!(standing.places_left(1), 0);
    assert_eq!(
        store
            .cancel(TicketCode::random(), now())
            .await
            .expect("an answer"),
        Cancelling::NotFound
    );
}

pub(super) async fn a_repeated_booking_gets_its_ticket_even_when_the_queue_is_full(home: Home) {
    let store = home.open().await;
    let keyed = || Booking {
        idempotency_key: Some(key("5f0e1d0c-7a53-4a7e")),
        phone: Some(phone("0912345678")),
        ..booking()
    };
    let first = store.book(keyed(), 1, now()).await.expect("room");
    let again = store.book(keyed(), 1, now()).await.expect("the same");
    assert_eq!(first, again);
    let other = Booking {
        phone: Some(phone("0912345679")),
        ..keyed()
    };
    assert!(matches!(
        store.book(other, 1, now()).await,
        Err(StoreError::KeyReused)
    ));
    assert_eq!(standing(&store, Session::Morning).await.issued, 1);
}

pub(super) async fn the_last_place_booked_many_times_at_once_under_one_key_is_one_ticket(home: Home) {
    let store = std::sync::Arc::new(home.open().await);
    for attempt in 0..10 {
        let mut bookings = JoinSet::new();
        for _ in 0..8 {
            let store = std::sync::Arc::clone(&store);
            let booking = Booking {
                idempotency_key: Some(key(&format!("the-last-place-{attempt}"))),
                ..booking()
            };
            bookings.spawn(async move { store.book(booking, attempt + 1, now()).await });
        }
        for booked in bookings.join_all().await {
            assert_eq!(booked.expect("the ticket").number, attempt + 1);
        }
    }
}

pub(super) async fn a_ticket_is_found_by_phone_and_short_code_together_only(home: Home) {
    let store = home.open().await;
    let mut codes = Vec::new();
    for number in ["0912345678", "0912345678", "0987654321"] {
        let booking = Booking {
            phone: Some(phone(number)),
            ..booking()
        };
        codes.push(store.book(booking, PLENTY, now()).await.expect("room").code);
    }
    let look_up = async |number: &str, code: &TicketCode| {
        store
            .look_up(phone(number), code.short())
            .await
            .expect("an answer")
    };
    assert_eq!(look_up("0912345678", &codes[1]).await.as_ref(), Some(&codes[1]));
    assert_eq!(
        look_up("+84 912 345 678", &codes[0]).await.as_ref(),
        Some(&codes[0])
    );
    assert_eq!(look_up("0912345678", &codes[2]).await, None);
    assert_eq!(look_up("0900000000", &codes[0]).await, None);
}

pub(super) async fn numbers_are_called_in_order_and_any_of_them_again(home: Home) {
    let store = home.open().await;
    let codes = [book(&store).await, book(&store).await, book(&store).await];
    store.cancel(codes[1].clone(), now()).await.expect("cancelled");
    let morning = queue(Session::Morning);
    let next = async || store.call_next(morning, now()).await.expect("an answer");
    assert_eq!(
        (next().await, next().await, next().await),
        (Some(1), Some(3), None)
    );
    assert_eq!(standing(&store, Session::Morning).await.now_serving, Some(3));
    let call = async |number| store.call(morning, number, now()).await.expect("an answer");
    assert!(call(1).await, "again");
    assert_eq!(standing(&store, Session::Morning).await.now_serving, Some(1));
    assert!(!call(2).await, "cancelled");
    assert!(!call(4).await, "never given out");
    assert_eq!(standing(&store, Session::Morning).await.now_serving, Some(1));
    let afternoon = store.call_next(queue(Session::Afternoon), now()).await;
    assert_eq!(afternoon.expect("an answer"), None);
}

pub(super) async fn a_queue_called_while_its_first_numbers_are_booked_calls_each_once(home: Home) {
    let store = std::sync::Arc::new(home.open().await);
    let mut day = day();
    for _ in 0..25 {
        day = day.tomorrow().expect("a day");
        let queue = Queue {
            day,
            ..queue(Session::Morning)
        };
        let (mut calls, mut bookings) = (JoinSet::new(), JoinSet::new());
        for _ in 0..3 {
            let (booker, caller) = (std::sync::Arc::clone(&store), std::sync::Arc::clone(&store));
            bookings.spawn(async move {
                let ticket = booker.book(Booking { day, ..booking() }, PLENTY, now()).await;
                booker
                    .cancel(ticket.expect("room").code, now())
                    .await
                    .expect("an answer")
            });
            calls.spawn(async move { caller.call_next(queue, now()).await.expect("an answer") });
        }
        let too_late = bookings.join_all().await.into_iter();
        let too_late = too_late.filter(|cancelling| matches!(cancelling, Cancelling::AlreadyCalled(_)));
        let called: Vec<u32> = calls.join_all().await.into_iter().flatten().collect();
        let distinct: HashSet<&u32> = called.iter().collect();
        assert_eq!(distinct.len(), called.len(), "called twice: {called:?}");
        assert_eq!(too_late.count(), called.len(), "who is called cannot cancel");
    }
}

pub(super) async fn whoever_is_called_cannot_cancel(home: Home) {
    let store = home.open().await;
    let code = book(&store).await;
    store
        .call_next(queue(Session::Morning), now())
        .await
        .expect("called");
    let cancelling = store.cancel(code, now()).await.expect("an answer");
    let Cancelling::AlreadyCalled(ticket) = cancelling else {
        panic!("{cancelling:?}")
    };
    assert_eq!(ticket.state, State::Called { at: now() });
    assert_eq!(standing(&store, Session::Morning).await.cancelled, 0);
}

pub(super) async fn a_place_tells_how_many_wait_before_it(home: Home) {
    let store = home.open().await;
    let codes = [
        book(&store).await,
        book(&store).await,
        book(&store).await,
        book(&store).await,
    ];
    let place = async |nth: usize| {
        let place = store.find(codes[nth].clone()).await.expect("an answer");
        let place = place.expect("the ticket");
        (place.ahead, place.now_serving)
    };
    assert_eq!(place(3).await, (3, None));
    store.cancel(codes[1].clone(), now()).await.expect("cancelled");
    store
        .call_next(queue(Session::Morning), now())
        .await
        .expect("called");
    assert_eq!((place(0).await, place(3).await), ((0, Some(1)), (1, Some(1))));
    assert!(
        store
            .find(TicketCode::random())
            .await
            .expect("an answer")
            .is_none()
    );
}

pub(super) async fn what_is_personal_is_forgotten_and_the_rest_is_kept(home: Home) {
    let store = home.open().await;
    let personal = |day: Date| Booking {
        day,
        phone: Some(phone("0912345678")),
        birth_year: Some(1958),
        idempotency_key: Some(key(&format!("a-key-that-is-long-{day}"))),
        ..booking()
    };
    let tomorrow = day().tomorrow().expect("a day");
    let old = store.book(personal(day()), PLENTY, now()).await.expect("room");
    store.book(personal(tomorrow), PLENTY, now()).await.expect("room");
    assert_eq!(store.forget_before(tomorrow).await.expect("an answer"), 1);
    assert_eq!(store.forget_before(tomorrow).await.expect("an answer"), 0);
    let kept = home
        .rows("SELECT day FROM ticket WHERE phone IS NOT NULL OR birth_year IS NOT NULL OR idempotency_key IS NOT NULL")
        .await;
    assert_eq!(kept, [[tomorrow.to_string()]]);
    let place = store.find(old.code.clone()).await.expect("an answer");
    assert_eq!(place.expect("the ticket").ticket, old);
}

pub(super) async fn a_database_that_is_opened_again_has_everything(home: Home) {
    let store = home.open().await;
    let code = book(&store).await;
    store
        .record(payment("t-1", 50_000, &code.symbols()), now())
        .await
        .expect("recorded");
    let before = store.find(code.clone()).await.expect("an answer");
    drop(store);
    let store = home.open().await;
    assert_eq!(store.find(code).await.expect("an answer"), before);
    let numbers: HashSet<u32> = HashSet::from([
        store.book(booking(), PLENTY, now()).await.expect("room").number,
        store.book(booking(), PLENTY, now()).await.expect("room").number,
    ]);
    assert_eq!(numbers, HashSet::from([2, 3]));
}

pub(super) async fn a_new_database_opened_many_times_at_once_gets_its_tables_once(home: Home) {
    let mut opening = JoinSet::new();
    for _ in 0..6 {
        let database = home.database();
        opening.spawn(async move { Store::open(&database).await });
    }
    for opened in opening.join_all().await {
        let store = opened.unwrap_or_else(|error| panic!("{error}"));
        book(&store).await;
    }
}

pub(super) async fn a_database_of_a_later_version_is_refused_and_left_alone(home: Home) {
    drop(home.open().await);
    let statement = match home {
        Home::File { .. } => "PRAGMA user_version = 99",
        Home::Server { .. } => "UPDATE schema_version SET version = 99",
    };
    home.rows(statement).await;
    let Err(error) = Store::open(&home.database()).await else {
        panic!("it was opened")
    };
    assert!(matches!(error, OpenError::TooNew { found: 99, .. }), "{error}");
    assert!(
        error.to_string().contains("run the version that wrote it"),
        "{error}"
    );
}
