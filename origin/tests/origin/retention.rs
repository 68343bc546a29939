//! Forgetting what is personal, a while after the examination.

use clap::Parser;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use levee_origin::{
    Origin,
    booking::Phone,
    clock::Clock,
    config::{Config, Database},
    store::Store,
    ticket::TicketCode,
};

use crate::support::{App, JSON, NOW, TODAY};

/// The app on that database, so many days after [`NOW`] at the hospital; how many tickets it forgets.
async fn forgotten_after(app: &App, days: i64, options: &[&str]) -> u64 {
    let database = app.database();
    let line = ["levee-origin", "--database", database.to_str().unwrap()];
    let config = Config::parse_from(line.iter().chain(options));
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let later = NOW.parse::<Timestamp>().unwrap().to_zoned(zone) + days.days();
    let clock = Clock::stopped_at(later.timestamp()).unwrap();
    let origin = Origin::open(&config, clock).await.unwrap();
    origin.forget_expired().await.unwrap()
}

/// A ticket for [`TODAY`], booked with a telephone number.
async fn book(app: &App) -> TicketCode {
    let body =
        format!(r#"{{"department":"cardiology","day":"{TODAY}","phone":"0912345678","birth_year":1958}}"#);
    let answer = app.post("/api/tickets", JSON, body).await;
    TicketCode::parse(&answer.issued().code).unwrap()
}

/// Whether the ticket is found by its telephone number.
async fn is_known(app: &App, code: &TicketCode) -> bool {
    let store = Store::open(&Database::Sqlite(app.database())).await.unwrap();
    let phone = Phone::parse("0912345678").unwrap();
    store.look_up(phone, code.short()).await.unwrap().as_ref() == Some(code)
}

#[tokio::test]
async fn telephone_numbers_are_kept_for_seven_days_after_the_examination_and_forgotten_on_the_eighth() {
    let app = App::start().await;
    let code = book(&app).await;
    assert_eq!(forgotten_after(&app, 0, &[]).await, 0);
    assert_eq!(forgotten_after(&app, 7, &[]).await, 0);
    assert!(is_known(&app, &code).await);
    assert_eq!(forgotten_after(&app, 8, &[]).await, 1);
    assert!(!is_known(&app, &code).await);
    assert_eq!(
        forgotten_after(&app, 9, &[]).await,
        0,
        "there is nothing more to forget"
    );
    let ticket = app.get(&format!("/api/tickets/{code}")).await;
    assert_eq!(ticket.status, 200, "the ticket itself stays");
}

#[tokio::test]
async fn the_days_of_retention_can_be_chosen() {
    let app = App::start().await;
    let code = book(&app).await;
    assert_eq!(forgotten_after(&app, 30, &["--retention-days", "30"]).await, 0);
    assert_eq!(forgotten_after(&app, 0, &["--retention-days", "0"]).await, 0);
    assert!(is_known(&app, &code).await);
    assert_eq!(forgotten_after(&app, 1, &["--retention-days", "0"]).await, 1);
}

#[tokio::test]
async fn a_program_that_starts_forgets_at_once() {
    let app = App::start().await;
    let code = book(&app).await;
    // The day of the examination is long over by the computer's own clock.
    let mut command = crate::support::program(app.database());
    command.args(["--metrics-listen", "127.0.0.1:0"]);
    let mut origin = crate::support::Program::start(command).await;
    let metrics = crate::support::WebClient::new(origin.metrics_address().await);
    while !metrics
        .get("/metrics")
        .await
        .unwrap()
        .body
        .contains("levee_origin_forgotten_tickets_total 1\n")
    {}
    assert!(!is_known(&app, &code).await);
}
