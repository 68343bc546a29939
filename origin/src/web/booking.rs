//! The page on which patients take a number.

use askama::Template;
use axum::{
    Form, Router,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{Redirect, Response},
    routing::{get, post},
};
use jiff::civil::{Date, Time};
use serde::Deserialize;

use super::{
    Frame,
    free_places::{FreePlaces, FreeSession},
    page, see_ticket, typed,
};
use crate::{
    Origin, SharedOrigin,
    booking::{Draft, Field, InvalidDraft},
    department::Department,
    idempotency::IdempotencyKey,
    language::Language,
    offer::Offer,
    problem::Problem,
    session::Session,
    ticket::TicketCode,
};

pub(super) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/", get(form))
        .route("/book", post(book).get(to_form))
}

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage<'a> {
    frame: Frame<'a>,
    departments: Vec<DepartmentChoice>,
    days: Vec<DayChoice>,
    sessions: Vec<SessionChoice>,
    /// Slug of the chosen session, empty for the earliest.
    session: &'a str,
    phone: &'a str,
    birth_year: &'a str,
    /// Makes the form safe to send twice.
    form_token: String,
    corrections: Vec<Correction>,
    /// Whether nothing of today can be booked any more.
    today_over: bool,
    /// The places of the chosen department, where they were asked for.
    free_places: Option<FreePlaces>,
    /// What is offered instead, after a refusal because the session was full.
    instead: Option<Instead>,
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
    full: bool,
    chosen: bool,
}

struct SessionChoice {
    slug: &'static str,
    name: &'static str,
    opens: Time,
    closes: Time,
}

struct Correction {
    field: Field,
    text: &'static str,
}

/// Other sessions of a department that was full.
struct Instead {
    department: &'static str,
    sessions: Vec<FreeSession>,
}

impl BookingPage<'_> {
    /// What has to be put right in a field, if anything.
    fn correction(&self, field: Field) -> Option<&'static str> {
        self.corrections
            .iter()
            .find(|correction| correction.field == field)
            .map(|correction| correction.text)
    }

    fn optional_is_open(&self) -> bool {
        let is_filled_in = !self.phone.is_empty() || !self.birth_year.is_empty();
        is_filled_in
            || [Field::Phone, Field::BirthYear]
                .iter()
                .any(|field| self.correction(*field).is_some())
    }
}

/// Why the page is shown.
enum Occasion {
    /// It was opened.
    Opened,
    /// These fields have to be put right.
    Corrected(Vec<Field>),
    /// No queue that would do has a place.
    Full,
}

impl Occasion {
    fn status(&self) -> StatusCode {
        match self {
            Self::Opened => StatusCode::OK,
            Self::Corrected(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Full => StatusCode::CONFLICT,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chosen {
    department: String,
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

async fn form(
    State(origin): State<SharedOrigin>,
    language: Language,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Problem> {
    let department = chosen
        .ok()
        .and_then(|Query(chosen)| Department::from_slug(&chosen.department));
    let free_places = match department {
        Some(department) => Some(FreePlaces::of(&origin, department).await?),
        None => None,
    };
    let is_full = |day| free_places.as_ref().is_some_and(|places| places.is_full(day));
    let soonest = Offer::at(&origin.clock)
        .days()
        .iter()
        .map(|offered| offered.day)
        .find(|day| !is_full(*day));
    let draft = Draft {
        department: department.map_or("", Department::slug).to_owned(),
        day: soonest.map(|day| day.to_string()).unwrap_or_default(),
        ..Draft::default()
    };
    booking_page(&origin, language, &draft, &Occasion::Opened, free_places)
}

/// For a visitor who reloads or shares the address to which the form was sent.
async fn to_form(language: Language) -> Redirect {
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
    let key = IdempotencyKey::from_form(&form.form_token, &draft);
    match (
        origin.book(&draft, key).await,
        Department::from_slug(&draft.department),
    ) {
        (Ok(ticket), _) => Ok(see_ticket(&ticket.code, language)),
        (Err(Problem::InvalidBooking(InvalidDraft(wrong))), _) => {
            booking_page(&origin, language, &draft, &Occasion::Corrected(wrong), None)
        }
        (Err(Problem::Full), Some(department)) => {
            let free_places = FreePlaces::of(&origin, department).await?;
            booking_page(&origin, language, &draft, &Occasion::Full, Some(free_places))
        }
        (Err(problem), _) => Err(problem),
    }
}

fn booking_page(
    origin: &Origin,
    language: Language,
    draft: &Draft,
    occasion: &Occasion,
    free_places: Option<FreePlaces>,
) -> Result<Response, Problem> {
    let here = match &free_places {
        Some(places) => format!("/?department={}", places.department.slug()),
        None => "/".to_owned(),
    };
    let frame = Frame::new(origin, language, here);
    let messages = frame.messages;
    let corrections = match occasion {
        Occasion::Corrected(wrong) => wrong.as_slice(),
        Occasion::Opened | Occasion::Full => &[],
    };
    let instead = match (occasion, &free_places) {
        (Occasion::Full, Some(places)) => Some(Instead {
            department: places.department.slug(),
            sessions: places.nearest(draft.day.parse().unwrap_or_else(|_| origin.clock.today())),
        }),
        _ => None,
    };
    let days = day_choices(origin, language, draft, free_places.as_ref());
    let values = BookingPage {
        departments: Department::ALL
            .map(|department| DepartmentChoice {
                slug: department.slug(),
                name: department.name(language),
                chosen: department.slug() == draft.department,
            })
            .into(),
        today_over: days
            .first()
            .is_some_and(|first| first.day != origin.clock.today()),
        days,
        sessions: Session::ALL
            .map(|session| SessionChoice {
                slug: session.slug(),
                name: session.name(language),
                opens: session.opens(),
                closes: session.closes(),
            })
            .into(),
        session: Session::from_slug(&draft.session).map_or("", Session::slug),
        phone: typed(&draft.phone),
        birth_year: typed(&draft.birth_year),
        form_token: TicketCode::random().to_string(),
        corrections: corrections
            .iter()
            .map(|field| Correction {
                field: *field,
                text: messages.correction(*field),
            })
            .collect(),
        free_places,
        instead,
        frame,
    };
    page(occasion.status(), &values)
}

fn day_choices(
    origin: &Origin,
    language: Language,
    draft: &Draft,
    free_places: Option<&FreePlaces>,
) -> Vec<DayChoice> {
    let messages = language.messages();
    let choice = |day: Date| {
        let full = free_places.is_some_and(|places| places.is_full(day));
        DayChoice {
            day,
            weekday: if day == origin.clock.today() {
                messages.today
            } else {
                messages.weekday(day)
            },
            date: messages.short_date(day),
            full,
            chosen: !full && day.to_string() == draft.day,
        }
    };
    Offer::at(&origin.clock)
        .days()
        .iter()
        .map(|offered| choice(offered.day))
        .collect()
}
