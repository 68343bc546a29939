//! Databases that refuse: each is told of, and nothing that was told before is lost.

mod needs_postgres;

use std::path::Path;

use jiff::Timestamp;
use levee_origin::{
    booking::Booking,
    problem::Problem,
    store::{Store, StoreError},
};
use rusqlite::Connection;

use super::{
    home::Home,
    suite::{booking, now},
};
use crate::support::{JSON, Program, WebClient, program};

/// How large the disk is that is going to be full, in KiB.
const DISK: usize = 512;

/// A program whose database is on a disk of its own, and full but for [`DISK`]: it is gone with the program.
fn program_on_a_small_disk(folder: &Path) -> tokio::process::Command {
    let inside = program("tickets.db");
    let mut command = tokio::process::Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c"])
        .arg(format!(
            "mount -t tmpfs -o size=1g levee \"$0\" && cd \"$0\" && head -c 64M /dev/zero >filler && \
             mount -o remount,size=$((65536 + {DISK}))k \"$0\" && exec \"$@\""
        ))
        .arg(folder)
        .arg(inside.as_std().get_program())
        .args(inside.as_std().get_args())
        .args(["--capacity", "100000"])
        // It is meant to fail.
        .env("RUST_LOG", "off")
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn a_full_disk_is_told_and_once_there_is_room_again_nothing_has_been_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let origin = Program::start(program_on_a_small_disk(folder.path())).await;
    let client = WebClient::new(origin.address());
    let offer = client.get("/api/departments").await.expect("an answer").json();
    let day = offer["days"][1].as_str().expect("a day").to_owned();
    let body = format!(r#"{{"department":"cardiology","day":"{day}","session":"morning"}}"#);
    let book = async || {
        let request = http::Request::post("/api/tickets").header("content-type", JSON);
        client.send(request, body.clone()).await.expect("an answer")
    };

    let mut told = Vec::new();
    let refused = loop {
        let answer = book().await;
        if answer.status != 201 {
            break answer;
        }
        told.push(answer.issued());
        assert!(told.len() < 20_000, "the disk is not as small as it should be");
    };
    assert!(!told.is_empty());
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.json()["type"], "urn:levee-origin:problem:unavailable");
    assert_eq!(book().await.status, 503, "still full");
    for issued in &told {
        let found = client
            .get(&format!("/api/tickets/{}", issued.code))
            .await
            .expect("an answer");
        assert_eq!(found.status, 200, "what was told can still be read");
    }

    // The disk as the program sees it.
    let inside = format!("/proc/{}/root{}/filler", origin.id(), folder.path().display());
    std::fs::remove_file(inside).expect("room is made");
    let next = book().await;
    assert_eq!(next.status, 201, "{}", next.body);
    assert_eq!(
        next.issued().number as usize,
        told.len() + 1,
        "no number was lost to those that were refused"
    );
}

#[tokio::test]
async fn a_file_that_somebody_else_keeps_locked_is_told_and_used_again_when_it_is_free() {
    let home = Home::sqlite();
    let store = home.open().await;
    let first = store.book(booking(), 10, now()).await.expect("a ticket");
    let other = Connection::open(home.argument()).expect("the file opens");
    other.execute_batch("BEGIN EXCLUSIVE").expect("the lock");
    let Err(refused) = store.book(booking(), 10, now()).await else {
        panic!("the lock was not respected")
    };
    assert!(matches!(refused, StoreError::Locked), "{refused}");
    assert_eq!(Problem::from(refused).status(), 503);
    let found = store.find(first.code).await.expect("it can still be read");
    assert_eq!(found.expect("the ticket").ticket.number, 1);
    other.execute_batch("ROLLBACK").expect("the lock is given back");
    assert_eq!(
        store.book(booking(), 10, now()).await.expect("a ticket").number,
        2
    );
}

