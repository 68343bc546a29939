//! What the payment provider calls, and what its call-backs change.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, StatusCode};
use jiff::Timestamp;
use levee_origin::{
    config::Database,
    money::Dong,
    store::{PaymentMatter, Store},
    ticket::TicketCode,
};
use rusqlite::Connection;
use sha2::Sha256;

use crate::support::{Answer, App, JSON, NOW, TODAY};

pub(crate) const SECRET: &[u8] = b"what only the provider and the hospital know";

/// The app with a fee of 50.000 dong, and the provider that may call it back.
struct Paid {
    app: App,
    _key_file: tempfile::NamedTempFile,
}

impl Paid {
    async fn start() -> Self {
        let key_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            key_file.path(),
            format!("whsec_{}\n", BASE64_STANDARD.encode(SECRET)),
        )
        .unwrap();
        let options = [
            "--fee",
            "50000",
            "--pay-to",
            "970436:0123456789",
            "--payment-key-file",
            key_file.path().to_str().unwrap(),
        ];
        Self {
            app: App::start_with(&options).await,
            _key_file: key_file,
        }
    }

    /// Sends a body as the provider would.
    async fn call_back(&self, body: impl AsRef<[u8]>) -> Answer {
        let timestamp = NOW.parse::<Timestamp>().unwrap().as_second().to_string();
        let signature = sign("msg_1", &timestamp, body.as_ref());
        let headers = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &signature),
        ];
        self.call_back_with(&headers, body).await
    }

    async fn call_back_with(&self, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
        let mut request = Request::post("/payment/callback").header("content-type", JSON);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app
            .client()
            .send(request, body.as_ref().to_vec())
            .await
            .unwrap()
    }

    /// The same database, seen by somebody else.
    async fn store(&self) -> Store {
        Store::open(&Database::Sqlite(self.app.database())).await.unwrap()
    }

    async fn paid(&self, code: &str) -> u64 {
        let code = TicketCode::parse(code).unwrap();
        let place = self.store().await.find(code).await.unwrap().unwrap();
        place.ticket.paid.get()
    }

    /// Why somebody has to look at payments, and how much they are.
    async fn matters(&self) -> Vec<(PaymentMatter, Dong)> {
        let open = self.store().await.open_payments(100).await.unwrap();
        open.iter()
            .map(|open| (open.matter, open.payment.amount))
            .collect()
    }
}

pub(crate) fn sign(id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

fn payment(transaction: &str, amount: u64, purpose: &str) -> String {
    format!(
        r#"{{"transaction":"{transaction}","amount":{amount},"purpose":"{purpose}","paid_at":"2026-03-02T17:29:00Z","bank":"VCB","fee":1.5}}"#
    )
}

#[tokio::test]
async fn a_signed_payment_is_counted_for_the_ticket_that_its_purpose_names() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    let symbols = code.replace('-', "");
    let answer = paid
        .call_back(payment(
            "T1",
            20_000,
            &format!("MBVCB.123.{symbols}.CT tu NGUYEN VAN A"),
        ))
        .await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(paid.paid(&code).await, 20_000);
    assert_eq!(paid.call_back(payment("T2", 30_000, &symbols)).await.status, 204);
    assert_eq!(paid.paid(&code).await, 50_000);
    assert_eq!(paid.matters().await, []);
}

#[tokio::test]
async fn a_bank_reference_that_looks_like_a_code_does_not_hide_the_ticket() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    let purpose = format!("FT26061123456789 {}", code.replace('-', ""));
    assert_eq!(paid.call_back(payment("T1", 50_000, &purpose)).await.status, 204);
    assert_eq!(paid.paid(&code).await, 50_000);
}

#[tokio::test]
async fn a_call_back_that_is_sent_again_is_counted_once() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    for _ in 0..3 {
        assert_eq!(paid.call_back(payment("T1", 50_000, &code)).await.status, 204);
    }
    assert_eq!(paid.paid(&code).await, 50_000);
    assert_eq!(paid.matters().await, []);
}

#[tokio::test]
async fn what_nobody_can_count_is_kept_for_the_desk_and_not_asked_for_again() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    for body in [
        payment("T1", 50_000, &code),
        payment("T1", 49_999, &code),
        payment("T2", 7, "thanks for the coffee"),
        payment("T3", 8, ""),
        r#"{"transaction":"T4","amount":9,"paid_at":"2026-03-02T17:29:00+07:00"}"#.to_owned(),
        r#"{"transaction":"T5","amount":10,"purpose":"\u0000\ud83d\ude00","paid_at":"2026-03-02T17:29:00Z"}"#
            .to_owned(),
        payment("T6", 11, &"x ".repeat(5_000)),
    ] {
        assert_eq!(paid.call_back(&body).await.status, 204, "{body}");
    }
    assert_eq!(paid.paid(&code).await, 50_000);
    let mut matters = paid.matters().await;
    matters.sort_by_key(|(_, amount)| *amount);
    let no_ticket = |amount| (PaymentMatter::NoTicket, Dong::new(amount).unwrap());
    assert_eq!(
        matters,
        [
            no_ticket(7),
            no_ticket(8),
            no_ticket(9),
            no_ticket(10),
            no_ticket(11),
            (PaymentMatter::Contradiction, Dong::new(49_999).unwrap()),
        ]
    );
}

