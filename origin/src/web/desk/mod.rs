//! The desk: the page on which the staff call numbers. Its routes exist only when it has a token.

mod calls;
mod sign_in;
mod signed_in;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::civil::Date;
use serde::Deserialize;

use self::{calls::Outcome, signed_in::SignedIn};
use super::{Frame, board, events, page, render};
use crate::{
    Origin, SharedOrigin,
    department::Department,
    language::Language,
    live::{Audience, Snapshot},
    messages::Messages,
    offer::DAYS_OFFERED,
    problem::Problem,
    queue::{Queue, Standing},
    session::Session,
    store::OpenPayment,
};

/// How many payments to look at are shown.
const PAYMENTS_SHOWN: u32 = 20;

/// Characters of a payment's purpose that are shown.
const PURPOSE_SHOWN: usize = 80;

pub(super) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/desk", get(desk))
        .route("/desk/events", get(desk_events))
        .route("/desk/next", post(calls::next))
        .route("/desk/call", post(calls::number))
        .route("/desk/sign-in", post(sign_in::sign_in).get(sign_in::to_desk))
        .route("/desk/sign-out", post(sign_in::sign_out))
}

/// What the desk shows, as an address or a form says it. What cannot be read is as if it were missing.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    day: String,
    session: String,
    department: String,
    #[serde(flatten)]
    outcome: Outcome,
}

/// What the desk shows.
#[derive(Clone, Copy)]
struct View {
    day: Date,
    session: Session,
    /// `None` for all.
    department: Option<Department>,
}

impl View {
    fn of(chosen: &Chosen, origin: &Origin) -> Self {
        Self {
            day: chosen.day.parse().unwrap_or_else(|_| origin.clock.today()),
            session: Session::from_slug(&chosen.session)
                .unwrap_or_else(|| board::present_session(&origin.clock)),
            department: Department::from_slug(&chosen.department),
        }
    }

    /// The address of the desk with this view, under `path`.
    fn address(&self, path: &str) -> String {
        let department = self.department_slug();
        format!(
            "{path}?day={}&session={}&department={department}",
            self.day,
            self.session.slug()
        )
    }

    /// The department as a form says it, empty for all.
    fn department_slug(&self) -> &'static str {
        self.department.map_or("", Department::slug)
    }

    fn queue(&self, department: Department) -> Queue {
        Queue {
            day: self.day,
            session: self.session,
            department,
        }
    }
}

#[derive(Template)]
#[template(path = "desk.html", blocks = ["content"])]
struct DeskPage<'a> {
    frame: Frame<'a>,
    view: View,
    days: Vec<Date>,
    queues: Vec<Standing>,
    form_token: String,
    /// What came of the call that led here.
    notice: Option<String>,
    payments: Vec<PaymentRow>,
}

/// A payment that somebody has to look at.
struct PaymentRow {
    paid_at: String,
    amount: String,
    transaction: String,
    purpose: String,
    matter: &'static str,
}

impl PaymentRow {
    fn new(open: &OpenPayment, origin: &Origin, messages: &Messages) -> Self {
        let payment = &open.payment;
        let paid_at = origin.clock.local(payment.paid_at);
        Self {
            paid_at: format!(
                "{} {}",
                messages.short_date(paid_at.date()),
                paid_at.strftime("%H:%M")
            ),
            amount: messages.money(payment.amount),
            transaction: payment.transaction.as_str().to_owned(),
            purpose: payment.purpose.chars().take(PURPOSE_SHOWN).collect(),
            matter: messages.payment_matter(open.matter),
        }
    }
}

impl<'a> DeskPage<'a> {
    async fn new(
        origin: &'a Origin,
        language: Language,
        view: View,
        signed_in: &SignedIn,
    ) -> Result<Self, Problem> {
        let today = origin.clock.today();
        let days: Vec<_> = std::iter::successors(Some(today), |day| day.tomorrow().ok())
            .take(DAYS_OFFERED)
            .collect();
        let now = Snapshot::of(origin, view.day).await?;
        let payments = origin.store.open_payments(PAYMENTS_SHOWN).await?;
        let messages = language.messages();
        let mut frame = Frame::new(origin, language, view.address("/desk"));
        frame.events = Some(format!(
            "{}&lang={}",
            view.address("/desk/events"),
            language.tag()
        ));
        frame.wide = true;
        Ok(Self {
            queues: Department::ALL
                .into_iter()
                .filter(|department| view.department.is_none_or(|chosen| chosen == *department))
                .map(|department| now.standing(view.queue(department)))
                .collect(),
            form_token: signed_in.form_token(origin),
            notice: None,
            payments: payments
                .iter()
                .map(|open| PaymentRow::new(open, origin, messages))
                .collect(),
            view,
            days,
            frame,
        })
    }
}

async fn desk(
    State(origin): State<SharedOrigin>,
    language: Language,
    signed_in: Option<SignedIn>,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Problem> {
    let Some(signed_in) = signed_in else {
        return sign_in::sign_in_page(&origin, language, StatusCode::OK, None);
    };
    let Query(chosen) = chosen.unwrap_or_default();
    let view = View::of(&chosen, &origin);
    let mut values = DeskPage::new(&origin, language, view, &signed_in).await?;
    values.notice = chosen.outcome.notice(language);
    page(StatusCode::OK, &values)
}

async fn desk_events(
    State(origin): State<SharedOrigin>,
    language: Language,
    signed_in: Option<SignedIn>,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Problem> {
    let Some(signed_in) = signed_in else {
        return Ok(Problem::Forbidden.into_response());
    };
    let Query(chosen) = chosen.unwrap_or_default();
    let view = View::of(&chosen, &origin);
    events::stream(origin, Audience::Desk, Snapshot::clone, move |origin, _| {
        let signed_in = signed_in.clone();
        async move {
            render(
                &DeskPage::new(&origin, language, view, &signed_in)
                    .await?
                    .as_content(),
            )
        }
    })
    .await
}
