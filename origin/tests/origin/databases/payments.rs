//! The store's promises about payments.

use levee_origin::{
    money::Dong,
    payment::{Received, TransactionId},
    store::{PaymentMatter, Recording},
    ticket::TicketCode,
};
use tokio::task::JoinSet;

use super::{
    home::Home,
    suite::{book, dong, now},
};

pub(super) fn payment(id: &str, amount: u64, purpose: &str) -> Received {
    Received {
        transaction: TransactionId::parse(id).expect("an id"),
        amount: dong(amount),
        purpose: purpose.to_owned(),
        paid_at: now(),
    }
}

pub(super) async fn a_payment_is_counted_once_however_often_it_is_reported(home: Home) {
    let store = std::sync::Arc::new(home.open().await);
    let code = book(&store).await;
    let purpose = format!("MBVCB.123 {} CT tu 0123", code.symbols());
    let mut reports = JoinSet::new();
    for _ in 0..20 {
        let (store, payment) = (std::sync::Arc::clone(&store), payment("t-1", 20_000, &purpose));
        reports.spawn(async move { store.record(payment, now()).await.expect("recorded") });
    }
    let recorded: Vec<_> = reports.join_all().await;
    let first = recorded.iter().filter(
        |recording| matches!(recording, Recording::Recorded { ticket: Some(ticket) } if *ticket == code),
    );
    assert_eq!(first.count(), 1, "{recorded:?}");
    store
        .record(payment("t-2", 30_000, &purpose), now())
        .await
        .expect("the rest");
    let place = store.find(code).await.expect("an answer").expect("the ticket");
    assert_eq!(place.ticket.paid, dong(50_000));
    assert_eq!(store.open_payments(10).await.expect("an answer"), []);
}

pub(super) async fn a_purpose_is_kept_whatever_characters_it_has(home: Home) {
    let store = home.open().await;
    let code = book(&store).await;
    let purpose = format!(
        "\0 đồng \u{10ffff}'; DROP TABLE payment; -- {} \0",
        code.symbols()
    );
    let record = async || store.record(payment("t-1", 50_000, &purpose), now()).await;
    assert_eq!(
        record().await.expect("recorded"),
        Recording::Recorded {
            ticket: Some(code.clone())
        }
    );
    assert_eq!(record().await.expect("recorded"), Recording::Repeated);
    let place = store.find(code).await.expect("an answer").expect("the ticket");
    assert_eq!(place.ticket.paid, dong(50_000));
}

pub(super) async fn a_payment_that_contradicts_an_earlier_one_is_kept_and_not_counted(home: Home) {
    let store = home.open().await;
    let code = book(&store).await;
    let record = async |amount| {
        store
            .record(payment("t-1", amount, &code.symbols()), now())
            .await
            .expect("recorded")
    };
    record(50_000).await;
    assert_eq!(record(10_000).await, Recording::Contradicted);
    assert_eq!(record(10_000).await, Recording::Contradicted);
    assert_eq!(record(50_000).await, Recording::Repeated);
    let place = store
        .find(code.clone())
        .await
        .expect("an answer")
        .expect("the ticket");
    assert_eq!(place.ticket.paid, dong(50_000));
    let open = store.open_payments(10).await.expect("an answer");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].matter, PaymentMatter::Contradiction);
    assert_eq!(open[0].payment.amount, dong(10_000));
}

pub(super) async fn payments_that_somebody_must_look_at_are_told(home: Home) {
    let store = home.open().await;
    let (paid, cancelled) = (book(&store).await, book(&store).await);
    store.cancel(cancelled.clone(), now()).await.expect("cancelled");
    let nobodys = TicketCode::random();
    for (id, amount, purpose) in [
        ("exact", 50_000, paid.symbols()),
        ("more", 1, paid.to_string()),
        ("cancelled", 50_000, cancelled.symbols()),
        ("nobody", 50_000, nobodys.symbols()),
        ("nothing", 50_000, "thank you".to_owned()),
    ] {
        store
            .record(payment(id, amount, &purpose), now())
            .await
            .expect("recorded");
    }
    let open = store.open_payments(10).await.expect("an answer");
    let mut matters: Vec<_> = open
        .iter()
        .map(|open| (open.payment.transaction.as_str(), open.matter))
        .collect();
    matters.sort_unstable_by_key(|(id, _)| *id);
    assert_eq!(
        matters,
        [
            ("cancelled", PaymentMatter::Cancelled),
            ("more", PaymentMatter::TooMuch),
            ("nobody", PaymentMatter::NoTicket),
            ("nothing", PaymentMatter::NoTicket),
        ]
    );
    assert_eq!(store.open_payments(2).await.expect("an answer").len(), 2);
    store
        .record(payment("most", Dong::MAX.get(), &paid.symbols()), now())
        .await
        .expect("recorded");
    let place = store.find(paid).await.expect("an answer").expect("the ticket");
    assert_eq!(place.ticket.paid, Dong::MAX, "more than an amount can be");
}

pub(super) async fn a_payment_finds_its_ticket_however_a_bank_writes_its_purpose(home: Home) {
    let store = home.open().await;
    let code = book(&store).await;
    let symbols = code.symbols();
    let purposes = [
        symbols.clone(),
        symbols.to_lowercase(),
        code.to_string(),
        // A reference of sixteen symbols stands before it.
        format!("FT26326ABCDEFGHJ {symbols}"),
        format!("MBVCB.6234567.{symbols}.CT tu 0123456789 toi BENH VIEN"),
        format!("QR{symbols}CHUYENTIEN"),
        format!("{symbols}-CHUYEN TIEN"),
    ];
    for (nth, purpose) in purposes.iter().enumerate() {
        let recording = store
            .record(payment(&format!("t-{nth}"), 1, purpose), now())
            .await
            .expect("recorded");
        assert_eq!(
            recording,
            Recording::Recorded {
                ticket: Some(code.clone())
            },
            "{purpose}"
        );
    }
    for purpose in ["", "thank you", &symbols[1..], &"ABCD".repeat(128)] {
        let id = format!("none-{}", purpose.len());
        let recording = store
            .record(payment(&id, 1, purpose), now())
            .await
            .expect("recorded");
        assert_eq!(recording, Recording::Recorded { ticket: None }, "{purpose}");
    }
}