#[tokio::test]
async fn call_backs_of_anybody_else_are_refused_without_saying_why() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    let body = payment("T1", 50_000, &code);
    let now = NOW.parse::<Timestamp>().unwrap().as_second();
    let (timestamp, old) = (now.to_string(), (now - 301).to_string());
    let (signature, signed_old) = (
        sign("msg_1", &timestamp, body.as_bytes()),
        sign("msg_1", &old, body.as_bytes()),
    );
    let of_another_body = sign("msg_1", &timestamp, payment("T1", 1, &code).as_bytes());
    let huge = "v1,AAAA ".repeat(4_000);
    let mut answers = Vec::new();
    for headers in [
        vec![],
        vec![("webhook-id", "msg_1"), ("webhook-timestamp", timestamp.as_str())],
        vec![
            ("webhook-id", "msg_2"),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &signature),
        ],
        vec![
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", &old),
            ("webhook-signature", &signed_old),
        ],
        vec![
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &of_another_body),
        ],
        vec![
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &huge),
        ],
        vec![
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "soon"),
            ("webhook-signature", &signature),
        ],
    ] {
        let answer = paid.call_back_with(&headers, &body).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("www-authenticate"), "StandardWebhooks");
        answers.push(answer.body);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(paid.paid(&code).await, 0);
    assert_eq!(paid.matters().await, []);
}

#[tokio::test]
async fn a_signed_body_that_is_no_payment_is_refused_and_nothing_recorded() {
    let paid = Paid::start().await;
    for body in [
        "",
        "null",
        "[]",
        "{",
        "{}",
        r#"{"transaction":"T1","amount":50000,"purpose":"x"}"#,
        r#"{"transaction":"T1","amount":50000,"purpose":"x","paid_at":"yesterday"}"#,
        r#"{"transaction":"T1","amount":50000,"purpose":"x","paid_at":"2026-03-02T17:29:00"}"#,
        r#"{"transaction":"T1","amount":50000,"purpose":"x","paid_at":1772472540}"#,
        r#"{"transaction":"T1","amount":50000,"purpose":["x"],"paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"","amount":50000,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"a b","amount":50000,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":17,"amount":50000,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":50000.5,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":50000.0,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":5e4,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":"50000","purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":-50000,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":0,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":10000000000000,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":18446744073709551616,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
        r#"{"transaction":"T1","amount":1,"amount":50000,"purpose":"x","paid_at":"2026-03-02T17:29:00Z"}"#,
    ] {
        let answer = paid.call_back(body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.json()["type"], "urn:levee-origin:problem:malformed");
    }
    assert_eq!(paid.call_back(b"{\"transaction\":\"\xff\"}").await.status, 400);
    assert_eq!(paid.call_back(vec![b' '; 16 * 1024 + 1]).await.status, 413);
    assert_eq!(paid.matters().await, []);
}

#[tokio::test]
async fn while_the_database_is_locked_the_provider_is_told_to_come_again_and_nothing_is_lost() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    let other = Connection::open(paid.app.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = paid.call_back(payment("T1", 50_000, &code)).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.header("retry-after"), "2");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(paid.call_back(payment("T1", 50_000, &code)).await.status, 204);
    assert_eq!(paid.paid(&code).await, 50_000);
}

#[tokio::test]
async fn without_a_secret_there_is_nothing_to_call() {
    let app = App::start_with(&["--fee", "50000"]).await;
    assert_eq!(
        app.post("/payment/callback", JSON, payment("T1", 1, "x"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_code_of_a_payment_is_shown_until_it_is_paid() {
    let paid = Paid::start().await;
    let code = paid
        .app
        .client()
        .book_by_api("cardiology", TODAY)
        .await
        .unwrap()
        .code;
    let svg = paid.app.get(&format!("/ticket/{code}/payment.svg?lang=en")).await;
    assert_eq!(
        (svg.status.as_u16(), svg.header("content-type")),
        (200, "image/svg+xml")
    );
    assert!(
        svg.body
            .contains(r#"aria-label="VietQR code to pay 50.000 dong""#),
        "{}",
        svg.body
    );
    let before = svg.body;
    assert_eq!(paid.call_back(payment("T1", 20_000, &code)).await.status, 204);
    let svg = paid.app.get(&format!("/ticket/{code}/payment.svg?lang=en")).await;
    assert!(
        svg.body.contains("30.000 dong") && svg.body != before,
        "{}",
        svg.body
    );
    assert_eq!(paid.call_back(payment("T2", 30_000, &code)).await.status, 204);
    for picture in ["payment.svg", "payment.png"] {
        assert_eq!(
            paid.app.get(&format!("/ticket/{code}/{picture}")).await.status,
            404
        );
        assert_eq!(
            paid.app
                .get(&format!("/ticket/0000-0000-0000-0000/{picture}"))
                .await
                .status,
            404
        );
        assert_eq!(paid.app.get(&format!("/ticket/%ff/{picture}")).await.status, 404);
    }
}
