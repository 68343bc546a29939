//! The page of a ticket.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
    routing::get,
};
use jiff::civil::{Date, Time};

use super::{Frame, events, page, render};
use crate::{
    Origin, SharedOrigin,
    language::Language,
    live::{Audience, Snapshot},
    money::Dong,
    payment::{PayRequest, bank_name},
    problem::Problem,
    qr,
    queue::Standing,
    ticket::{Place, State as TicketState, Ticket, TicketCode},
};

pub(super) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/ticket/{code}", get(ticket))
        .route("/ticket/{code}/events", get(ticket_events))
}

#[derive(Template)]
#[template(path = "ticket.html", blocks = ["content"])]
struct TicketPage<'a> {
    frame: Frame<'a>,
    ticket: &'a Ticket,
    department: &'static str,
    date: String,
    session: &'static str,
    /// Its progress, while it waits.
    progress: Option<Progress>,
    is_called: bool,
    is_cancelled: bool,
    /// The QR code of the ticket.
    qr: Option<String>,
    payment: Option<Payment>,
}

/// How far the queue has come.
struct Progress {
    ahead: u32,
    now_serving: Option<u32>,
    expected_at: Time,
}

/// What is to be paid, or was.
struct Payment {
    fee: String,
    state: String,
    is_due: bool,
    transfer: Option<Transfer>,
}

/// How to pay it by bank transfer.
struct Transfer {
    qr: Option<String>,
    amount: String,
    bank: String,
    account: String,
    holder: String,
    purpose: String,
}

impl<'a> TicketPage<'a> {
    fn new(origin: &'a Origin, language: Language, place: &'a Place) -> Self {
        let ticket = &place.ticket;
        let address = format!("/ticket/{}", ticket.code);
        let mut frame = Frame::new(origin, language, &address);
        if watches(ticket.queue.day, origin) {
            frame.events = Some(format!("{address}/events?lang={}", language.tag()));
        }
        let qr_text = match &origin.public_url {
            Some(url) => format!("{url}{address}"),
            None => ticket.code.to_string(),
        };
        let progress = (ticket.state == TicketState::Booked).then(|| Progress {
            ahead: place.ahead,
            now_serving: place.now_serving,
            expected_at: origin.terms.expected_at(place, &origin.clock).time(),
        });
        Self {
            department: ticket.queue.department.name(language),
            date: language.messages().long_date(ticket.queue.day),
            session: ticket.queue.session.name(language),
            progress,
            is_called: matches!(ticket.state, TicketState::Called { .. }),
            is_cancelled: matches!(ticket.state, TicketState::Cancelled { .. }),
            qr: picture(&qr_text, language.messages().ticket.qr_label),
            payment: Payment::of(origin, ticket, language),
            ticket,
            frame,
        }
    }
}

impl Payment {
    /// `None` when nothing is to be paid and nothing was.
    fn of(origin: &Origin, ticket: &Ticket, language: Language) -> Option<Self> {
        if ticket.fee == Dong::ZERO && ticket.paid == Dong::ZERO {
            return None;
        }
        let messages = language.messages();
        let left = ticket.fee.saturating_sub(ticket.paid);
        let is_due = left > Dong::ZERO;
        let state = if ticket.paid > ticket.fee {
            messages.payment.too_much.to_owned()
        } else if !is_due {
            messages.payment.paid.to_owned()
        } else if ticket.paid > Dong::ZERO {
            messages.left_to_pay(left)
        } else {
            messages.payment.unpaid.to_owned()
        };
        Some(Self {
            fee: messages.money(ticket.fee),
            state,
            is_due: is_due && !matches!(ticket.state, TicketState::Cancelled { .. }),
            transfer: origin
                .pay_request(ticket)
                .map(|request| Transfer::new(request, language)),
        })
    }
}

impl Transfer {
    fn new(request: PayRequest, language: Language) -> Self {
        let messages = language.messages();
        Self {
            qr: picture(&request.payload, &messages.payment_code(request.amount)),
            amount: messages.money(request.amount),
            bank: match bank_name(&request.bank) {
                Some(name) => format!("{name} ({})", request.bank),
                None => request.bank,
            },
            account: request.account,
            holder: request.holder,
            purpose: request.purpose,
        }
    }
}

/// A QR code for the page. Without it the page still says what is in the code.
fn picture(text: &str, label: &str) -> Option<String> {
    qr::svg(text, label)
        .inspect_err(|error| tracing::error!(%error, "a QR code cannot be drawn"))
        .ok()
}

/// Whether a ticket for this day can still change by itself.
fn watches(day: Date, origin: &Origin) -> bool {
    day >= origin.clock.today()
}

/// The ticket that a path names.
pub(super) async fn find(
    origin: &Origin,
    code: Result<Path<String>, PathRejection>,
) -> Result<Place, Problem> {
    let code = code
        .ok()
        .and_then(|Path(code)| TicketCode::parse(&code))
        .ok_or(Problem::TicketNotFound)?;
    origin.store.find(code).await?.ok_or(Problem::TicketNotFound)
}

async fn ticket(
    State(origin): State<SharedOrigin>,
    language: Language,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let place = find(&origin, code).await?;
    page(StatusCode::OK, &TicketPage::new(&origin, language, &place))
}

async fn ticket_events(
    State(origin): State<SharedOrigin>,
    language: Language,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let ticket = find(&origin, code).await?.ticket;
    let (code, queue) = (ticket.code, ticket.queue);
    // That somebody behind has booked changes nothing.
    let concern = move |now: &Snapshot| {
        let Standing {
            issued,
            cancelled,
            waiting,
            now_serving,
            ..
        } = now.standing(queue);
        (issued.saturating_sub(waiting), cancelled, now_serving)
    };
    events::stream(origin, Audience::Holder, concern, move |origin, _| {
        let code = code.clone();
        async move {
            let place = origin.store.find(code).await?.ok_or(Problem::TicketNotFound)?;
            render(&TicketPage::new(&origin, language, &place).as_content())
        }
    })
    .await
}
