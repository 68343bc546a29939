//! What nobody should send is refused clearly, with a status from 400 to 499, and books nothing.

use http::{Request, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Answer, App, FORM, JSON, LAST_DAY, TODAY, numbers_in};

const SCRIPT: &str = "<script>alert(1)</script>";
const SCRIPT_IN_FORM: &str = "%3Cscript%3Ealert(1)%3C%2Fscript%3E\"'%3E%3Cimg";

fn assert_harmless(answer: &Answer) {
    assert!(
        !answer.body.contains("<script") && !answer.body.contains("<img"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn html_in_every_field_of_the_form_is_refused_and_shown_escaped() {
    let app = App::start().await;
    let right = [
        ("department", "cardiology"),
        ("day", TODAY),
        ("phone", "0912345678"),
        ("birth_year", "1990"),
    ];
    for (field, _) in right {
        let fields = right
            .map(|(name, value)| format!("{name}={}", if name == field { SCRIPT_IN_FORM } else { value }));
        let answer = app.post_form(&fields.join("&")).await;
        assert_eq!(answer.status, 422, "{field}");
        assert_harmless(&answer);
        assert!(
            answer.body.contains(&format!("href=\"#{field}\"")),
            "{field} is named"
        );
    }
    let answer = app
        .get(&format!("/ticket?code={SCRIPT_IN_FORM}&lang={SCRIPT_IN_FORM}").replace('"', ""))
        .await;
    assert_eq!(answer.status, 404);
    assert_harmless(&answer);
    assert!(numbers_in(&app.database()).is_empty());
}

#[tokio::test]
async fn a_hospitals_name_is_escaped_too() {
    let app = App::start_named("A & B <img src=x>").await;
    let page = app.get("/").await;
    assert_harmless(&page);
    assert!(
        page.body.contains("A &#38; B &#60;img src=x&#62;"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn every_wrong_field_of_a_json_booking_is_named_at_once() {
    let app = App::start().await;
    let answer = app
        .post_json(&format!(
            r#"{{"department":"{SCRIPT}","day":"{SCRIPT}","phone":"{SCRIPT}","birth_year":-9223372036854775808}}"#
        ))
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["type"], "urn:levee-origin:problem:invalid-booking");
    assert_eq!(problem["status"], 422);
    let fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["field"])
        .collect();
    assert_eq!(fields, ["department", "day", "phone", "birth_year"]);
}

#[tokio::test]
async fn only_the_days_on_offer_can_be_booked() {
    let app = App::start().await;
    for day in [
        "",
        "today",
        "2026-03-02",
        "2026-03-10",
        "2026-3-3",
        "20260303",
        "2026-02-30",
        "9999-12-31",
        "-2026-03-03",
        "2026-03-03T00:00:00",
        " 2026-03-03",
        "２０２６-03-03",
    ] {
        let answer = app
            .post_json(&format!(r#"{{"department":"cardiology","day":"{day}"}}"#))
            .await;
        assert_eq!(answer.status, 422, "{day}");
        assert_eq!(
            app.post_form(&format!("department=cardiology&day={day}"))
                .await
                .status,
            422,
            "{day}"
        );
    }
    for day in [TODAY, LAST_DAY] {
        app.client().book_by_page("cardiology", day).await.unwrap();
    }
}

#[tokio::test]
async fn telephone_numbers_and_years_of_birth_are_checked() {
    let app = App::start().await;
    let send = async |field: &str, value: &str| {
        let value = value.replace('+', "%2B");
        app.post_form(&format!("department=cardiology&day={TODAY}&{field}={value}"))
            .await
            .status
    };
    for phone in [
        "",
        "0912345678",
        "+84 912 345 678",
        "(024) 3869.3731",
        "  0912-345-678 ",
    ] {
        assert_eq!(send("phone", phone).await, 303, "{phone}");
    }
    for phone in [
        "12345678",
        "1234567890123456",
        "0912345678x",
        "++84912345678",
        "٠٩١٢٣٤٥٦٧٨",
        "0912345678%00",
    ] {
        assert_eq!(send("phone", phone).await, 422, "{phone}");
    }
    for year in ["", "1900", "2026", " 1958 "] {
        assert_eq!(send("birth_year", year).await, 303, "{year}");
    }
    for year in [
        "1899",
        "2027",
        "58",
        "-1990",
        "1990.5",
        "99999999999999999999",
        "NaN",
    ] {
        assert_eq!(send("birth_year", year).await, 422, "{year}");
    }
}

#[tokio::test]
async fn a_form_that_is_no_text_or_not_complete_is_refused() {
    let app = App::start().await;
    for body in [
        b"department=\xff\xfe&day=\xc0\x80".as_slice(),
        b"department=%ff%fe&day=2026-03-03",
        b"\0\0\0\0",
        b"",
        b"&&&==&=",
        b"department=cardiology",
        b"department=cardiology&department=paediatrics&day=2026-03-03",
    ] {
        let answer = app.post("/book", FORM, body).await;
        assert!(answer.status.is_client_error(), "{}: {body:?}", answer.status);
        assert!(answer.header("content-type").starts_with("text/html"));
    }
    assert!(numbers_in(&app.database()).is_empty());
}

#[tokio::test]
async fn json_that_is_none_or_of_another_shape_is_refused() {
    let app = App::start().await;
    let deep = "[".repeat(10_000);
    for body in [
        b"".as_slice(),
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        br#"{"department":"cardiology"}"#,
        br#"{"department":"cardiology","day":20260303}"#,
        br#"{"department":"cardiology","day":"2026-03-03","birth_year":"1990"}"#,
        br#"{"department":"cardiology","day":"2026-03-03","birth_year":1e400}"#,
        br#"{"department":"cardiology","day":"2026-03-03","number":1}"#,
        br#"{"department":"cardiology","day":"2026-03-03","day":"2026-03-04"}"#,
        deep.as_bytes(),
    ] {
        let answer = app.post("/api/tickets", JSON, body.to_vec()).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["type"], "urn:levee-origin:problem:malformed");
    }
    assert!(numbers_in(&app.database()).is_empty());
}

#[tokio::test]
async fn a_body_of_the_wrong_type_is_refused() {
    let app = App::start().await;
    let form = format!("department=cardiology&day={TODAY}");
    for kind in ["text/plain", JSON, "multipart/form-data; boundary=x", ""] {
        assert_eq!(app.post("/book", kind, form.clone()).await.status, 415, "{kind}");
    }
    let json = format!(r#"{{"department":"cardiology","day":"{TODAY}"}}"#);
    for kind in ["text/plain", FORM, ""] {
        let answer = app.post("/api/tickets", kind, json.clone()).await;
        assert_eq!(answer.status, 415, "{kind}");
        assert_eq!(answer.json()["status"], 415);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let app = App::start().await;
    for (path, kind) in [("/book", FORM), ("/api/tickets", JSON)] {
        let at_limit = app.post(path, kind, vec![b' '; 16 * 1024]).await;
        assert!(
            at_limit.status == 400 || at_limit.status == 422,
            "{}",
            at_limit.status
        );
        let over = send_large(&app, path, kind, 1024 * 1024).await;
        assert!(over.starts_with("HTTP/1.1 413 "), "{over}");
    }
}

/// Sends a large body whether or not the server reads it all, and reads what comes back.
async fn send_large(app: &App, path: &str, kind: &str, length: usize) -> String {
    let (mut from_server, mut to_server) = TcpStream::connect(app.address()).await.unwrap().into_split();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    let sending = tokio::spawn(async move {
        to_server.write_all(head.as_bytes()).await.unwrap();
        // The server may close as soon as it knows enough.
        let _ = to_server.write_all(&vec![b'x'; length]).await;
    });
    let mut answer = [0; 512];
    let read = from_server.read(&mut answer).await.unwrap();
    sending.await.unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[tokio::test]
async fn what_is_typed_comes_back_cut_to_what_the_field_takes() {
    let app = App::start().await;
    let long = "%26".repeat(5000);
    let answer = app.post_form(&format!("department={long}")).await;
    assert_eq!(answer.status, 422);
    let answer = app.post_form(&format!("day={TODAY}&phone={long}")).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.len() < 20_000, "{}", answer.body.len());
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_as_page_or_problem() {
    let app = App::start().await;
    let page = app.get("/wp-login.php").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
    );
    let problem = app.get("/api/nothing").await;
    assert_eq!(
        (problem.status, problem.header("content-type")),
        (StatusCode::NOT_FOUND, "application/problem+json")
    );
    for (path, allow) in [
        ("/", "GET,HEAD"),
        ("/api/tickets", "POST"),
        ("/ticket/x", "GET,HEAD"),
    ] {
        let answer = app.client().send(Request::delete(path), "").await.unwrap();
        assert_eq!(
            (answer.status, answer.header("allow")),
            (StatusCode::METHOD_NOT_ALLOWED, allow),
            "{path}"
        );
        assert!(!answer.body.is_empty());
    }
}

#[tokio::test]
async fn headers_that_are_no_text_do_no_harm() {
    let app = App::start().await;
    for name in ["accept-language", "user-agent", "cookie", "x-forwarded-for"] {
        let request = Request::get("/").header(name, b"\xff\xfe;q=\x80".as_slice());
        assert_eq!(
            app.client().send(request, "").await.unwrap().status,
            200,
            "{name}"
        );
    }
    let request = Request::post("/api/tickets").header("content-type", JSON).header(
        "idempotency-key",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff".as_slice(),
    );
    let body = format!(r#"{{"department":"cardiology","day":"{TODAY}"}}"#);
    assert_eq!(app.client().send(request, body).await.unwrap().status, 400);
}
