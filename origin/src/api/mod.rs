//! The JSON interface, for the hospital's mobile app and its partners.
//!
//! A handler is registered together with its description, so the document that is served lacks no route.

mod accept;
mod board;
mod booking;
mod departments;
mod document;
mod names;
mod parameters;
mod payment;
mod places;
mod problems;
mod ticket;

use axum::{Extension, Router, extract::State, middleware, routing::get};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::document::ApiDocument;
use crate::{SharedOrigin, problem::Problem};

pub(crate) fn routes() -> Router<SharedOrigin> {
    let (routes, description) = OpenApiRouter::with_openapi(document::about())
        .routes(routes!(departments::list))
        .routes(routes!(places::list))
        .routes(routes!(booking::book))
        .routes(routes!(ticket::look_up))
        .routes(routes!(ticket::show))
        .routes(routes!(ticket::cancel))
        .routes(routes!(payment::show))
        .routes(routes!(board::show))
        .routes(routes!(document::show))
        .split_for_parts();
    routes
        .layer(Extension(ApiDocument::new(&description)))
        .layer(middleware::from_fn(accept::require_json))
        .route("/healthz", get(health))
}

async fn health(State(origin): State<SharedOrigin>) -> Result<&'static str, Problem> {
    origin.store.check().await?;
    Ok("ok\n")
}
