//! Bookings repeated under their key, by programs and by people.

use http::Request;

use crate::support::{Answer, App, FORM, JSON, TODAY, WebClient, between};

const KEY: &str = "5f0e1d0c-7a53-4a7e-9d0c-0a5d2f6f3b11";

/// Books with this key, or without one.
async fn book(client: &WebClient, key: Option<&str>, session: &str) -> Answer {
    let mut request = Request::post("/api/tickets").header("content-type", JSON);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let body = format!(r#"{{"department":"cardiology","day":"{TODAY}"{session}}}"#);
    client.send(request, body).await.unwrap()
}

#[tokio::test]
async fn a_repeat_gets_its_ticket_after_its_session_and_its_day_have_closed() {
    let app = App::start().await;
    let ticket = book(&app.client(), Some(KEY), "").await;
    assert_eq!(ticket.status, 201);
    // At noon, in the evening, and a week later.
    for now in [
        "2026-03-03T05:00:00Z",
        "2026-03-03T12:00:00Z",
        "2026-03-10T12:00:00Z",
    ] {
        let later = app.client_at(now).await;
        let repeat = book(&later, Some(KEY), "").await;
        assert_eq!(repeat.status, 201, "{now}: {}", repeat.body);
        assert_eq!(repeat.issued(), ticket.issued(), "{now}");
        assert_eq!(repeat.header("location"), ticket.header("location"));
    }
}

#[tokio::test]
async fn a_new_booking_of_what_has_closed_is_refused_with_a_key_and_without() {
    let app = App::start().await;
    let noon = app.client_at("2026-03-03T05:00:00Z").await;
    let evening = app.client_at("2026-03-03T12:00:00Z").await;
    let morning = r#","session":"morning""#;
    for key in [None, Some(KEY)] {
        for (client, session, field) in [
            (&noon, morning, "session"),
            (&evening, "", "day"),
            (&evening, morning, "day"),
        ] {
            let answer = book(client, key, session).await;
            assert_eq!(answer.status, 422, "{}", answer.body);
            let problem = answer.json();
            assert_eq!(problem["type"], "urn:levee-origin:problem:invalid-booking");
            assert_eq!(problem["errors"][0]["field"], field);
            assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
        }
    }
    assert_eq!(book(&noon, None, "").await.json()["session"], "afternoon");
}

#[tokio::test]
async fn a_key_is_refused_for_another_booking_also_when_that_has_closed() {
    let app = App::start().await;
    assert_eq!(
        book(&app.client(), Some(KEY), r#","session":"afternoon""#)
            .await
            .status,
        201
    );
    let evening = app.client_at("2026-03-03T12:00:00Z").await;
    let answer = book(&evening, Some(KEY), r#","session":"morning""#).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.json()["type"],
        "urn:levee-origin:problem:idempotency-key-reused"
    );
}

#[tokio::test]
async fn two_keys_on_one_booking_are_none() {
    let app = App::start().await;
    let request = Request::post("/api/tickets")
        .header("content-type", JSON)
        .header("idempotency-key", KEY)
        .header("idempotency-key", "another-key-0123456789");
    let body = format!(r#"{{"department":"cardiology","day":"{TODAY}"}}"#);
    let answer = app.client().send(request, body).await.unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["type"],
        "urn:levee-origin:problem:invalid-idempotency-key"
    );
}

#[tokio::test]
async fn a_form_sent_again_after_its_session_has_closed_leads_to_its_ticket() {
    let app = App::start().await;
    let page = app.get("/").await;
    let token = between(&page.body, r#"name="form_token" value=""#, "\"");
    let fields = format!("form_token={token}&department=cardiology&day={TODAY}&session=morning");
    let ticket = app.post_form(&fields).await;
    assert_eq!(ticket.status, 303);
    let evening = app.client_at("2026-03-03T12:00:00Z").await;
    let again = Request::post("/book").header("content-type", FORM);
    let again = evening.send(again, fields).await.unwrap();
    assert_eq!(again.status, 303, "{}", again.body);
    assert_eq!(again.header("location"), ticket.header("location"));
}
