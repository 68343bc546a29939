//! The board: the numbers being served, for a screen in the hall and for a phone.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
    routing::get,
};
use jiff::civil::Date;
use serde::Deserialize;

use super::{Frame, events, page, render};
use crate::{
    Origin, SharedOrigin,
    clock::Clock,
    department::Department,
    language::Language,
    live::{Audience, Snapshot},
    problem::Problem,
    queue::{Queue, Standing},
    session::Session,
};

pub(super) fn routes() -> Router<SharedOrigin> {
    Router::new()
        .route("/board", get(board))
        .route("/board/events", get(board_events))
}

#[derive(Template)]
#[template(path = "board.html", blocks = ["content"])]
struct BoardPage<'a> {
    frame: Frame<'a>,
    day: Date,
    date: String,
    session: Session,
    queues: Vec<Standing>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chosen {
    session: String,
}

impl Chosen {
    fn session(query: Result<Query<Self>, QueryRejection>) -> Option<Session> {
        query
            .ok()
            .and_then(|Query(chosen)| Session::from_slug(&chosen.session))
    }
}

/// The session that goes on or comes next today; the last one in the evening.
pub(super) fn present_session(clock: &Clock) -> Session {
    let now = clock.local_now().time();
    Session::ALL
        .into_iter()
        .find(|session| now < session.closes())
        .unwrap_or(Session::Afternoon)
}

impl<'a> BoardPage<'a> {
    /// The board of a session of today; of the present one when none was chosen.
    fn new(origin: &'a Origin, language: Language, chosen: Option<Session>, now: &Snapshot) -> Self {
        let query = chosen
            .map(|session| format!("?session={}", session.slug()))
            .unwrap_or_default();
        let mut frame = Frame::new(origin, language, format!("/board{query}"));
        let separator = if query.is_empty() { '?' } else { '&' };
        frame.events = Some(format!("/board/events{query}{separator}lang={}", language.tag()));
        frame.wide = true;
        let day = origin.clock.today();
        let session = chosen.unwrap_or_else(|| present_session(&origin.clock));
        let queues = Department::ALL.map(|department| {
            now.standing(Queue {
                day,
                session,
                department,
            })
        });
        Self {
            day,
            date: language.messages().long_date(day),
            session,
            queues: queues.into(),
            frame,
        }
    }
}

async fn board(
    State(origin): State<SharedOrigin>,
    language: Language,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Problem> {
    let now = Snapshot::of(&origin, origin.clock.today()).await?;
    page(
        StatusCode::OK,
        &BoardPage::new(&origin, language, Chosen::session(chosen), &now),
    )
}

async fn board_events(
    State(origin): State<SharedOrigin>,
    language: Language,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Problem> {
    let chosen = Chosen::session(chosen);
    events::stream(origin, Audience::Hall, Snapshot::clone, move |origin, now| async move {
        render(&BoardPage::new(&origin, language, chosen, &now).as_content())
    })
    .await
}
