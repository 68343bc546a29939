//! Numbers, tickets and repeated bookings.

use std::collections::HashSet;

use http::Request;
use tokio::task::JoinSet;

use crate::support::{
    App, JSON, LAST_DAY, Program, TODAY, WebClient, assert_consecutive, between, numbers_in, program,
};

#[tokio::test]
async fn two_hundred_bookings_at_once_get_consecutive_numbers_over_pages_and_api() {
    let app = App::start().await;
    let mut bookings = JoinSet::new();
    for index in 0..200 {
        let client = app.client();
        bookings.spawn(async move {
            if index % 2 == 0 {
                client.book_by_api("cardiology", TODAY).await.unwrap()
            } else {
                client.book_by_page("cardiology", TODAY).await.unwrap()
            }
        });
    }
    let issued = bookings.join_all().await;

    let mut told: Vec<u32> = issued.iter().map(|ticket| ticket.number).collect();
    told.sort_unstable();
    assert_eq!(told.len(), 200);
    assert_consecutive(&told);
    let codes: HashSet<&str> = issued.iter().map(|ticket| ticket.code.as_str()).collect();
    assert_eq!(codes.len(), 200);
    assert_eq!(
        numbers_in(&app.database())[&("cardiology".to_owned(), TODAY.to_owned(), "morning".to_owned())],
        told
    );
}

#[tokio::test]
async fn two_programs_on_one_database_share_its_queues() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("tickets.db");
    let roomy = || {
        let mut program = program(&database);
        program.args(["--capacity", "1000"]);
        program
    };
    let origins = [Program::start(roomy()).await, Program::start(roomy()).await];
    let offer = WebClient::new(origins[0].address())
        .get("/api/departments")
        .await
        .unwrap()
        .json();
    let day = offer["days"][0].as_str().unwrap().to_owned();

    let mut bookings = JoinSet::new();
    for index in 0..100 {
        let (client, day) = (WebClient::new(origins[index % 2].address()), day.clone());
        bookings.spawn(async move { client.book_by_api("cardiology", &day).await.unwrap().number });
    }
    let mut told = bookings.join_all().await;
    told.sort_unstable();
    assert_eq!(told.len(), 100);
    assert_consecutive(&told);
}

#[tokio::test]
async fn each_department_and_day_has_a_queue_of_its_own() {
    let app = App::start().await;
    let client = app.client();
    for (department, day, number) in [
        ("paediatrics", TODAY, 1),
        ("paediatrics", TODAY, 2),
        ("paediatrics", LAST_DAY, 1),
        ("obstetrics", TODAY, 1),
        ("paediatrics", TODAY, 3),
    ] {
        assert_eq!(client.book_by_api(department, day).await.unwrap().number, number);
    }
}

#[tokio::test]
async fn the_offer_lists_departments_and_seven_days_from_the_hospitals_today() {
    let app = App::start().await;
    let offer = app.get("/api/departments").await.json();
    let days = offer["days"].as_array().unwrap();
    assert_eq!(
        (days.len(), &days[0], &days[6]),
        (7, &TODAY.into(), &LAST_DAY.into())
    );
    let departments = offer["departments"].as_array().unwrap();
    assert_eq!(departments.len(), 6);
    assert_eq!(departments[3]["slug"], "cardiology");
    assert_eq!(departments[3]["name"]["vi"], "Tim mạch");
    assert_eq!(departments[3]["name"]["en"], "Cardiology");
}

#[tokio::test]
async fn a_ticket_is_found_again_by_its_location_and_shows_nothing_of_the_patient() {
    let app = App::start().await;
    let booked = app
        .post_json(&format!(
            r#"{{"department":"ear-nose-throat","day":"{TODAY}","phone":"0912 345 678","birth_year":1958}}"#
        ))
        .await;
    assert_eq!(booked.status, 201);
    let found = app.get(booked.header("location")).await;
    assert_eq!(found.status, 200);
    assert_eq!(found.json(), booked.json());
    let page = app.get(&format!("/ticket/{}", booked.issued().code)).await;
    for body in [&booked.body, &found.body, &page.body] {
        assert!(!body.contains("345") && !body.contains("1958"), "{body}");
    }
}

