//! Whether a request comes from somebody who has signed in.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, header::COOKIE, request::Parts},
};

use crate::{
    Origin, SharedOrigin,
    desk_access::{DeskAccess, DeskSession},
    problem::Problem,
};

/// The name of the cookie.
pub(super) const COOKIE_NAME: &str = "levee-desk";

/// Somebody who has signed in to the desk.
#[derive(Clone)]
pub(super) struct SignedIn(DeskSession);

impl SignedIn {
    /// What the forms of this sign-in carry.
    pub(super) fn form_token(&self, origin: &Origin) -> String {
        let token = |desk: &DeskAccess| desk.form_token(&self.0);
        origin.desk.as_ref().map(token).unwrap_or_default()
    }

    /// Checks that a form comes from a page of this sign-in.
    pub(super) fn expect_form(&self, origin: &Origin, form_token: &str) -> Result<(), Problem> {
        let is_from = |desk: &DeskAccess| desk.is_from(&self.0, form_token);
        origin
            .desk
            .as_ref()
            .is_some_and(is_from)
            .then_some(())
            .ok_or(Problem::Forbidden)
    }

    fn of(origin: &Origin, headers: &HeaderMap) -> Option<Self> {
        let desk = origin.desk.as_ref()?;
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
            .find_map(|cookie| desk.session(cookie, origin.clock.now()))
            .map(Self)
    }
}

impl FromRequestParts<SharedOrigin> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, origin: &SharedOrigin) -> Result<Self, Problem> {
        Self::of(origin, &parts.headers).ok_or(Problem::Forbidden)
    }
}

impl OptionalFromRequestParts<SharedOrigin> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, origin: &SharedOrigin) -> Result<Option<Self>, Problem> {
        Ok(Self::of(origin, &parts.headers))
    }
}
