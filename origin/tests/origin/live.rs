//! Pages that keep themselves up to date.

use http::Request;

use crate::{
    desk::DeskToken,
    support::{App, Program, TODAY, WebClient, program},
};

#[tokio::test]
async fn the_board_is_sent_at_once_and_again_after_a_call() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let mut board = app
        .client()
        .follow(Request::get("/board/events?lang=en"))
        .await
        .unwrap();
    let first = board.next().await.unwrap();
    assert!(
        first.contains("1 person waiting") && !first.contains("<html"),
        "{first}"
    );

    let cookie = token.sign_in(&app).await;
    token.call_next(&app, &cookie, "cardiology").await;
    let called = board.next_with(r#"<p class="number">1</p>"#).await;
    assert!(!called.contains("1 person waiting"), "{called}");
}

#[tokio::test]
async fn the_holder_of_a_ticket_is_told_when_it_is_their_turn() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let issued = app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let path = format!("/ticket/{}/events?lang=en", issued.code);
    let mut ticket = app.client().follow(Request::get(path)).await.unwrap();
    assert!(ticket.next().await.unwrap().contains("Waiting to be called"));
    let cookie = token.sign_in(&app).await;
    token.call_next(&app, &cookie, "cardiology").await;
    ticket.next_with("please come in now").await;
}

#[tokio::test]
async fn a_booking_appears_at_the_desk() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let cookie = token.sign_in(&app).await;
    let request = Request::get("/desk/events?lang=en").header("cookie", cookie);
    let mut desk = app.client().follow(request).await.unwrap();
    assert!(!desk.next().await.unwrap().contains("1 person waiting"));
    app.client().book_by_page("cardiology", TODAY).await.unwrap();
    desk.next_with("1 person waiting").await;
}

#[tokio::test]
async fn more_watchers_than_there_are_places_are_told_to_come_back() {
    let app = App::start().await;
    let mut boards = Vec::new();
    for _ in 0..128 {
        boards.push(app.client().follow(Request::get("/board/events")).await.unwrap());
    }
    let refused = app.get("/board/events").await;
    assert_eq!(
        (refused.status.as_u16(), refused.header("retry-after")),
        (503, "2")
    );
    assert_eq!(
        app.get("/board").await.status,
        200,
        "the page itself is still served"
    );
    let issued = app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let path = format!("/ticket/{}/events", issued.code);
    app.client()
        .follow(Request::get(path))
        .await
        .unwrap()
        .next()
        .await
        .unwrap();
}

#[tokio::test]
async fn streams_end_when_the_program_is_asked_to_end() {
    let directory = tempfile::tempdir().unwrap();
    let origin = Program::start(program(directory.path().join("tickets.db"))).await;
    let mut board = WebClient::new(origin.address())
        .follow(Request::get("/board/events"))
        .await
        .unwrap();
    board.next().await.unwrap();
    origin.terminate();
    assert_eq!(board.next().await, None);
    origin.ends_well().await;
}
