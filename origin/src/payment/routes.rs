//! The pictures of a ticket's payment code: inside the page for those who pay with another phone, and as a file for
//! those who have their bank's app read it from the photos of the same phone.

use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, header},
    response::IntoResponse,
    routing::get,
};

use super::PayRequest;
use crate::{
    SharedOrigin,
    language::Language,
    problem::Problem,
    qr::{self, QrError},
    ticket::TicketCode,
};

/// The name under which a browser saves the picture. It does not tell the ticket's code.
const PNG_NAME: HeaderValue = HeaderValue::from_static("inline; filename=\"vietqr.png\"");

pub(crate) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/ticket/{code}/payment.png", get(png))
        .route("/ticket/{code}/payment.svg", get(svg))
}

async fn png(
    State(origin): State<SharedOrigin>,
    code: Result<Path<String>, PathRejection>,
) -> Result<impl IntoResponse, Problem> {
    let request = pay_request(&origin, code).await?;
    let picture = qr::png(&request.payload).map_err(|error| unpaintable(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CONTENT_DISPOSITION, PNG_NAME),
    ];
    Ok((headers, picture))
}

async fn svg(
    State(origin): State<SharedOrigin>,
    language: Language,
    code: Result<Path<String>, PathRejection>,
) -> Result<impl IntoResponse, Problem> {
    let request = pay_request(&origin, code).await?;
    let label = language.messages().payment_code(request.amount);
    let picture = qr::svg(&request.payload, &label).map_err(|error| unpaintable(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::VARY, HeaderValue::from_static("accept-language")),
    ];
    Ok((headers, picture))
}

async fn pay_request(
    origin: &SharedOrigin,
    code: Result<Path<String>, PathRejection>,
) -> Result<PayRequest, Problem> {
    let code = code
        .ok()
        .and_then(|Path(code)| TicketCode::parse(&code))
        .ok_or(Problem::TicketNotFound)?;
    let place = origin.store.find(code).await?.ok_or(Problem::TicketNotFound)?;
    origin.pay_request(&place.ticket).ok_or(Problem::NothingToPay)
}

fn unpaintable(error: &QrError) -> Problem {
    tracing::error!(%error, "the code of a payment cannot be drawn");
    Problem::Internal
}
