//! Signing in to the desk, and out.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::signed_in::{COOKIE_NAME, SignedIn};
use crate::{
    Origin, SharedOrigin,
    desk_access::{Refused, SESSION_SECONDS},
    language::Language,
    problem::Problem,
    public_url::PublicUrl,
    web::{Frame, page},
};

#[derive(Template)]
#[template(path = "desk_sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    correction: Option<&'static str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    token: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignOutForm {
    form_token: String,
}

pub(super) async fn sign_in(
    State(origin): State<SharedOrigin>,
    language: Language,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(form) = form?;
    let desk = origin.desk.as_ref().ok_or(Problem::NotFound)?;
    let texts = language.messages().desk;
    match desk.sign_in(&form.token, origin.clock.now()).await {
        Ok(session) => set_cookie(&origin, language, session.cookie(), SESSION_SECONDS),
        Err(Refused::Wrong) => {
            tracing::warn!("somebody gave a wrong token at the desk");
            sign_in_page(&origin, language, StatusCode::FORBIDDEN, Some(texts.token_wrong))
        }
        Err(Refused::TooMany) => {
            let page = sign_in_page(
                &origin,
                language,
                StatusCode::TOO_MANY_REQUESTS,
                Some(texts.too_many),
            )?;
            Ok(([(header::RETRY_AFTER, HeaderValue::from_static("5"))], page).into_response())
        }
    }
}

/// For somebody who reloads the address to which the token was sent.
pub(super) async fn to_desk(language: Language) -> Redirect {
    Redirect::to(&format!("/desk?lang={}", language.tag()))
}

pub(super) async fn sign_out(
    State(origin): State<SharedOrigin>,
    language: Language,
    signed_in: SignedIn,
    form: Result<Form<SignOutForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(form) = form?;
    signed_in.expect_form(&origin, &form.form_token)?;
    set_cookie(&origin, language, "", 0)
}

pub(super) fn sign_in_page(
    origin: &Origin,
    language: Language,
    status: StatusCode,
    correction: Option<&'static str>,
) -> Result<Response, Problem> {
    let frame = Frame::new(origin, language, "/desk");
    page(status, &SignInPage { frame, correction })
}

/// Sets the session's cookie for so many seconds, and leads to the desk. No script can read it, and no other site can
/// make a browser send it (RFC 6265bis, section 5.6.7).
fn set_cookie(origin: &Origin, language: Language, value: &str, seconds: i64) -> Result<Response, Problem> {
    let is_secure = origin.public_url.as_ref().is_some_and(PublicUrl::is_secure);
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE_NAME}={value}; Path=/desk; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let cookie = HeaderValue::try_from(cookie).map_err(|_| Problem::Internal)?;
    let to = Redirect::to(&format!("/desk?lang={}", language.tag()));
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), to).into_response())
}
