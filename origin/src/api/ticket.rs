//! A ticket: finding it, what it says, and giving it back.

use axum::{Json, extract::State};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    names::Name,
    parameters::{Code, CodeParameter, JsonObject},
    problems::problems,
};
use crate::{
    Origin, SharedOrigin,
    booking::{Field, Phone},
    department::Department,
    problem::Problem,
    session::Session,
    store::Cancelling,
    ticket::{self, Place, ShortCode, Ticket, TicketCode},
};

/// A ticket as its holder may see it: nothing of the patient comes back.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(super) struct TicketBody {
    /// Whoever knows it can see and cancel the ticket: keep it like a password.
    #[schema(
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$",
        example = "7K2M-4QXD-9HTB-W3RA"
    )]
    code: String,
    /// Whose queue it is in.
    department: Department,
    /// What people call the department.
    department_name: Name,
    /// The day of the examination.
    #[schema(example = "2026-03-03")]
    day: Date,
    /// The session of that day.
    session: Session,
    /// The place in the queue of that department, day and session.
    #[schema(minimum = 1, example = 18)]
    number: u32,
    /// When it was booked.
    #[schema(example = "2026-03-02T01:17:42.123456Z")]
    created_at: Timestamp,
    /// What has become of it.
    state: StateBody,
    /// When its number was called, the last time; `null` while it was not.
    #[schema(required = true)]
    called_at: Option<Timestamp>,
    /// When it was cancelled; `null` when it was not.
    #[schema(required = true)]
    cancelled_at: Option<Timestamp>,
    /// How many of smaller numbers still wait. `null` once it does not wait any more, or when that could not be found out.
    #[schema(required = true, minimum = 0, example = 5)]
    ahead: Option<u32>,
    /// The number that was called last in its queue; `null` while none was, or when that could not be found out.
    #[schema(required = true, minimum = 1, example = 12)]
    now_serving: Option<u32>,
    /// About when it will be called, on the hospital's clock. `null` when `ahead` is.
    #[schema(required = true, value_type = Option<Timestamp>, example = "2026-03-03T07:20:00+07:00")]
    expected_at: Option<String>,
    /// What the examination costs, in dong; 0 when there is nothing to pay.
    #[schema(minimum = 0, maximum = 9_999_999_999_999_u64, example = 50_000)]
    fee: u64,
    /// What has been paid for it, in dong.
    #[schema(minimum = 0, example = 0)]
    paid: u64,
}

/// What has become of a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TicketState)]
#[serde(rename_all = "lowercase")]
enum StateBody {
    /// It waits to be called.
    Booked,
    /// Its number was called.
    Called,
    /// It was given back.
    Cancelled,
}

impl TicketBody {
    /// The ticket in its place.
    pub(super) fn of_place(origin: &Origin, place: &Place) -> Self {
        let body = Self::of_ticket(&place.ticket);
        let waits = body.state == StateBody::Booked;
        let expected_at = || {
            let expected = origin.terms.expected_at(place, &origin.clock);
            origin.clock.with_offset(expected).ok()
        };
        Self {
            ahead: waits.then_some(place.ahead),
            now_serving: place.now_serving,
            expected_at: if waits { expected_at() } else { None },
            ..body
        }
    }

    /// The ticket, its place unknown.
    pub(super) fn of_ticket(ticket: &Ticket) -> Self {
        let (state, called_at, cancelled_at) = match ticket.state {
            ticket::State::Booked => (StateBody::Booked, None, None),
            ticket::State::Called { at } => (StateBody::Called, Some(at), None),
            ticket::State::Cancelled { at } => (StateBody::Cancelled, None, Some(at)),
        };
        Self {
            code: ticket.code.to_string(),
            department: ticket.queue.department,
            department_name: ticket.queue.department.into(),
            day: ticket.queue.day,
            session: ticket.queue.session,
            number: ticket.number,
            created_at: ticket.created_at,
            state,
            called_at,
            cancelled_at,
            ahead: None,
            now_serving: None,
            expected_at: None,
            fee: ticket.fee.get(),
            paid: ticket.paid.get(),
        }
    }
}

