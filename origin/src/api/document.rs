//! The description of this interface (OpenAPI 3.1), made from the code that answers.

use std::sync::Arc;

use axum::{
    Extension,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use utoipa::{OpenApi, openapi};

use super::problems::{self, EveryOperation};
use crate::{department::Department, problem::Document, session::Session};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Examination queue numbers",
        description = "A hospital's booking app: departments and days, a queue number, a ticket and how far its queue \
                       has come.\n\nProblems are `application/problem+json` (RFC 9457); tell them apart by `type`. \
                       `title` and `detail` are in Vietnamese, or in English when `Accept-Language` prefers it. Behind \
                       Levee a request may be answered with a challenge instead, which is a problem as well. Clients \
                       must ignore members that they do not know: later versions may add some.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "booking", description = "What can be booked, and taking a number"),
        (name = "tickets", description = "What has become of a number"),
        (name = "board", description = "The numbers being served"),
        (name = "description", description = "This document"),
    ),
    components(schemas(Department, Session, Document)),
)]
struct About;

/// The document without its paths.
pub(super) fn about() -> openapi::OpenApi {
    let mut about = About::openapi();
    about
        .components
        .get_or_insert_default()
        .responses
        .extend(problems::shared());
    about
}

/// The document as it is served.
#[derive(Clone)]
pub(super) struct ApiDocument(Arc<str>);

impl ApiDocument {
    pub(super) fn new(document: &openapi::OpenApi) -> Self {
        let text = document.to_pretty_json().unwrap_or_else(|error| {
            tracing::error!(%error, "the description of the API cannot be written");
            String::from("{}")
        });
        Self((text + "\n").into())
    }
}

/// This document
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "getDescription",
    tag = "description",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = Object), EveryOperation)
)]
pub(super) async fn show(Extension(document): Extension<ApiDocument>) -> impl IntoResponse {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], document.0.to_string())
}