#[tokio::test]
async fn a_code_typed_from_paper_finds_its_ticket() {
    let app = App::start().await;
    let issued = app.client().book_by_api("cardiology", TODAY).await.unwrap();
    let typed = issued
        .code
        .to_lowercase()
        .replace('-', "+")
        .replace('0', "o")
        .replace('1', "l");
    let found = app.get(&format!("/ticket?lang=en&code={typed}")).await;
    assert_eq!(found.status, 303);
    assert_eq!(
        found.header("location"),
        format!("/ticket/{}?lang=en", issued.code)
    );
}

#[tokio::test]
async fn an_unknown_code_is_not_found_however_it_looks() {
    let app = App::start().await;
    app.client().book_by_api("cardiology", TODAY).await.unwrap();
    for code in [
        "0000-0000-0000-0000",
        "1",
        "cardiology-1",
        "%ff",
        "%00",
        "..%2f",
        "UUUU-UUUU-UUUU-UUUU",
        "%25",
    ] {
        assert_eq!(app.get(&format!("/ticket/{code}")).await.status, 404, "{code}");
        let answer = app.get(&format!("/api/tickets/{code}")).await;
        assert_eq!(answer.status, 404, "{code}");
        assert_eq!(answer.json()["type"], "urn:levee-origin:problem:ticket-not-found");
    }
}

#[tokio::test]
async fn a_booking_repeated_under_its_idempotency_key_gets_the_same_ticket() {
    let app = App::start().await;
    let body = format!(r#"{{"department":"cardiology","day":"{TODAY}","phone":"0912345678"}}"#);
    let mut repeats = JoinSet::new();
    for _ in 0..20 {
        let (client, body) = (app.client(), body.clone());
        repeats.spawn(async move {
            let request = Request::post("/api/tickets")
                .header("content-type", JSON)
                .header("idempotency-key", "5f0e1d0c-7a53-4a7e-9d0c-0a5d2f6f3b11");
            let answer = client.send(request, body).await.unwrap();
            assert_eq!(answer.status, 201, "{}", answer.body);
            answer.body
        });
    }
    let answers: HashSet<String> = repeats.join_all().await.into_iter().collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(
        app.client()
            .book_by_api("cardiology", TODAY)
            .await
            .unwrap()
            .number,
        2
    );
}

#[tokio::test]
async fn an_idempotency_key_names_one_booking_only() {
    let app = App::start().await;
    let send = async |day: &str, phone: &str| {
        let request = Request::post("/api/tickets")
            .header("content-type", JSON)
            .header("idempotency-key", "0123456789abcdef");
        let body = format!(r#"{{"department":"cardiology","day":"{day}"{phone}}}"#);
        app.client().send(request, body).await.unwrap()
    };
    assert_eq!(send(TODAY, "").await.status, 201);
    for other in [
        send(LAST_DAY, "").await,
        send(TODAY, r#","phone":"0912345678""#).await,
    ] {
        assert_eq!(other.status, 422);
        assert_eq!(
            other.json()["type"],
            "urn:levee-origin:problem:idempotency-key-reused"
        );
    }
}

#[tokio::test]
async fn an_idempotency_key_that_another_client_might_choose_too_is_refused() {
    let app = App::start().await;
    for key in ["1", "fifteen-symbols", "with a space in it", &"k".repeat(129)] {
        let request = Request::post("/api/tickets")
            .header("content-type", JSON)
            .header("idempotency-key", key);
        let body = format!(r#"{{"department":"cardiology","day":"{TODAY}"}}"#);
        let answer = app.client().send(request, body).await.unwrap();
        assert_eq!(answer.status, 400, "{key}");
        assert_eq!(
            answer.json()["type"],
            "urn:levee-origin:problem:invalid-idempotency-key"
        );
    }
    assert!(numbers_in(&app.database()).is_empty());
}

#[tokio::test]
async fn a_form_sent_twice_books_once_but_not_when_something_else_is_chosen() {
    let app = App::start().await;
    let page = app.get("/").await;
    let token = between(&page.body, r#"name="form_token" value=""#, "\"");
    let send = async |department: &str| {
        let answer = app
            .post_form(&format!("form_token={token}&department={department}&day={TODAY}"))
            .await;
        assert_eq!(answer.status, 303);
        answer.header("location").to_owned()
    };
    let first = send("cardiology").await;
    assert_eq!(send("cardiology").await, first);
    assert_ne!(send("paediatrics").await, first);
    let another = app.get("/").await;
    assert_ne!(
        between(&another.body, r#"name="form_token" value=""#, "\""),
        token
    );
}
