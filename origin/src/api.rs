//! The JSON interface, for the hospital's mobile app and its partners.

use axum::{
    Json, Router,
    extract::{
        Path, State,
        rejection::{JsonRejection, PathRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    SharedOrigin,
    booking::{Booking, Draft},
    department::Department,
    idempotency::IdempotencyKey,
    language::Language,
    offer::Offer,
    problem::Problem,
    ticket::{Ticket, TicketCode},
};

/// The request header by which a client makes a booking safe to repeat.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(crate) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/api/departments", get(departments))
        .route("/api/tickets", post(book))
        .route("/api/tickets/{code}", get(ticket))
        .route("/healthz", get(health))
}

/// What can be booked now.
#[derive(Serialize)]
struct OfferBody {
    departments: Vec<OfferedDepartment>,
    days: Vec<Date>,
}

#[derive(Serialize)]
struct OfferedDepartment {
    slug: &'static str,
    name: Name,
}

/// A name in every language.
#[derive(Serialize)]
struct Name {
    vi: &'static str,
    en: &'static str,
}

impl Name {
    fn of(department: Department) -> Self {
        Self {
            vi: department.name(Language::Vietnamese),
            en: department.name(Language::English),
        }
    }
}

/// The body of a booking.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookingBody {
    department: String,
    day: String,
    session: Option<String>,
    phone: Option<String>,
    birth_year: Option<i64>,
}

impl From<BookingBody> for Draft {
    fn from(body: BookingBody) -> Self {
        Self {
            department: body.department,
            day: body.day,
            session: body.session.unwrap_or_default(),
            phone: body.phone.unwrap_or_default(),
            birth_year: body.birth_year.map(|year| year.to_string()).unwrap_or_default(),
        }
    }
}

/// A ticket as its holder may see it: nothing of the patient comes back.
#[derive(Serialize)]
struct TicketBody {
    code: String,
    department: &'static str,
    department_name: Name,
    day: Date,
    session: &'static str,
    number: u32,
    created_at: Timestamp,
}

impl From<Ticket> for TicketBody {
    fn from(ticket: Ticket) -> Self {
        Self {
            code: ticket.code.to_string(),
            department: ticket.queue.department.slug(),
            department_name: Name::of(ticket.queue.department),
            day: ticket.queue.day,
            session: ticket.queue.session.slug(),
            number: ticket.number,
            created_at: ticket.created_at,
        }
    }
}

async fn departments(State(origin): State<SharedOrigin>) -> Json<OfferBody> {
    let departments = Department::ALL
        .map(|department| OfferedDepartment {
            slug: department.slug(),
            name: Name::of(department),
        })
        .into();
    Json(OfferBody {
        departments,
        days: Offer::at(&origin.clock)
            .days()
            .iter()
            .map(|offered| offered.day)
            .collect(),
    })
}

async fn book(
    State(origin): State<SharedOrigin>,
    headers: HeaderMap,
    body: Result<Json<BookingBody>, JsonRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Json(body) = body?;
    let idempotency_key = headers
        .get(IDEMPOTENCY_KEY)
        .map(|value| IdempotencyKey::from_header(value.as_bytes()))
        .transpose()
        .map_err(Problem::InvalidIdempotencyKey)?;
    let booking = Draft::from(body)
        .check(&origin.clock, origin.terms.fee)
        .map_err(Problem::InvalidBooking)?;
    let ticket = origin
        .store
        .book(
            Booking {
                idempotency_key,
                ..booking
            },
            origin.terms.capacity,
            origin.clock.now(),
        )
        .await?;
    let location = format!("/api/tickets/{}", ticket.code);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(TicketBody::from(ticket)),
    ))
}

async fn ticket(
    State(origin): State<SharedOrigin>,
    code: Result<Path<String>, PathRejection>,
) -> Result<Json<TicketBody>, Problem> {
    let code = code
        .ok()
        .and_then(|Path(code)| TicketCode::parse(&code))
        .ok_or(Problem::TicketNotFound)?;
    let place = origin.store.find(code).await?.ok_or(Problem::TicketNotFound)?;
    Ok(Json(place.ticket.into()))
}

async fn health(State(origin): State<SharedOrigin>) -> Result<&'static str, Problem> {
    origin.store.check().await?;
    Ok("ok\n")
}