/// The ticket with this code in its place.
async fn find(origin: &Origin, code: TicketCode) -> Result<Json<TicketBody>, Problem> {
    let place = origin.store.find(code).await?.ok_or(Problem::TicketNotFound)?;
    Ok(Json(TicketBody::of_place(origin, &place)))
}

problems!(TicketProblems: TicketNotFound);

/// A ticket and its place
///
/// Codes are read as people write them: lower case, without hyphens, `O` for `0`, `I` or `L` for `1`.
#[utoipa::path(
    get,
    path = "/api/tickets/{code}",
    operation_id = "getTicket",
    tag = "tickets",
    params(CodeParameter),
    responses((status = 200, description = "The ticket", body = TicketBody), TicketProblems)
)]
pub(super) async fn show(
    State(origin): State<SharedOrigin>,
    Code(code): Code,
) -> Result<Json<TicketBody>, Problem> {
    find(&origin, code).await
}

problems!(CancelProblems: TicketNotFound, AlreadyCalled);

/// Cancel a ticket
///
/// Somebody else may have its place from then on, nobody its number. A ticket that is cancelled already stays as it is and
/// is answered the same way, so this is safe to repeat. Once its number was called it cannot be cancelled.
#[utoipa::path(
    post,
    path = "/api/tickets/{code}/cancel",
    operation_id = "cancelTicket",
    tag = "tickets",
    params(CodeParameter),
    responses((status = 200, description = "The ticket, cancelled", body = TicketBody), CancelProblems)
)]
pub(super) async fn cancel(
    State(origin): State<SharedOrigin>,
    Code(code): Code,
) -> Result<Json<TicketBody>, Problem> {
    match origin.store.cancel(code, origin.clock.now()).await? {
        Cancelling::Cancelled(ticket) => {
            origin.live.changed();
            Ok(Json(TicketBody::of_ticket(&ticket)))
        }
        Cancelling::AlreadyCalled(_) => Err(Problem::AlreadyCalled),
        Cancelling::NotFound => Err(Problem::TicketNotFound),
    }
}

/// What a person still knows of a ticket whose code is lost.
#[derive(Deserialize, ToSchema)]
#[schema(as = LookUp)]
#[serde(deny_unknown_fields)]
pub(super) struct LookUpBody {
    /// The telephone number of the booking: 9 to 15 digits, after a `+` when it is international.
    #[schema(pattern = "^ *\\+?([ .()-]*[0-9]){9,15}[ .()-]*$", example = "0912 345 678")]
    phone: String,
    /// The first half of the ticket's code.
    #[schema(
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$",
        example = "7K2M-4QXD"
    )]
    short_code: String,
}

problems!(
    LookUpProblems: Malformed("the body must be a JSON object".to_owned()), TicketNotFound, TooLarge,
    UnsupportedMediaType, InvalidQuestion(vec![Field::Phone, Field::ShortCode]),
);

/// Find a ticket again
///
/// By the telephone number that it was booked with and the first half of its code. It is asked by POST so that neither
/// stands in an address, which logs keep.
#[utoipa::path(
    post,
    path = "/api/tickets/look-up",
    operation_id = "lookUpTicket",
    tag = "tickets",
    request_body = LookUpBody,
    responses((status = 200, description = "The ticket", body = TicketBody), LookUpProblems)
)]
pub(super) async fn look_up(
    State(origin): State<SharedOrigin>,
    JsonObject(body): JsonObject<LookUpBody>,
) -> Result<Json<TicketBody>, Problem> {
    let phone = Phone::parse(&body.phone).ok_or(Field::Phone);
    let short_code = ShortCode::parse(&body.short_code).ok_or(Field::ShortCode);
    let (phone, short_code) = match (phone, short_code) {
        (Ok(phone), Ok(short_code)) => (phone, short_code),
        (phone, short_code) => {
            let wrong = [phone.err(), short_code.err()];
            return Err(Problem::InvalidQuestion(wrong.into_iter().flatten().collect()));
        }
    };
    let found = origin.store.look_up(phone, short_code).await?;
    find(&origin, found.ok_or(Problem::TicketNotFound)?).await
}
