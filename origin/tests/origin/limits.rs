//! Clients that are slow, talkative or in a hurry.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

use crate::support::App;

/// Sends this and reads until the app closes the connection.
async fn exchange(app: &App, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    // The app may close before it has read everything.
    let _ = stream.write_all(request.as_ref()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Lets time pass at once whenever nothing else happens.
async fn with_time_that_flies() -> App {
    let app = App::start().await;
    tokio::time::pause();
    app
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_ten_seconds() {
    let app = with_time_that_flies().await;
    let begun = Instant::now();
    let answer = exchange(
        &app,
        "POST /api/tickets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("urn:levee-origin:problem:timed-out"), "{answer}");
    let waited = begun.elapsed();
    assert!(
        waited >= Duration::from_secs(10) && waited < Duration::from_secs(20),
        "{waited:?}"
    );
}

#[tokio::test]
async fn a_head_that_does_not_end_is_waited_for_a_minute() {
    let app = with_time_that_flies().await;
    for beginning in ["", "GET", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let begun = Instant::now();
        let answer = exchange(&app, beginning).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
        let waited = begun.elapsed();
        assert!(
            waited >= Duration::from_secs(60) && waited < Duration::from_secs(120),
            "{beginning}: {waited:?}"
        );
    }
}

#[tokio::test]
async fn too_many_headers_or_too_large_ones_are_refused() {
    let app = App::start().await;
    let with = |headers: String| format!("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    let numbered = |count: usize| {
        (0..count)
            .map(|number| format!("x-{number}: 1\r\n"))
            .collect::<String>()
    };
    for headers in [numbered(98), format!("x-large: {}\r\n", "x".repeat(16 * 1024))] {
        let answer = exchange(&app, with(headers)).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    for headers in [numbered(99), numbered(5_000)] {
        let answer = exchange(&app, with(headers)).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    // The app stops reading somewhere within this, so that its answer may get lost.
    let answer = exchange(&app, with(format!("x-large: {}\r\n", "x".repeat(1024 * 1024)))).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
    assert_eq!(app.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn heads_that_could_be_read_in_two_ways_are_refused() {
    let app = App::start().await;
    for head in [
        "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n",
        "POST /book HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST /book HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n",
        "GET / HTTP/1.1\r\nhost : x\r\n\r\n",
        "GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET / HTTP/9.9\r\nhost: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03",
    ] {
        let answer = exchange(&app, head).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400 "),
            "{head:?}: {answer}"
        );
    }
    assert_eq!(app.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn requests_sent_ahead_are_answered_in_their_order() {
    let app = App::start().await;
    let requests = [
        "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /api/nothing HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /api/tickets HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}",
        "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ];
    let answers = exchange(&app, requests.concat()).await;
    let statuses: Vec<_> = answers
        .match_indices("HTTP/1.1 ")
        .map(|(place, start)| &answers[place + start.len()..][..3])
        .collect();
    assert_eq!(statuses, ["200", "404", "415", "200"], "{answers}");
}