#[tokio::test]
async fn a_file_of_the_first_version_goes_on_as_the_mornings_queue() {
    let home = Home::sqlite();
    let old = Connection::open(home.argument()).expect("the file opens");
    old.execute_batch(FIRST_VERSION).expect("the old schema");
    old.execute_batch(
        "INSERT INTO ticket VALUES
             ('0123-4567-89AB-CDEF', 'cardiology', '2026-03-03', 1, '2026-03-01T01:02:03.5Z', '0912345678', 1958, NULL),
             ('0000-0000-0000-0000', 'cardiology', '2026-03-03', 2, '2026-03-01T01:02:04Z', NULL, NULL, x'00ff'),
             ('1111-1111-1111-1111', 'paediatrics', '2026-03-03', 1, '2026-03-01T01:02:05Z', NULL, NULL, NULL);
         PRAGMA user_version = 1;",
    )
    .expect("the old tickets");
    drop(old);

    let store = home.open().await;
    let code = levee_origin::ticket::TicketCode::parse("0123-4567-89AB-CDEF").expect("a code");
    let place = store
        .find(code.clone())
        .await
        .expect("an answer")
        .expect("the ticket");
    assert_eq!(
        place.ticket.queue,
        super::suite::queue(levee_origin::session::Session::Morning)
    );
    let created: Timestamp = "2026-03-01T01:02:03.5Z".parse().expect("an instant");
    assert_eq!((place.ticket.number, place.ticket.created_at), (1, created));
    let phone = levee_origin::booking::Phone::parse("0912345678").expect("a number");
    assert_eq!(
        store.look_up(phone, code.short()).await.expect("an answer"),
        Some(code)
    );
    assert!(
        matches!(store.book(booking(), 2, now()).await, Err(StoreError::Full)),
        "the old tickets have places"
    );
    assert_eq!(store.book(booking(), 3, now()).await.expect("a ticket").number, 3);
    drop(store);
    home.open().await;
}

/// As it was shipped.
const FIRST_VERSION: &str = "
    CREATE TABLE ticket (
        code            TEXT    NOT NULL PRIMARY KEY,
        department      TEXT    NOT NULL,
        day             TEXT    NOT NULL,
        number          INTEGER NOT NULL CHECK (number >= 1),
        created_at      TEXT    NOT NULL,
        phone           TEXT,
        birth_year      INTEGER,
        idempotency_key BLOB    UNIQUE,
        UNIQUE (department, day, number)
    ) STRICT;
";

#[tokio::test]
async fn what_was_forgotten_is_in_no_byte_of_the_file() {
    let home = Home::sqlite();
    let path = Path::new(&home.argument()).to_owned();
    let store = home.open().await;
    for _ in 0..20 {
        let booking = Booking {
            phone: levee_origin::booking::Phone::parse("0912345678"),
            ..booking()
        };
        store.book(booking, 100, now()).await.expect("a ticket");
    }
    drop(store);
    let is_in_file = || {
        let bytes = std::fs::read(&path).expect("the file can be read");
        bytes.windows(10).any(|window| window == b"0912345678")
    };
    assert!(is_in_file());
    let store = home.open().await;
    let tomorrow = super::suite::day().tomorrow().expect("a day");
    assert_eq!(store.forget_before(tomorrow).await.expect("an answer"), 20);
    drop(store);
    assert!(!is_in_file());
}

#[tokio::test]
async fn a_value_that_the_program_has_not_written_is_an_error_and_no_panic() {
    let home = Home::sqlite();
    let store: Store = home.open().await;
    let ticket = store.book(booking(), 10, now()).await.expect("a ticket");
    for damage in [
        "UPDATE ticket SET created_at = 'yesterday'",
        "UPDATE ticket SET department = 'alchemy'",
        "UPDATE ticket SET day = '2026-02-30'",
        "DELETE FROM queue",
    ] {
        home.rows(damage).await;
        let Err(error) = store.find(ticket.code.clone()).await else {
            panic!("{damage} went unnoticed")
        };
        assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
    }
}
