//! Giving a ticket back.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
    routing::get,
};

use super::{Frame, page, see_ticket, ticket};
use crate::{
    Origin, SharedOrigin,
    language::Language,
    money::Dong,
    problem::Problem,
    store::Cancelling,
    ticket::{State as TicketState, Ticket, TicketCode},
};

pub(super) fn routes() -> Router<SharedOrigin> {
    Router::new().route("/ticket/{code}/cancel", get(ask).post(cancel))
}

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage<'a> {
    frame: Frame<'a>,
    ticket: &'a Ticket,
    department: &'static str,
    date: String,
    session: &'static str,
    is_called: bool,
    is_paid: bool,
}

async fn ask(
    State(origin): State<SharedOrigin>,
    language: Language,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let ticket = ticket::find(&origin, code).await?.ticket;
    match ticket.state {
        TicketState::Cancelled { .. } => Ok(see_ticket(&ticket.code, language)),
        TicketState::Booked | TicketState::Called { .. } => {
            cancel_page(&origin, language, StatusCode::OK, &ticket)
        }
    }
}

async fn cancel(
    State(origin): State<SharedOrigin>,
    language: Language,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let code = code
        .ok()
        .and_then(|Path(code)| TicketCode::parse(&code))
        .ok_or(Problem::TicketNotFound)?;
    match origin.store.cancel(code, origin.clock.now()).await? {
        Cancelling::Cancelled(ticket) => {
            origin.live.changed();
            Ok(see_ticket(&ticket.code, language))
        }
        Cancelling::AlreadyCalled(ticket) => cancel_page(&origin, language, StatusCode::CONFLICT, &ticket),
        Cancelling::NotFound => Err(Problem::TicketNotFound),
    }
}

fn cancel_page(
    origin: &Origin,
    language: Language,
    status: StatusCode,
    ticket: &Ticket,
) -> Result<Response, Problem> {
    let frame = Frame::new(origin, language, format!("/ticket/{}/cancel", ticket.code));
    let values = CancelPage {
        department: ticket.queue.department.name(language),
        date: frame.messages.long_date(ticket.queue.day),
        session: ticket.queue.session.name(language),
        is_called: matches!(ticket.state, TicketState::Called { .. }),
        is_paid: ticket.paid > Dong::ZERO,
        ticket,
        frame,
    };
    page(status, &values)
}
