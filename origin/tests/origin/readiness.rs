//! Whether requests should be sent here, and what becomes of those that were.

use rusqlite::Connection;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{App, Program, WebClient, program};

#[tokio::test]
async fn an_app_whose_database_answers_is_ready_and_one_whose_database_does_not_says_so() {
    let app = App::start().await;
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.body.as_str()), (200, "ready\n"));
    // Somebody restores a backup into the file while the app runs, and begins by emptying it.
    let other = Connection::open(app.database()).unwrap();
    other
        .execute_batch("PRAGMA foreign_keys = OFF; DROP TABLE queue;")
        .unwrap();
    let not_ready = app.get("/readyz").await;
    assert_eq!(not_ready.status, 503);
    assert_eq!(not_ready.header("content-type"), "application/problem+json");
    assert_eq!(not_ready.header("retry-after"), "2");
}

#[tokio::test]
async fn after_the_call_to_end_it_is_not_ready_while_it_still_takes_what_comes() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    command.args(["--notice-seconds", "600"]);
    let origin = Program::start(command).await;
    let client = WebClient::new(origin.address());
    assert_eq!(client.get("/readyz").await.unwrap().status, 200);
    origin.terminate();
    while client.get("/readyz").await.unwrap().status != 503 {}
    assert_eq!(client.get("/healthz").await.unwrap().status, 200, "it is alive");
    // A connection of its own, as a proxy that has not noticed yet would make.
    let other = WebClient::new(origin.address());
    let day = other.get("/api/departments").await.unwrap().json()["days"][1].clone();
    let day = day.as_str().unwrap();
    other.book_by_api("cardiology", day).await.unwrap();
    origin.kill().await;
}

#[tokio::test]
async fn a_request_that_is_never_completed_does_not_keep_the_program_from_ending() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    command.args(["--drain-seconds", "0"]);
    let origin = Program::start(command).await;
    let mut stream = TcpStream::connect(origin.address()).await.unwrap();
    let head = "POST /api/tickets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\
                expect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // Its body is being waited for.
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).await.unwrap();
    origin.terminate();
    origin.ends_well().await;
}
