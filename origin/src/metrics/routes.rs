//! Where metrics are read.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{encoding::text, registry::Registry};

use super::Metrics;

/// The type of the text (OpenMetrics 1.0, "Content-Type").
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers at /metrics, and nothing else: for a listener of its own, which patients do not reach.
pub fn router(metrics: &Metrics) -> Router {
    Router::new()
        .route("/metrics", get(scrape))
        .with_state(Arc::new(metrics.registry()))
}

async fn scrape(State(registry): State<Arc<Registry>>) -> Response {
    let mut body = String::new();
    match text::encode(&mut body, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
