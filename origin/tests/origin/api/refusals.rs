//! Whatever is refused is refused as a problem that a program can read.

use http::{Method, Request};

use crate::support::{App, JSON, TODAY, numbers_in};

/// A booking that would be taken.
fn booking() -> String {
    format!(r#"{{"department":"cardiology","day":"{TODAY}"}}"#)
}

#[tokio::test]
async fn every_refusal_is_a_problem_with_its_own_type() {
    let app = App::start().await;
    let valid = booking();
    let large = format!(r#"{{"department":"{}"}}"#, "x".repeat(16 * 1024));
    let wrong_day = valid.replace(TODAY, "2026-02-30");
    let cases: [(Method, &str, &str, &str, u16, &str); 12] = [
        (Method::GET, "/api/", JSON, "", 404, "not-found"),
        (Method::GET, "/api/tickets/", JSON, "", 404, "not-found"),
        (Method::GET, "/api/tickets/1", JSON, "", 404, "ticket-not-found"),
        (
            Method::POST,
            "/api/tickets/1/cancel",
            JSON,
            "",
            404,
            "ticket-not-found",
        ),
        (
            Method::GET,
            "/api/tickets/1/payment",
            JSON,
            "",
            404,
            "ticket-not-found",
        ),
        (
            Method::GET,
            "/api/tickets/look-up",
            JSON,
            "",
            405,
            "method-not-allowed",
        ),
        (
            Method::POST,
            "/api/tickets",
            "text/plain",
            &valid,
            415,
            "unsupported-media-type",
        ),
        (Method::POST, "/api/tickets", JSON, &large, 413, "too-large"),
        (
            Method::POST,
            "/api/tickets",
            JSON,
            &wrong_day,
            422,
            "invalid-booking",
        ),
        (Method::POST, "/api/tickets/look-up", JSON, "[]", 400, "malformed"),
        (
            Method::GET,
            "/api/places?department=dentist&day=today",
            JSON,
            "",
            422,
            "invalid-question",
        ),
        (
            Method::GET,
            "/api/places?day=2026-03-03&day=2026-03-04",
            JSON,
            "",
            400,
            "malformed",
        ),
    ];
    for (method, path, kind, body, status, problem) in cases {
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .header("content-type", kind);
        let request = request.header("accept-language", "en");
        let answer = app.client().send(request, body.to_owned()).await.unwrap();
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        let told = answer.json();
        assert_eq!(
            told["type"],
            format!("urn:levee-origin:problem:{problem}"),
            "{path}"
        );
        assert_eq!(told["status"], status, "{path}");
        assert!(!told["title"].as_str().unwrap().is_empty() && !told["detail"].as_str().unwrap().is_empty());
    }
    assert!(numbers_in(&app.database()).is_empty());
}

#[tokio::test]
async fn a_client_that_does_not_read_json_is_refused_before_anything_is_booked() {
    let app = App::start().await;
    let send = async |accept: &str| {
        let request = Request::post("/api/tickets")
            .header("content-type", JSON)
            .header("accept", accept);
        app.client().send(request, booking()).await.unwrap()
    };
    for accept in [
        "text/html",
        "application/xml, text/*",
        "application/json;q=0, */*",
        "image/*;q=0.5",
    ] {
        let answer = send(accept).await;
        assert_eq!(answer.status, 406, "{accept}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["type"], "urn:levee-origin:problem:not-acceptable");
    }
    assert!(numbers_in(&app.database()).is_empty());
    for accept in [
        "*/*",
        "application/*",
        "APPLICATION/JSON",
        "text/html, application/json;q=0.1",
        "application/problem+json",
        "text/html;level=1, */*;q=0.2",
        "",
        ",",
        "nonsense",
        "text/html;q=high",
    ] {
        assert_eq!(send(accept).await.status, 201, "{accept}");
    }
}

#[tokio::test]
async fn json_that_another_reader_might_understand_differently_is_refused() {
    let app = App::start().await;
    for body in [
        r#"["cardiology","DAY",null,null,null]"#,
        r#"{"department":"cardiology","department":"paediatrics","day":"DAY"}"#,
        r#"{"department":"cardiology","day":"DAY","phone":"\ud800"}"#,
        r#"{"department":"cardiology","day":"DAY","birth_year":1990.5}"#,
        r#"{"department":"cardiology","day":"DAY","birth_year":true}"#,
        r#"{"department":"cardiology","day":"DAY","birth_year":"1990"}"#,
        r#"{"department":"cardiology","day":"DAY","birth_year":1e999}"#,
        r#"{"department":{"slug":"cardiology"},"day":"DAY"}"#,
        r#"{"department":null,"day":"DAY"}"#,
        r#"{"department":"cardiology","day":"DAY","session":""}"#,
        r#"{"department":"cardiology","day":"DAY"} {}"#,
        "\u{feff}{\"department\":\"cardiology\",\"day\":\"DAY\"}",
        r#"{'department':'cardiology','day':'DAY'}"#,
        r#"{"department":"cardiology","day":"DAY",}"#,
        r#"{"department":"cardiology","day":"DAY","birth_year":NaN}"#,
    ] {
        let answer = app.post_json(&body.replace("DAY", TODAY)).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(
            answer.json()["type"],
            "urn:levee-origin:problem:malformed",
            "{body}"
        );
    }
    for (body, field) in [
        (r#"{"department":"cardiology\u0000","day":"DAY"}"#, "department"),
        (
            r#"{"department":"cardiology","day":"DAY","phone":"0912345678\u0000"}"#,
            "phone",
        ),
        (
            r#"{"department":"cardiology","day":"DAY","session":"night"}"#,
            "session",
        ),
        (
            r#"{"department":"cardiology","day":"DAY","birth_year":1e15}"#,
            "birth_year",
        ),
        (
            r#"{"department":"cardiology","day":"DAY","birth_year":-0.0}"#,
            "birth_year",
        ),
    ] {
        let answer = app.post_json(&body.replace("DAY", TODAY)).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
    assert!(numbers_in(&app.database()).is_empty());
}

#[tokio::test]
async fn a_number_is_read_however_json_may_write_it() {
    let app = App::start().await;
    for year in ["1958", "1958.0", "1.958e3", "null"] {
        let body = format!(r#"{{"department":"cardiology","day":"{TODAY}","birth_year":{year}}}"#);
        assert_eq!(app.post_json(&body).await.status, 201, "{year}");
    }
}

#[tokio::test]
async fn a_body_whose_type_is_said_twice_is_of_no_type() {
    let app = App::start().await;
    let request = Request::post("/api/tickets")
        .header("content-type", "text/plain")
        .header("content-type", JSON);
    assert_eq!(app.client().send(request, booking()).await.unwrap().status, 415);
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.hospital+json",
    ] {
        assert_eq!(
            app.post("/api/tickets", kind, booking()).await.status,
            201,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let app = App::start().await;
    for (path, status) in [
        ("/api/departments", 200),
        ("/api/tickets/1", 404),
        ("/api/openapi.json", 200),
    ] {
        let answer = app.client().send(Request::head(path), "").await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (status, ""),
            "{path}"
        );
        assert_eq!(
            answer.header("content-type"),
            app.get(path).await.header("content-type"),
            "{path}"
        );
    }
}
