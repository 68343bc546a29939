//! Calling numbers.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Redirect,
};
use serde::Deserialize;

use super::{Chosen, View, signed_in::SignedIn};
use crate::{SharedOrigin, department::Department, language::Language, problem::Problem};

/// What has come of a call, as the address says it to which the call leads.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Outcome {
    /// `called`, `refused` or `empty`.
    outcome: String,
    /// Slug of the department.
    at: String,
    number: String,
}

impl Outcome {
    /// It in words; `None` when there was no call.
    pub(super) fn notice(&self, language: Language) -> Option<String> {
        let messages = language.messages();
        let department = Department::from_slug(&self.at)?.name(language);
        let number = self.number.parse();
        match (self.outcome.as_str(), number) {
            ("called", Ok(number)) => Some(messages.was_called(number, department)),
            ("refused", Ok(number)) => Some(messages.cannot_be_called(number, department)),
            ("empty", _) => Some(format!("{department}: {}", messages.desk.nobody_waits)),
            _ => None,
        }
    }
}

/// A call, and what the desk showed when it was made.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CallForm {
    form_token: String,
    /// Slug of the department to which the number belongs.
    at: String,
    number: String,
    /// Both of them, with a space between, from the button that calls a number again.
    again: String,
    day: String,
    session: String,
    department: String,
}

impl CallForm {
    fn view(&self, origin: &SharedOrigin) -> View {
        let chosen = Chosen {
            day: self.day.clone(),
            session: self.session.clone(),
            department: self.department.clone(),
            ..Chosen::default()
        };
        View::of(&chosen, origin)
    }

    /// The department and the number that are called.
    fn called(&self) -> Result<(Department, u32), Problem> {
        let (at, number) = self.again.split_once(' ').unwrap_or((&self.at, &self.number));
        let number = number.trim().parse().map_err(|_| {
            Problem::Malformed(
                "the field \"number\" must be a number that was given out, from 1 up".to_owned(),
            )
        })?;
        Ok((department(at)?, number))
    }
}

fn department(slug: &str) -> Result<Department, Problem> {
    Department::from_slug(slug)
        .ok_or_else(|| Problem::Malformed("the field \"at\" must be the slug of a department".to_owned()))
}

/// Calls the next number of a queue.
pub(super) async fn next(
    State(origin): State<SharedOrigin>,
    language: Language,
    signed_in: SignedIn,
    form: Result<Form<CallForm>, FormRejection>,
) -> Result<Redirect, Problem> {
    let Form(form) = form?;
    signed_in.expect_form(&origin, &form.form_token)?;
    let (view, department) = (form.view(&origin), department(&form.at)?);
    let called = origin
        .store
        .call_next(view.queue(department), origin.clock.now())
        .await?;
    origin.live.changed();
    let outcome = called.map_or_else(|| "empty".to_owned(), |number| format!("called&number={number}"));
    Ok(to_desk(view, department, &outcome, language))
}

/// Calls a number of a queue, again or out of turn.
pub(super) async fn number(
    State(origin): State<SharedOrigin>,
    language: Language,
    signed_in: SignedIn,
    form: Result<Form<CallForm>, FormRejection>,
) -> Result<Redirect, Problem> {
    let Form(form) = form?;
    signed_in.expect_form(&origin, &form.form_token)?;
    let view = form.view(&origin);
    let (department, number) = form.called()?;
    let queue = view.queue(department);
    let outcome = if origin.store.call(queue, number, origin.clock.now()).await? {
        origin.live.changed();
        "called"
    } else {
        "refused"
    };
    Ok(to_desk(
        view,
        department,
        &format!("{outcome}&number={number}"),
        language,
    ))
}

fn to_desk(view: View, at: Department, outcome: &str, language: Language) -> Redirect {
    Redirect::to(&format!(
        "{}&at={}&outcome={outcome}&lang={}#{}",
        view.address("/desk"),
        at.slug(),
        language.tag(),
        at.slug(),
    ))
}
