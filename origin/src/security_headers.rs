//! Response headers that keep a browser from doing with a page what the hospital did not intend.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::web::{HALL_STYLE, SCRIPT, STYLE};

/// Headers that say the same on every response.
const FIXED: [(HeaderName, &str); 7] = [
    // Pages carry a form's token or a patient's ticket.
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // The address of a ticket opens it, so no other site may learn it.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    ),
];

/// All the headers, built once.
static HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let (style, hall_style, script) = (hash(STYLE), hash(HALL_STYLE), hash(SCRIPT));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}' 'sha256-{hall_style}'; script-src 'sha256-{script}'; connect-src 'self'; \
         img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let fixed = FIXED.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let policy = HeaderValue::try_from(policy)
        .ok()
        .map(|value| (header::CONTENT_SECURITY_POLICY, value));
    fixed.into_iter().chain(policy).collect()
});

/// Adds the headers.
pub(crate) async fn add(mut response: Response) -> Response {
    response.headers_mut().extend(HEADERS.clone());
    response
}
