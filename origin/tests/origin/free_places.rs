//! Sessions that are full, and what is offered instead.

use crate::support::{App, FORM, TODAY, between};

const CARDIOLOGY_TODAY: &str = "department=cardiology&day=2026-03-03";

/// The fields that the first offer after a refusal would send.
fn first_offer(page: &str) -> String {
    let offers = between(page, r#"id="full""#, "</div>");
    let form = between(offers, "<form", "</form>");
    let fields: Vec<_> = form
        .split(r#"name=""#)
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once('"').unwrap();
            format!("{name}={}", between(rest, r#"value=""#, "\""))
        })
        .collect();
    fields.join("&")
}

#[tokio::test]
async fn somebody_whose_session_is_full_is_offered_the_nearest_and_gets_it_at_once() {
    let app = App::start_with(&["--capacity=1"]).await;
    assert_eq!(
        app.post_form(&format!("{CARDIOLOGY_TODAY}&session=morning"))
            .await
            .status,
        303
    );
    let full = app
        .post(
            "/book?lang=en",
            FORM,
            format!("{CARDIOLOGY_TODAY}&session=morning&phone=0912345678&birth_year=1990&form_token=0123456789abcdef"),
        )
        .await;
    assert_eq!(full.status, 409);
    for kept in [
        r#"value="cardiology" required checked"#,
        r#"value="2026-03-03" required checked"#,
        r#"name="session" value="morning" checked"#,
        r#"maxlength="24" value="0912345678""#,
        r#"maxlength="24" value="1990""#,
        "This session is full",
        "Tue 3 Mar, Afternoon",
    ] {
        assert!(full.body.contains(kept), "{kept} in {}", full.body);
    }
    let offer = first_offer(&full.body);
    assert!(
        offer.contains("day=2026-03-03&session=afternoon&phone=0912345678"),
        "{offer}"
    );
    let booked = app.post_form(&offer).await;
    assert_eq!(booked.status, 303);
    assert_eq!(
        app.post_form(&offer).await.header("location"),
        booked.header("location"),
        "an offer sent twice books once"
    );
}

#[tokio::test]
async fn without_a_session_the_earliest_with_a_place_is_booked_until_the_day_is_full() {
    let app = App::start_with(&["--capacity=1"]).await;
    for session in ["Morning", "Afternoon"] {
        let booked = app.post("/book?lang=en", FORM, CARDIOLOGY_TODAY).await;
        let ticket = app.get(booked.header("location")).await;
        assert!(
            ticket.body.contains(&format!("<dd>{session}, ")),
            "{}",
            ticket.body
        );
    }
    let full = app.post_form(CARDIOLOGY_TODAY).await;
    assert_eq!(full.status, 409);
    assert!(first_offer(&full.body).contains("day=2026-03-04&session=morning"));
    let other = app.post_form(&format!("department=obstetrics&day={TODAY}")).await;
    assert_eq!(other.status, 303, "another department's places are its own");
}

#[tokio::test]
async fn a_departments_places_are_shown_in_words_and_a_full_day_cannot_be_chosen() {
    let app = App::start_with(&["--capacity=1"]).await;
    for _ in 0..2 {
        assert_eq!(app.post_form(CARDIOLOGY_TODAY).await.status, 303);
    }
    let page = app.get("/?department=cardiology&lang=en").await;
    let today = between(&page.body, r#"<time datetime="2026-03-03">"#, "</tr>");
    assert_eq!(today.matches("Full").count(), 2, "{today}");
    let tomorrow = between(&page.body, r#"<time datetime="2026-03-04">"#, "</tr>");
    assert_eq!(tomorrow.matches("1 place").count(), 2, "{tomorrow}");
    assert!(page.body.contains(r#"value="2026-03-03" required disabled"#));
    assert!(page.body.contains(r#"value="2026-03-04" required checked"#));
    let switch = between(&page.body, "<nav", "</nav>");
    assert!(switch.contains("/?department=cardiology&#38;lang=vi"), "{switch}");
}

#[tokio::test]
async fn when_no_day_has_a_place_that_is_said() {
    let app = App::start_with(&["--capacity=1"]).await;
    for day in 3..=9 {
        for session in ["morning", "afternoon"] {
            let booked = app
                .post_form(&format!(
                    "department=cardiology&day=2026-03-0{day}&session={session}"
                ))
                .await;
            assert_eq!(booked.status, 303);
        }
    }
    let full = app.post("/book?lang=en", FORM, CARDIOLOGY_TODAY).await;
    assert_eq!(full.status, 409);
    assert!(full.body.contains("full on every day"), "{}", full.body);
    assert_eq!(app.get("/?department=cardiology").await.status, 200);
}

#[tokio::test]
async fn a_department_that_does_not_exist_shows_the_plain_form() {
    let app = App::start().await;
    for department in ["", "%3Cscript%3E", "Cardiology", "%ff"] {
        let page = app.get(&format!("/?department={department}")).await;
        assert_eq!(page.status, 200);
        assert!(
            !page.body.contains("<table") && !page.body.contains("<script"),
            "{department}"
        );
    }
}
