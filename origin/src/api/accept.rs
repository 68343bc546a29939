//! Clients that do not want JSON.

use axum::{
    extract::Request,
    http::{HeaderMap, header::ACCEPT},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{language::parse_weight, problem::Problem};

/// Refuses, before anything is done, a request whose answer its client would not read.
pub(super) async fn require_json(request: Request, next: Next) -> Response {
    if accepts_json(request.headers()) {
        next.run(request).await
    } else {
        Problem::NotAcceptable.into_response()
    }
}

/// Whether JSON is among what a client accepts (RFC 9110, section 12.5.1); it is when the client does not say, or says it
/// in a way that cannot be read.
fn accepts_json(headers: &HeaderMap) -> bool {
    let values: Option<Vec<&str>> = headers
        .get_all(ACCEPT)
        .iter()
        .map(|value| value.to_str().ok())
        .collect();
    let Some(values) = values else { return true };
    let ranges: Option<Vec<(&str, bool)>> = values
        .iter()
        .flat_map(|value| value.split(','))
        .filter(|range| !range.trim().is_empty())
        .map(read_range)
        .collect();
    match ranges {
        Some(ranges) if !ranges.is_empty() => ranges
            .into_iter()
            .filter_map(|(range, wanted)| Some((specificity(range)?, wanted)))
            .max()
            .is_some_and(|(_, wanted)| wanted),
        _ => true,
    }
}

/// A media range and whether it is wanted at all.
fn read_range(range: &str) -> Option<(&str, bool)> {
    let mut parts = range.split(';');
    let range = parts.next()?.trim();
    let weight = parts.find(|part| part.trim_start().starts_with(['q', 'Q']));
    let wanted = match weight {
        Some(weight) => parse_weight(weight)? > 0,
        None => true,
    };
    range.contains('/').then_some((range, wanted))
}

/// How closely a media range describes JSON; `None` when it does not.
fn specificity(range: &str) -> Option<u8> {
    let (kind, subtype) = range.split_once('/')?;
    match (
        kind.to_ascii_lowercase().as_str(),
        subtype.to_ascii_lowercase().as_str(),
    ) {
        ("*", "*") => Some(0),
        ("application", "*") => Some(1),
        ("application", "json" | "problem+json") => Some(2),
        _ => None,
    }
}
