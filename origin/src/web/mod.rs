//! The pages, rendered on the server and complete without JavaScript.

mod board;
mod booking;
mod cancel;
mod desk;
mod events;
mod free_places;
mod look_up;
mod ticket;

use askama::Template;
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use crate::{
    Origin, SharedOrigin, language::Language, messages::Messages, problem::Problem, ticket::TicketCode,
};

/// The style of every page, written into it; the content security policy names it by its hash.
pub(crate) const STYLE: &str = include_str!("../../templates/style.css");

/// What the board and the desk, which are made for wide screens, add to it.
pub(crate) const HALL_STYLE: &str = include_str!("../../templates/hall.css");

/// What keeps a page up to date where there is JavaScript, written into it and named in the same way.
pub(crate) const SCRIPT: &str = include_str!("../../templates/live.js");

/// Characters that a text field of a form takes.
const TYPED_LIMIT: usize = 24;

pub(crate) fn routes(origin: &Origin) -> Router<SharedOrigin> {
    let routes = Router::new()
        .merge(booking::routes())
        .merge(look_up::routes())
        .merge(ticket::routes())
        .merge(cancel::routes())
        .merge(board::routes());
    if origin.desk.is_some() {
        routes.merge(desk::routes())
    } else {
        routes
    }
}

/// What is the same on every page.
struct Frame<'a> {
    language: Language,
    messages: &'static Messages,
    hospital: &'a str,
    style: &'static str,
    hall_style: &'static str,
    script: &'static str,
    /// Where the language switch leads.
    here: String,
    /// Where the page's events come from, when it keeps itself up to date.
    events: Option<String>,
    /// Whether the page is made for a screen in a hall: as wide as there is room.
    wide: bool,
}

impl<'a> Frame<'a> {
    fn new(origin: &'a Origin, language: Language, here: impl Into<String>) -> Self {
        Self {
            language,
            messages: language.messages(),
            hospital: &origin.hospital,
            style: STYLE,
            hall_style: HALL_STYLE,
            script: SCRIPT,
            here: here.into(),
            events: None,
            wide: false,
        }
    }

    /// The same page in a language.
    fn in_language(&self, language: Language) -> String {
        let separator = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{separator}lang={}", self.here, language.tag())
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame<'a>,
    title: &'static str,
    detail: &'static str,
}

/// The page that tells a person what went wrong.
pub(crate) fn problem_page(origin: &Origin, language: Language, problem: &Problem) -> Response {
    let frame = Frame::new(origin, language, "/");
    let title = frame.messages.problem_title(problem);
    let detail = frame.messages.problem_detail(problem);
    page(problem.status(), &ProblemPage { frame, title, detail }).unwrap_or_else(IntoResponse::into_response)
}

/// What was typed, to be corrected; never more of it than the field takes.
fn typed(text: &str) -> &str {
    text.char_indices()
        .nth(TYPED_LIMIT)
        .map_or(text, |(end, _)| &text[..end])
}

fn page(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let html = render(template)?;
    let vary = [(header::VARY, HeaderValue::from_static("accept-language"))];
    Ok((status, vary, Html(html)).into_response())
}

fn render(template: &impl Template) -> Result<String, Problem> {
    template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::Internal
    })
}

fn see_ticket(code: &TicketCode, language: Language) -> Response {
    Redirect::to(&format!("/ticket/{code}?lang={}", language.tag())).into_response()
}
