//! What requests carry: bodies, codes and keys, each read strictly.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, header, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::{
    department::Department,
    idempotency::{IdempotencyKey, InvalidKey},
    problem::Problem,
    ticket::TicketCode,
};

/// The request header by which a client makes a booking safe to repeat.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A body that is a JSON object.
///
/// [`Json`] alone would read an array of the values in the order of the fields as well, which nobody was promised.
pub(super) struct JsonObject<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonObject<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let body = Bytes::from_request(request, state).await?;
        match body.trim_ascii_start().first() {
            Some(b'{') => Ok(Self(Json::from_bytes(&body)?.0)),
            _ => Err(Problem::Malformed("the body must be a JSON object".to_owned())),
        }
    }
}

/// JSON (RFC 8259), or a type that is JSON and more (RFC 6839); said once.
fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let is_json = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().is_ok_and(is_json),
        _ => false,
    };
    is_json.then_some(()).ok_or(Problem::UnsupportedMediaType)
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let subtype = essence
        .split_once('/')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("application"))
        .map(|(_, subtype)| subtype.to_ascii_lowercase());
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Which queues are asked about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PlacesQuery {
    /// Only this department; all when it is left out.
    #[param(value_type = Option<Department>, example = "cardiology", required = false)]
    pub(super) department: Option<String>,
    /// Only this day; all that can be booked when it is left out. For a day that cannot be booked the list is empty.
    #[param(format = Date, example = "2026-03-03", required = false)]
    pub(super) day: Option<String>,
}

/// What a path says of a ticket.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct CodeParameter {
    /// The ticket's code
    #[param(
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$",
        example = "7K2M-4QXD-9HTB-W3RA"
    )]
    code: String,
}

/// The code of a ticket in a path.
pub(super) struct Code(pub(super) TicketCode);

impl<S: Send + Sync> FromRequestParts<S> for Code {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<CodeParameter>::from_request_parts(parts, state).await;
        // What cannot be a code is the code of no ticket.
        path.ok()
            .and_then(|Path(parameter)| TicketCode::parse(&parameter.code))
            .map(Self)
            .ok_or(Problem::TicketNotFound)
    }
}

/// What a header says of a booking.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct KeyParameter {
    /// A name of this booking that no other client chooses, for example a random UUID: 16 to 128 visible ASCII characters.
    /// The same key with the same body is the same booking; with another body it is refused.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        pattern = "^[!-~]{16,128}$",
        example = "5f0e1d0c-7a53-4a7e-9d0c-0a5d2f6f3b11"
    )]
    #[expect(
        dead_code,
        reason = "only described here: a header is no part of what serde reads"
    )]
    idempotency_key: Option<String>,
}

/// The key of a booking, if it has one.
pub(super) struct OptionalKey(pub(super) Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for OptionalKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let key = match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => IdempotencyKey::from_header(value.as_bytes()).map(Some),
            // Which of them is meant cannot be told.
            (Some(_), Some(_)) => Err(InvalidKey),
        };
        key.map(Self).map_err(Problem::InvalidIdempotencyKey)
    }
}
