//! The page on which patients find a ticket again.

use askama::Template;
use axum::{
    Form, Router,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{Frame, page, see_ticket, typed};
use crate::{
    SharedOrigin,
    booking::Phone,
    language::Language,
    problem::Problem,
    ticket::{ShortCode, TicketCode},
};

pub(super) fn routes() -> Router<SharedOrigin> {
    Router::new().route("/ticket", get(by_code).post(by_phone))
}

#[derive(Template)]
#[template(path = "look_up.html")]
struct LookUpPage<'a> {
    frame: Frame<'a>,
    /// What was not found.
    missed: Option<Missed>,
    phone: &'a str,
    short_code: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Missed {
    Code,
    Pair,
}

#[derive(Deserialize)]
struct CodeSearch {
    code: String,
}

/// Sent in the body, so that no telephone number stands in an address, a history or a log.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PhoneSearch {
    phone: String,
    short_code: String,
}

async fn by_code(
    State(origin): State<SharedOrigin>,
    language: Language,
    search: Result<Query<CodeSearch>, QueryRejection>,
) -> Result<Response, Problem> {
    let frame = Frame::new(&origin, language, "/ticket");
    let Ok(Query(search)) = search else {
        return look_up_page(frame, None, &PhoneSearch::default());
    };
    match TicketCode::parse(&search.code) {
        Some(code) if origin.store.find(code.clone()).await?.is_some() => Ok(see_ticket(&code, language)),
        _ => look_up_page(frame, Some(Missed::Code), &PhoneSearch::default()),
    }
}

async fn by_phone(
    State(origin): State<SharedOrigin>,
    language: Language,
    search: Result<Form<PhoneSearch>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(search) = search?;
    let found = match (Phone::parse(&search.phone), ShortCode::parse(&search.short_code)) {
        (Some(phone), Some(code)) => origin.store.look_up(phone, code).await?,
        _ => None,
    };
    match found {
        Some(code) => Ok(see_ticket(&code, language)),
        None => look_up_page(
            Frame::new(&origin, language, "/ticket"),
            Some(Missed::Pair),
            &search,
        ),
    }
}

fn look_up_page(frame: Frame<'_>, missed: Option<Missed>, search: &PhoneSearch) -> Result<Response, Problem> {
    let status = if missed.is_some() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    let values = LookUpPage {
        frame,
        missed,
        phone: typed(&search.phone),
        short_code: typed(&search.short_code),
    };
    page(status, &values)
}
