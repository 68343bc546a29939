//! What the holder of a ticket sees and can do.

use crate::{
    desk::DeskToken,
    support::{App, FORM, TODAY, between},
};

#[tokio::test]
async fn a_ticket_says_how_many_are_ahead_who_is_served_and_when_to_come() {
    let token = DeskToken::new();
    let app = App::start_with(&["--minutes-per-patient=10", token.option()]).await;
    let client = app.client();
    for _ in 0..3 {
        client.book_by_page("cardiology", TODAY).await.unwrap();
    }
    let mine = client.book_by_page("cardiology", TODAY).await.unwrap();
    let path = format!("/ticket/{}?lang=en", mine.code);
    let page = app.get(&path).await;
    let progress = between(&page.body, r#"id="progress""#, "</dl>");
    assert!(progress.contains("<dd>nobody yet</dd>"), "{progress}");
    assert!(
        progress.contains("<dd>3</dd>") && progress.contains("<dd>07:30</dd>"),
        "{progress}"
    );

    let cookie = token.sign_in(&app).await;
    token.call_next(&app, &cookie, "cardiology").await;
    let page = app.get(&path).await;
    let progress = between(&page.body, r#"id="progress""#, "</dl>");
    assert!(
        progress.contains("<dd>1</dd>") && progress.contains("<dd>2</dd>"),
        "{progress}"
    );
    for _ in 0..3 {
        token.call_next(&app, &cookie, "cardiology").await;
    }
    let page = app.get(&path).await;
    assert!(
        page.body.contains("please come in now") && !page.body.contains("/cancel"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_ticket_is_cancelled_once_and_stays_cancelled() {
    let app = App::start().await;
    let issued = app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let path = format!("/ticket/{}/cancel?lang=en", issued.code);
    let question = app.get(&path).await;
    assert_eq!(question.status, 200);
    assert_eq!(between(&question.body, r#"method="post" action=""#, "\""), path);
    assert!(
        app.get(&format!("/ticket/{}", issued.code))
            .await
            .body
            .contains("/cancel")
    );
    for _ in 0..2 {
        let cancelled = app.post(&path, FORM, "").await;
        assert_eq!(cancelled.status, 303);
        let ticket = app.get(cancelled.header("location")).await;
        assert!(
            ticket.body.contains("This ticket is cancelled"),
            "{}",
            ticket.body
        );
        assert!(!ticket.body.contains("/cancel?"));
    }
    assert_eq!(
        app.get(&path).await.status,
        303,
        "nothing is asked of a cancelled ticket"
    );
    let next = app.client().book_by_page("cardiology", TODAY).await.unwrap();
    assert_eq!(next.number, 2, "the number is not given out again");
}

#[tokio::test]
async fn a_number_that_was_called_cannot_be_cancelled_and_it_is_said_why() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let issued = app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let cookie = token.sign_in(&app).await;
    token.call_next(&app, &cookie, "cardiology").await;
    let refused = app
        .post(&format!("/ticket/{}/cancel?lang=en", issued.code), FORM, "")
        .await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("can no longer be cancelled online"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn tickets_that_do_not_exist_cannot_be_cancelled_or_watched() {
    let app = App::start().await;
    for code in ["0000-0000-0000-0000", "x", "%00", "%ff%fe"] {
        for path in ["/cancel", "/events", ""] {
            assert_eq!(
                app.get(&format!("/ticket/{code}{path}")).await.status,
                404,
                "{code}{path}"
            );
        }
        assert_eq!(
            app.post(&format!("/ticket/{code}/cancel"), FORM, "").await.status,
            404
        );
    }
}

#[tokio::test]
async fn a_ticket_is_found_by_its_code_and_by_telephone_number_with_the_short_code() {
    let app = App::start().await;
    let booked = app
        .post_form(&format!(
            "department=cardiology&day={TODAY}&phone=%2B84 912 345 678"
        ))
        .await;
    let path = booked.header("location").to_owned();
    let code = between(&path, "/ticket/", "?");
    let found = app
        .get(&format!("/ticket?code={}&lang=vi", code.to_lowercase()))
        .await;
    assert_eq!(
        (found.status.as_u16(), found.header("location")),
        (303, path.as_str())
    );

    let short = &code[..9];
    let ticket = app.get(&path).await;
    assert!(
        ticket
            .body
            .contains(&format!(r#"<dd class="code short">{short}</dd>"#))
    );
    let search = async |phone: &str, short: &str| {
        app.post(
            "/ticket?lang=en",
            FORM,
            format!("phone={phone}&short_code={short}"),
        )
        .await
    };
    let found = search("0912.345.678", &short.to_lowercase()).await;
    assert_eq!(
        (found.status.as_u16(), found.header("location")),
        (303, format!("/ticket/{code}?lang=en").as_str())
    );

    let wrong_phone = search("0912345679", short).await;
    let wrong_code = search("0912345678", "0000-0000").await;
    for missed in [
        &wrong_phone,
        &wrong_code,
        &search("", "").await,
        &search("<script>", "%00").await,
    ] {
        assert_eq!(missed.status, 404);
        assert!(missed.body.contains("Please check both"), "{}", missed.body);
        assert!(!missed.body.contains("<script>") && !missed.body.contains(code));
    }
    assert!(
        wrong_phone.body.contains(r#"value="0912345679""#),
        "what was typed can be corrected"
    );
    let page = app.get("/ticket?lang=en").await;
    assert!(page.status == 200 && !page.body.contains(r#"role="alert""#));
    let by_code = app.get("/ticket?code=0000-0000-0000-0000&lang=en").await;
    assert!(by_code.status == 404 && by_code.body.contains("No ticket has this code"));
}

#[tokio::test]
async fn a_fee_is_shown_with_how_to_pay_it_and_no_fee_is_not_mentioned() {
    let free = App::start().await;
    let issued = free.client().book_by_page("cardiology", TODAY).await.unwrap();
    let page = free.get(&format!("/ticket/{}?lang=en", issued.code)).await;
    assert!(!page.body.contains("Fee"), "{}", page.body);

    let app = App::start_with(&["--fee=150000", "--pay-to=970436:0123456789"]).await;
    let issued = app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let path = format!("/ticket/{}", issued.code);
    let page = app.get(&format!("{path}?lang=en")).await;
    let payment = between(&page.body, r#"id="payment""#, "</section>");
    for shown in [
        "Fee: 150,000 VND",
        "Not paid yet",
        "Vietcombank (970436)",
        "0123456789",
        "BENH VIEN DA KHOA BEN DE",
    ] {
        assert!(payment.contains(shown), "{shown} in {payment}");
    }
    assert!(
        payment.contains(&issued.code.replace('-', "")),
        "the purpose names the ticket"
    );
    assert!(payment.contains(&format!(r#"href="{path}/payment.png""#)));
    assert!(app.get(&path).await.body.contains("150.000 đồng"));
}

#[tokio::test]
async fn the_tickets_qr_code_leads_to_its_page_when_that_is_known() {
    let plain = App::start().await;
    let issued = plain.client().book_by_page("cardiology", TODAY).await.unwrap();
    let plain_page = plain.get(&format!("/ticket/{}", issued.code)).await;
    let linked = App::start_with(&["--public-url=https://booking.hospital.example/"]).await;
    let issued = linked.client().book_by_page("cardiology", TODAY).await.unwrap();
    let linked_page = linked.get(&format!("/ticket/{}", issued.code)).await;
    let side = |page: &str| -> u32 {
        between(page, "aria-label=\"Mã QR của phiếu\" viewBox=\"0 -.5 ", " ")
            .parse()
            .unwrap()
    };
    // Nineteen symbols fit into version 1 or 2, with the address in front it takes more.
    assert!(side(&plain_page.body) <= 33, "{}", side(&plain_page.body));
    assert!(side(&linked_page.body) > 33, "{}", side(&linked_page.body));
}
