//! The pages, rendered on the server and complete without JavaScript.

use askama::Template;
use axum::{
    Form, Router,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, PathRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    Origin, SharedOrigin,
    booking::{Booking, Draft, Field, InvalidDraft},
    department::Department,
    idempotency::IdempotencyKey,
    language::Language,
    messages::Messages,
    offer::Offer,
    problem::Problem,
    ticket::{Ticket, TicketCode},
};

/// The style of every page, written into it; the content security policy names it by its hash.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// Characters that a text field of the booking form takes.
const TYPED_LIMIT: usize = 24;

pub(crate) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/", get(booking_form))
        .route("/book", post(book).get(to_booking_form))
        .route("/ticket", get(find_ticket))
        .route("/ticket/{code}", get(ticket))
}

/// What is the same on every page.
struct Frame<'a> {
    language: Language,
    messages: &'static Messages,
    hospital: &'a str,
    style: &'static str,
    /// Where the language switch leads.
    here: String,
}

impl<'a> Frame<'a> {
    fn new(origin: &'a Origin, language: Language, here: impl Into<String>) -> Self {
        let here = here.into();
        Self {
            language,
            messages: language.messages(),
            hospital: &origin.hospital,
            style: STYLE,
            here,
        }
    }
}

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage<'a> {
    frame: Frame<'a>,
    departments: Vec<DepartmentChoice>,
    days: Vec<DayChoice>,
    phone: &'a str,
    birth_year: &'a str,
    /// Makes the form safe to send twice.
    form_token: String,
    corrections: Vec<Correction>,
}

struct DepartmentChoice {
    slug: &'static str,
    name: &'static str,
    chosen: bool,
}

struct DayChoice {
    day: Date,
    weekday: &'static str,
    date: String,
    chosen: bool,
}

struct Correction {
    field: Field,
    text: &'static str,
}

impl BookingPage<'_> {
    /// What has to be put right in a field, if anything.
    fn correction(&self, field: Field) -> Option<&'static str> {
        self.corrections
            .iter()
            .find(|correction| correction.field == field)
            .map(|correction| correction.text)
    }
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage<'a> {
    frame: Frame<'a>,
    ticket: &'a Ticket,
    department: &'static str,
    date: String,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame<'a>,
    title: &'static str,
    detail: &'static str,
}

/// The fields of the booking form. A field that is missing is an empty one, and is answered like it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct BookingForm {
    department: String,
    day: String,
    session: String,
    phone: String,
    birth_year: String,
    form_token: String,
}

#[derive(Deserialize)]
struct TicketSearch {
    code: String,
}

async fn booking_form(State(origin): State<SharedOrigin>, language: Language) -> Result<Response, Problem> {
    let draft = Draft {
        day: origin.clock.today().to_string(),
        ..Draft::default()
    };
    booking_page(&origin, language, StatusCode::OK, &draft, &[])
}

/// For a visitor who reloads or shares the address to which the form was sent.
async fn to_booking_form(language: Language) -> Redirect {
    Redirect::to(&format!("/?lang={}", language.tag()))
}

async fn book(
    State(origin): State<SharedOrigin>,
    language: Language,
    form: Result<Form<BookingForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(form) = form?;
    let draft = Draft {
        department: form.department,
        day: form.day,
        session: form.session,
        phone: form.phone,
        birth_year: form.birth_year,
    };
    let booking = match draft.check(&origin.clock, origin.terms.fee) {
        Ok(booking) => booking,
        Err(InvalidDraft(wrong)) => {
            return booking_page(
                &origin,
                language,
                StatusCode::UNPROCESSABLE_ENTITY,
                &draft,
                &wrong,
            );
        }
    };
    let idempotency_key = IdempotencyKey::from_form(&form.form_token, &draft);
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
    Ok(see_ticket(&ticket.code, language))
}

async fn find_ticket(
    language: Language,
    search: Result<Query<TicketSearch>, QueryRejection>,
) -> Result<Response, Problem> {
    let code = search
        .ok()
        .and_then(|Query(search)| TicketCode::parse(&search.code));
    Ok(see_ticket(&code.ok_or(Problem::TicketNotFound)?, language))
}

async fn ticket(
    State(origin): State<SharedOrigin>,
    language: Language,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let code = code
        .ok()
        .and_then(|Path(code)| TicketCode::parse(&code))
        .ok_or(Problem::TicketNotFound)?;
    let ticket = origin
        .store
        .find(code)
        .await?
        .ok_or(Problem::TicketNotFound)?
        .ticket;
    let values = TicketPage {
        frame: Frame::new(&origin, language, format!("/ticket/{}", ticket.code)),
        department: ticket.queue.department.name(language),
        date: language.messages().long_date(ticket.queue.day),
        ticket: &ticket,
    };
    page(StatusCode::OK, &values)
}

/// The page that tells a person what went wrong.
pub(crate) fn problem_page(origin: &Origin, language: Language, problem: &Problem) -> Response {
    let frame = Frame::new(origin, language, "/");
    let title = frame.messages.problem_title(problem);
    let detail = frame.messages.problem_detail(problem);
    page(problem.status(), &ProblemPage { frame, title, detail }).unwrap_or_else(IntoResponse::into_response)
}

fn booking_page(
    origin: &Origin,
    language: Language,
    status: StatusCode,
    draft: &Draft,
    wrong: &[Field],
) -> Result<Response, Problem> {
    let frame = Frame::new(origin, language, "/");
    let messages = frame.messages;
    let today = origin.clock.today();
    let departments = Department::ALL.into_iter().map(|department| DepartmentChoice {
        slug: department.slug(),
        name: department.name(language),
        chosen: department.slug() == draft.department,
    });
    let offer = Offer::at(&origin.clock);
    let days = offer
        .days()
        .iter()
        .map(|offered| offered.day)
        .map(|day| DayChoice {
            day,
            weekday: if day == today {
                messages.today
            } else {
                messages.weekday(day)
            },
            date: messages.short_date(day),
            chosen: day.to_string() == draft.day,
        });
    let corrections = wrong.iter().map(|field| Correction {
        field: *field,
        text: messages.correction(*field),
    });
    let values = BookingPage {
        departments: departments.collect(),
        days: days.collect(),
        phone: typed(&draft.phone),
        birth_year: typed(&draft.birth_year),
        form_token: TicketCode::random().to_string(),
        corrections: corrections.collect(),
        frame,
    };
    page(status, &values)
}

/// What was typed, to be corrected; never more of it than the field takes.
fn typed(text: &str) -> &str {
    text.char_indices()
        .nth(TYPED_LIMIT)
        .map_or(text, |(end, _)| &text[..end])
}

fn page(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Problem::Internal
    })?;
    let vary = [(header::VARY, HeaderValue::from_static("accept-language"))];
    Ok((status, vary, Html(html)).into_response())
}

fn see_ticket(code: &TicketCode, language: Language) -> Response {
    Redirect::to(&format!("/ticket/{code}?lang={}", language.tag())).into_response()
}
