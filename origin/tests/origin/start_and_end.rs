//! Starting, refusing to start, and ending.

use std::path::Path;

use rusqlite::Connection;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
};

use crate::support::{Program, WebClient, between, program};

/// What the program says when it cannot start.
pub(crate) async fn complaint(mut command: Command) -> String {
    let output = command.output().await.unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_program_that_answers_its_health_check_ends_well_when_asked_to() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("tickets.db");
    let origin = Program::start(program(&database)).await;
    let health = WebClient::new(origin.address()).get("/healthz").await.unwrap();
    assert_eq!((health.status.as_u16(), health.body.as_str()), (200, "ok\n"));
    origin.terminate();
    origin.ends_well().await;
    let left: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(
        left,
        ["tickets.db"],
        "the write-ahead log is folded back into the file"
    );
}

#[tokio::test]
async fn a_booking_that_has_begun_is_finished_after_the_call_to_end() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("tickets.db");
    let origin = Program::start(program(&database)).await;
    let offer = WebClient::new(origin.address())
        .get("/api/departments")
        .await
        .unwrap()
        .json();
    let body = format!(r#"{{"department":"cardiology","day":{}}}"#, offer["days"][0]);

    let mut stream = TcpStream::connect(origin.address()).await.unwrap();
    let head = format!(
        "POST /api/tickets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    let address = origin.address();
    origin.terminate();
    // Once nobody is let in any more, it has begun to end.
    while TcpStream::connect(address).await.is_ok() {}
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    origin.ends_well().await;

    let code = between(&answer, r#""code":""#, "\"");
    let origin = Program::start(program(&database)).await;
    let found = WebClient::new(origin.address())
        .get(&format!("/api/tickets/{code}"))
        .await
        .unwrap();
    assert_eq!(found.status, 200);
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_refused_with_advice() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("nowhere").join("tickets.db");
    let said = complaint(program(&missing)).await;
    assert!(
        said.contains("nowhere/tickets.db") && said.contains("existing directory"),
        "{said}"
    );

    let text = directory.path().join("notes.txt");
    std::fs::write(
        &text,
        "This is no database, but it is long enough to be taken for one. ".repeat(20),
    )
    .unwrap();
    let said = complaint(program(&text)).await;
    assert!(
        said.contains("notes.txt") && said.contains("must be a SQLite file"),
        "{said}"
    );
    assert!(
        std::fs::read_to_string(&text)
            .unwrap()
            .starts_with("This is no database")
    );
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("tickets.db");
    let later = Connection::open(&database).unwrap();
    later.pragma_update(None, "user_version", 1000).unwrap();
    later.close().unwrap();
    let said = complaint(program(&database)).await;
    assert!(
        said.contains("schema version 1000") && said.contains("later one"),
        "{said}"
    );
}

#[tokio::test]
async fn an_address_in_use_is_refused_with_advice() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_levee-origin"));
    command.arg("--database").arg(directory.path().join("tickets.db"));
    command
        .arg("--listen")
        .arg(taken.local_addr().unwrap().to_string());
    let said = complaint(command).await;
    assert!(
        said.contains("cannot listen on 127.0.0.1:") && said.contains("choose another port"),
        "{said}"
    );
}

#[tokio::test]
async fn an_access_log_that_cannot_be_written_is_refused_with_advice() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    command
        .arg("--access-log")
        .arg(Path::new("/nowhere/access.jsonl"));
    let said = complaint(command).await;
    assert!(
        said.contains("/nowhere/access.jsonl") && said.contains("may write to"),
        "{said}"
    );
}

#[tokio::test]
async fn help_explains_every_option() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_levee-origin"));
    let output = command.arg("--help").output().await.unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for option in [
        "--listen",
        "--database",
        "--access-log",
        "--hospital",
        "--log-format",
        "--payment-key-file",
        "--metrics-listen",
        "--notice-seconds",
        "--drain-seconds",
        "/readyz",
        "/healthz",
    ] {
        assert!(help.contains(option), "{option}");
    }
}
