//! Taking a number.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Number;
use utoipa::ToSchema;

use super::{
    parameters::{JsonObject, KeyParameter, OptionalKey},
    problems::problems,
    ticket::TicketBody,
};
use crate::{
    SharedOrigin,
    booking::{Draft, Field, InvalidDraft},
    department::Department,
    idempotency::InvalidKey,
    problem::Problem,
    session::Session,
};

/// What a patient asks for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewTicket)]
#[serde(deny_unknown_fields)]
pub(super) struct BookingBody {
    /// The slug of a department.
    #[schema(value_type = Department)]
    department: String,
    /// A day that can be booked.
    #[schema(format = Date, example = "2026-03-03")]
    day: String,
    /// The session; when it is left out, the first of the day that has a place.
    #[serde(default, deserialize_with = "not_empty")]
    #[schema(value_type = Option<Session>)]
    session: Option<String>,
    /// Where the hospital can call the patient: 9 to 15 digits, after a `+` when it is international. It is needed to find
    /// the ticket by a short code.
    #[schema(
        pattern = "^ *$|^ *\\+?([ .()-]*[0-9]){9,15}[ .()-]*$",
        example = "0912 345 678"
    )]
    phone: Option<String>,
    /// The patient's year of birth, up to this year, for departments that see the very young or very old first.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 1900, example = 1958)]
    birth_year: Option<i64>,
}

/// A text that says something. In forms an empty one stands for none; JSON has `null`, and leaving it out.
fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(text) if text.is_empty() => Err(D::Error::custom("an empty text is no session: leave it out")),
        text => Ok(text),
    }
}

/// A whole number as JSON Schema understands it, for which `1958.0` is one.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else {
        return Ok(None);
    };
    number
        .as_i64()
        .or_else(|| number.as_f64().and_then(whole))
        .map(Some)
        .ok_or_else(|| D::Error::custom(format_args!("{number} is no whole number")))
}

/// The same number as an integer, where one is exactly as large.
fn whole(number: f64) -> Option<i64> {
    // Above that, neighbours are further apart than 1, and what was meant cannot be told.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole and within the range of i64"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
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

problems!(
    BookingProblems: Malformed("the body must be a JSON object".to_owned()), InvalidIdempotencyKey(InvalidKey), Full,
    TooLarge, UnsupportedMediaType, InvalidBooking(InvalidDraft(vec![Field::Day, Field::Phone])), IdempotencyKeyReused,
);

/// Take a number
///
/// The number is on the disk when it is answered. With an `Idempotency-Key` the request is safe to repeat: whatever has
/// become of the session since, a repeat gets the same ticket.
#[utoipa::path(
    post,
    path = "/api/tickets",
    operation_id = "bookTicket",
    tag = "booking",
    params(KeyParameter),
    request_body = BookingBody,
    responses(
        (
            status = 201, description = "The ticket", body = TicketBody,
            headers(("Location" = String, description = "The ticket's path")),
            links(
                ("ticket" = (operation_id = "getTicket", parameters(("code" = "$response.body#/code")))),
                ("cancel" = (operation_id = "cancelTicket", parameters(("code" = "$response.body#/code")))),
                ("payment" = (operation_id = "getPayment", parameters(("code" = "$response.body#/code")))),
            ),
        ),
        BookingProblems,
    )
)]
pub(super) async fn book(
    State(origin): State<SharedOrigin>,
    OptionalKey(key): OptionalKey,
    JsonObject(body): JsonObject<BookingBody>,
) -> Result<impl IntoResponse, Problem> {
    let ticket = origin.book(&Draft::from(body), key).await?;
    // It is booked, whether or not its place can be told.
    let body = match origin.store.find(ticket.code.clone()).await {
        Ok(Some(place)) => TicketBody::of_place(&origin, &place),
        Ok(None) | Err(_) => TicketBody::of_ticket(&ticket),
    };
    let location = format!("/api/tickets/{}", ticket.code);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(body)))
}
