//! What a person sees.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::{
    desk::DeskToken,
    support::{Answer, App, TODAY, between},
};

const VIETNAMESE_TITLE: &str = "<h1>Lấy số thứ tự khám bệnh</h1>";
const ENGLISH_TITLE: &str = "<h1>Get an examination queue number</h1>";

fn assert_vietnamese(page: &Answer) {
    assert!(
        page.body.contains(r#"<html lang="vi">"#) && page.body.contains(VIETNAMESE_TITLE),
        "{}",
        page.body
    );
}

fn assert_english(page: &Answer) {
    assert!(
        page.body.contains(r#"<html lang="en">"#) && page.body.contains(ENGLISH_TITLE),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_page_is_vietnamese_unless_english_is_preferred() {
    let app = App::start().await;
    assert_vietnamese(&app.get("/").await);
    for accepted in [
        "vi",
        "fr",
        "vi-VN,vi;q=0.9,en;q=0.8",
        "en;q=0.1, *;q=0.5",
        "en;q=0",
        ";;,,q=",
        "en;q=2",
    ] {
        assert_vietnamese(&app.get_with("/", ("accept-language", accepted)).await);
    }
    for accepted in [
        "en",
        "EN-gb",
        "en-US,en;q=0.9,vi;q=0.8",
        "fr, en;q=0.3",
        "vi;q=0.2, en ; q=0.5",
        "en,vi",
    ] {
        assert_english(&app.get_with("/", ("accept-language", accepted)).await);
    }
}

#[tokio::test]
async fn the_language_that_was_chosen_wins_over_the_browsers_and_stays() {
    let app = App::start().await;
    assert_english(&app.get_with("/?lang=en", ("accept-language", "vi")).await);
    assert_vietnamese(&app.get_with("/?x=1&lang=vi", ("accept-language", "en")).await);
    assert_english(&app.get_with("/?lang=xx", ("accept-language", "en")).await);

    let page = app.get("/?lang=en").await;
    assert_eq!(
        between(&page.body, r#"method="post" action=""#, "\""),
        "/book?lang=en"
    );
    let booked = app
        .post(
            "/book?lang=en",
            crate::support::FORM,
            format!("department=cardiology&day={TODAY}"),
        )
        .await;
    let ticket = app.get(booked.header("location")).await;
    assert!(ticket.body.contains("Your queue number") && ticket.body.contains("Tuesday, 3 March 2026"));
    let switch = between(&ticket.body, "<nav", "</nav>");
    let vietnamese = app.get(between(switch, r#"<a href=""#, "\"")).await;
    assert!(
        vietnamese.body.contains("Số thứ tự của quý vị") && vietnamese.body.contains("Thứ Ba, 03/03/2026")
    );
}

#[tokio::test]
async fn a_refused_booking_keeps_what_was_chosen_and_says_what_to_change() {
    let app = App::start().await;
    let answer = app
        .post_form("department=cardiology&day=2026-03-04&phone=123")
        .await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(r#"value="cardiology" required checked"#));
    assert!(answer.body.contains(r#"value="2026-03-04" required checked"#));
    assert!(
        answer
            .body
            .contains(r#"value="123" aria-describedby="phone-wrong phone-hint" aria-invalid="true""#)
    );
    assert!(answer.body.contains(r#"role="alert""#) && answer.body.contains("Số điện thoại cần có"));
}

/// The scripts of a page, without its markup.
fn scripts(page: &str) -> Vec<&str> {
    page.split("<script>")
        .skip(1)
        .map(|rest| rest.split_once("</script>").unwrap().0)
        .collect()
}

#[tokio::test]
async fn every_page_is_small_whole_and_guarded_by_its_headers() {
    let token = DeskToken::new();
    let app = App::start_with(&[
        "--fee=50000",
        "--pay-to=970436:0123456789",
        "--public-url=https://booking.hospital.example",
        token.option(),
    ])
    .await;
    let issued = app.client().book_by_page("obstetrics", TODAY).await.unwrap();
    let ticket = format!("/ticket/{}", issued.code);
    let cookie = token.sign_in(&app).await;
    let mut pages = vec![app.post_form("").await];
    for language in ["vi", "en"] {
        for path in [
            "/",
            "/ticket",
            "/board",
            "/desk",
            &ticket,
            &format!("{ticket}/cancel"),
            "/nothing",
        ] {
            pages.push(app.get(&format!("{path}?lang={language}")).await);
        }
        for path in [
            "/?department=cardiology",
            "/ticket?code=x",
            "/board?session=afternoon",
        ] {
            pages.push(app.get(&format!("{path}&lang={language}")).await);
        }
        pages.push(
            app.get_with(&format!("/desk?lang={language}"), ("cookie", &cookie))
                .await,
        );
    }
    for page in &pages {
        assert!(
            page.body.len() < 20_000,
            "{} bytes: {}",
            page.body.len(),
            page.body
        );
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        for landmark in [
            "<header>",
            "<nav aria-label=",
            "<main id=\"content\"",
            "<footer>",
            "name=\"viewport\"",
        ] {
            assert!(page.body.contains(landmark), "{landmark}");
        }
        let policy = page.header("content-security-policy");
        for script in scripts(&page.body) {
            let hash = BASE64_STANDARD.encode(Sha256::digest(script));
            assert!(
                policy.contains(&format!("script-src 'sha256-{hash}'")),
                "{policy}"
            );
        }
        assert!(
            !page.body.contains("<script ") && !page.body.contains(" style="),
            "{}",
            page.body
        );
        assert!(
            !page.body.contains("https://") && !page.body.contains("src="),
            "{}",
            page.body
        );
        assert_eq!(
            page.body.contains("<script>"),
            page.body.contains(r#"<noscript><meta http-equiv="refresh""#),
            "what keeps itself up to date does so without JavaScript, too"
        );
    }
    pages.push(app.get("/api/departments").await);
    pages.push(app.get("/api/nothing").await);
    pages.push(app.get("/healthz").await);
    for page in &pages {
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn the_address_of_the_sent_form_leads_back_to_the_form() {
    let app = App::start().await;
    let answer = app.get("/book?lang=en").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/?lang=en")
    );
}
