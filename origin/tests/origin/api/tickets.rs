//! What becomes of a number: its place, cancelling it, finding it again and paying for it.

use jiff::Timestamp;
use levee_origin::{config::Database, department::Department, queue::Queue, session::Session, store::Store};
use serde_json::{Value, json};

use crate::support::{App, JSON, NOW, TODAY};

/// Books for the morning of today, and reads the ticket.
async fn book(app: &App, department: &str, phone: &str) -> Value {
    let body = json!({ "department": department, "day": TODAY, "session": "morning", "phone": phone });
    let answer = app.post_json(&body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

fn path(ticket: &Value) -> String {
    format!("/api/tickets/{}", ticket["code"].as_str().unwrap())
}

/// Calls the next number of cardiology, as the desk does.
async fn call_next(app: &App) -> Option<u32> {
    let store = Store::open(&Database::Sqlite(app.database())).await.unwrap();
    let queue = Queue {
        day: TODAY.parse().unwrap(),
        session: Session::Morning,
        department: Department::Cardiology,
    };
    store.call_next(queue, NOW.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_ticket_says_how_many_are_ahead_and_when_to_expect_the_call() {
    let app = App::start_with(&["--minutes-per-patient", "10"]).await;
    for _ in 0..3 {
        book(&app, "cardiology", "").await;
    }
    let ticket = book(&app, "cardiology", "").await;
    for ticket in [&ticket, &app.get(&path(&ticket)).await.json()] {
        assert_eq!(ticket["number"], 4);
        assert_eq!(ticket["session"], "morning");
        assert_eq!(ticket["state"], "booked");
        assert_eq!(ticket["ahead"], 3);
        assert_eq!(ticket["now_serving"], Value::Null);
        assert_eq!(ticket["expected_at"], "2026-03-03T07:30:00+07:00");
    }
    assert_eq!(call_next(&app).await, Some(1));
    let ticket = app.get(&path(&ticket)).await.json();
    assert_eq!((&ticket["ahead"], &ticket["now_serving"]), (&json!(2), &json!(1)));
    assert_eq!(ticket["expected_at"], "2026-03-03T07:20:00+07:00");
}

#[tokio::test]
async fn a_cancelled_ticket_stays_cancelled_and_its_place_is_free_again() {
    let app = App::start().await;
    let first = book(&app, "cardiology", "").await;
    let second = book(&app, "cardiology", "").await;
    let cancel = format!("{}/cancel", path(&first));
    let cancelled = app.post(&cancel, "", "").await;
    assert_eq!(cancelled.status, 200);
    let ticket = cancelled.json();
    assert_eq!(ticket["state"], "cancelled");
    assert_eq!(
        ticket["cancelled_at"]
            .as_str()
            .unwrap()
            .parse::<Timestamp>()
            .unwrap(),
        NOW.parse::<Timestamp>().unwrap()
    );
    assert_eq!(
        (&ticket["ahead"], &ticket["expected_at"]),
        (&Value::Null, &Value::Null)
    );

    assert_eq!(app.post(&cancel, "", "").await.json(), ticket, "cancelled twice");
    assert_eq!(app.get(&path(&first)).await.json(), ticket);
    assert_eq!(app.get(&path(&second)).await.json()["ahead"], 0);
    assert_eq!(
        book(&app, "cardiology", "").await["number"],
        3,
        "numbers are not given out again"
    );
}

#[tokio::test]
async fn a_number_that_was_called_cannot_be_cancelled() {
    let app = App::start().await;
    let ticket = book(&app, "cardiology", "").await;
    assert_eq!(call_next(&app).await, Some(1));
    let refused = app.post(&format!("{}/cancel", path(&ticket)), "", "").await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.json()["type"], "urn:levee-origin:problem:already-called");
    let ticket = app.get(&path(&ticket)).await.json();
    assert_eq!(
        (&ticket["state"], &ticket["ahead"]),
        (&json!("called"), &Value::Null)
    );
    assert!(ticket["called_at"].is_string());
}

#[tokio::test]
async fn a_ticket_is_found_by_its_telephone_number_and_short_code_only_together() {
    let app = App::start().await;
    let ticket = book(&app, "cardiology", "0912 345 678").await;
    let other = book(&app, "cardiology", "0987 654 321").await;
    let code = ticket["code"].as_str().unwrap();
    let look_up = async |phone: &str, short_code: &str| {
        let body = json!({ "phone": phone, "short_code": short_code });
        app.post("/api/tickets/look-up", JSON, body.to_string()).await
    };
    for (phone, short_code) in [
        ("0912345678", &code[..9]),
        ("+84 912 345 678", &code[..9].to_lowercase()),
        ("(0912) 345.678", &code[..9].replace('-', "")),
    ] {
        let found = look_up(phone, short_code).await;
        assert_eq!(found.status, 200, "{}", found.body);
        assert_eq!(found.json(), ticket);
    }
    for (phone, short_code) in [
        ("0987654321", &code[..9]),
        ("0912345678", &other["code"].as_str().unwrap()[..9]),
        ("0912345679", &code[..9]),
        ("0912345678", "0000-0000"),
    ] {
        let answer = look_up(phone, short_code).await;
        assert_eq!(answer.status, 404, "{phone}");
        assert_eq!(answer.json()["type"], "urn:levee-origin:problem:ticket-not-found");
    }
    let answer = look_up("12", code).await;
    assert_eq!(answer.status, 422);
    let fields: Vec<_> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].clone())
        .collect();
    assert_eq!(fields, ["phone", "short_code"]);
}

#[tokio::test]
async fn places_are_taken_by_booking_and_given_back_by_cancelling() {
    let app = App::start().await;
    let left = async || {
        let answer = app
            .get(&format!("/api/places?department=cardiology&day={TODAY}"))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let places = answer.json()["places"].as_array().unwrap().clone();
        let sessions: Vec<_> = places.iter().map(|place| place["session"].clone()).collect();
        assert_eq!(sessions, ["morning", "afternoon"]);
        places
            .into_iter()
            .map(|place| place["left"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(left().await, [1000, 1000]);
    let ticket = book(&app, "cardiology", "").await;
    book(&app, "paediatrics", "").await;
    assert_eq!(left().await, [999, 1000]);
    app.post(&format!("{}/cancel", path(&ticket)), "", "").await;
    assert_eq!(left().await, [1000, 1000]);
}

#[tokio::test]
async fn places_are_told_for_every_queue_that_can_be_booked() {
    let app = App::start().await;
    let count = async |query: &str| {
        let answer = app.get(&format!("/api/places{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.json()["places"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 6 * 7 * 2);
    assert_eq!(count("?department=cardiology").await, 7 * 2);
    assert_eq!(count(&format!("?day={TODAY}&lang=en")).await, 6 * 2);
    assert_eq!(count("?day=2026-03-02").await, 0, "yesterday");
    // The morning of today is over.
    let afternoon = app.client_at("2026-03-03T06:00:00Z").await;
    let answer = afternoon.get(&format!("/api/places?day={TODAY}")).await.unwrap();
    assert_eq!(answer.json()["places"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn the_board_tells_the_numbers_of_today() {
    let app = App::start().await;
    assert_eq!(
        app.get("/api/board").await.json(),
        json!({ "day": TODAY, "queues": [] })
    );
    for _ in 0..3 {
        book(&app, "cardiology", "").await;
    }
    assert_eq!(call_next(&app).await, Some(1));
    let expected = json!({ "day": TODAY, "queues": [{
        "department": "cardiology",
        "department_name": { "vi": "Tim mạch", "en": "Cardiology" },
        "session": "morning",
        "now_serving": 1,
        "waiting": 2,
        "issued": 3,
    }]});
    assert_eq!(app.get("/api/board").await.json(), expected);
}

#[tokio::test]
async fn a_fee_is_asked_for_until_the_ticket_is_cancelled() {
    let app = App::start_with(&["--fee", "50000", "--pay-to", "970436:0123456789"]).await;
    let ticket = book(&app, "cardiology", "").await;
    assert_eq!((&ticket["fee"], &ticket["paid"]), (&json!(50_000), &json!(0)));
    let code = ticket["code"].as_str().unwrap().replace('-', "");
    let payment_path = format!("{}/payment", path(&ticket));
    let payment = app.get(&payment_path).await.json();
    assert_eq!(payment["amount"], 50_000);
    assert_eq!(payment["currency"], "VND");
    assert_eq!(payment["purpose"], *code);
    assert_eq!(
        payment["account"],
        json!({ "bank": "970436", "number": "0123456789", "holder": "BENH VIEN DA KHOA BEN DE" })
    );
    let payload = payment["payload"].as_str().unwrap();
    assert!(
        payload.starts_with("000201") && payload.contains(&code),
        "{payload}"
    );

    app.post(&format!("{}/cancel", path(&ticket)), "", "").await;
    let nothing =
        json!({ "amount": 0, "currency": "VND", "payload": null, "purpose": null, "account": null });
    assert_eq!(app.get(&payment_path).await.json(), nothing);
    assert_eq!(
        app.get("/api/tickets/0000-0000-0000-0000/payment").await.status,
        404
    );
}

#[tokio::test]
async fn a_fee_without_an_account_is_told_but_cannot_be_transferred() {
    let app = App::start_with(&["--fee", "50000"]).await;
    let ticket = book(&app, "cardiology", "").await;
    let payment = app.get(&format!("{}/payment", path(&ticket))).await.json();
    assert_eq!(
        (&payment["amount"], &payment["payload"]),
        (&json!(50_000), &Value::Null)
    );
}
