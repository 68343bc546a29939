//! The stand-in's part of a filter: clearances, and the waiting line.

use super::{Seen, StandIn};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_core::challenge::{self, Challenge};
use std::{net::SocketAddr, sync::Arc};

const PROBLEM: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/problem+json")];

/// A challenge of little work that is unlike any other. Nobody checks its MAC.
pub(crate) fn fresh_token() -> String {
    let mut token = vec![0; challenge::LENGTH];
    token[..4].copy_from_slice(&[1, 1, 1, 1]);
    token[12..20].copy_from_slice(&StandIn::WORK.to_be_bytes());
    token[20..22].copy_from_slice(&4_u16.to_be_bytes());
    token[34..50].copy_from_slice(&rand::random::<[u8; 16]>());
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

pub(super) async fn guard(
    State(state): State<Arc<super::State>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let user_agent = headers
        .get(header::USER_AGENT)
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    let redeems = request.uri().path() == "/redeem";
    let wants_page =
        request.method() == Method::GET && headers.get(header::ACCEPT).is_some_and(|accept| accept != "*/*");
    let refusal = {
        let mut seen = state.seen();
        seen.sockets.insert(peer);
        *seen.by_source.entry(peer.ip()).or_default() += 1;
        if redeems {
            *seen
                .redemptions_by_user_agent
                .entry(user_agent.clone())
                .or_default() += 1;
        }
        *seen.by_user_agent.entry(user_agent).or_default() += 1;
        if seen.too_many > 0 {
            seen.too_many -= 1;
            Some((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response())
        } else if redeems {
            None
        } else if state.manner.challenges && !is_cleared(&mut seen, headers) {
            Some(challenge(wants_page))
        } else {
            let places = state.manner.line;
            places.and_then(|places| stand_in_line(&mut seen, headers, places, wants_page))
        }
    };
    match refusal {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

pub(super) async fn redeem(State(state): State<Arc<super::State>>, headers: HeaderMap) -> Response {
    if !is_solved(&headers) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    if state.manner.refuses_solutions {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut seen = state.seen();
    if seen.price_rises > 0 {
        seen.price_rises -= 1;
        return challenge(false);
    }
    seen.redeemed += 1;
    let number = seen.redeemed;
    [(
        header::SET_COOKIE,
        format!("levee=clear-{number}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600"),
    )]
    .into_response()
}

/// Whether the solution is one.
fn is_solved(headers: &HeaderMap) -> bool {
    let solution = BASE64_URL_SAFE_NO_PAD
        .decode(headers["levee-solution"].as_bytes())
        .unwrap();
    let (token, numbers) = solution.split_at(challenge::LENGTH);
    Challenge::puzzle_for_client(token)
        .unwrap()
        .verify(numbers)
        .is_ok()
}

fn is_cleared(seen: &mut Seen, headers: &HeaderMap) -> bool {
    let Some(clearance) = cookie(headers, "levee") else {
        return false;
    };
    let number: Option<u64> = clearance
        .strip_prefix("clear-")
        .and_then(|number| number.parse().ok());
    let given = number.is_some_and(|number| number <= seen.redeemed);
    if given {
        seen.clearances_used.insert(clearance);
    }
    given
}

/// What somebody is told who is not in yet.
fn stand_in_line(seen: &mut Seen, headers: &HeaderMap, places: u64, wants_page: bool) -> Option<Response> {
    let ticket = cookie(headers, "levee-line").map(|token| {
        let token = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap();
        u64::from_be_bytes(token[3..11].try_into().unwrap())
    });
    let (number, place) = match ticket {
        Some(number) => (number, seen.tickets[&number]?),
        None => (seen.tickets.len() as u64 + 1, places),
    };
    seen.tickets.insert(number, place.checked_sub(1));
    let token = ticket_token(number);
    let page =
        format!(r#"<!doctype html><main id="levee-line" data-place="{place}" data-expected="{place}">"#);
    let reason = if place > 0 { "in_line" } else { "capacity_spent" };
    let problem = format!(
        r#"{{"reason":"{reason}","line":{{"ticket":"{token}","place":{place},"expected_seconds":1}}}}"#
    );
    let mut response = if wants_page {
        Html(page).into_response()
    } else {
        (PROBLEM, problem).into_response()
    };
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, seen.ask_again_after.into());
    if ticket.is_none() {
        let cookie = format!("levee-line={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600");
        headers.insert(header::SET_COOKIE, cookie.try_into().unwrap());
    }
    Some(response)
}

fn ticket_token(number: u64) -> String {
    let mut token = vec![1, 3, 1];
    token.extend(number.to_be_bytes());
    token.resize(51, 0);
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

fn challenge(wants_page: bool) -> Response {
    let token = fresh_token();
    if wants_page {
        let page = format!(r#"<!doctype html><main id="levee" data-token="{token}" data-redeem="/redeem">"#);
        return (StatusCode::FORBIDDEN, Html(page)).into_response();
    }
    let problem = format!(
        r#"{{"reason":"clearance_required","challenge":{{"token":"{token}","solver":"/s.js","redeem":"/redeem"}}}}"#
    );
    (StatusCode::FORBIDDEN, PROBLEM, problem).into_response()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies
        .split("; ")
        .filter_map(|cookie| cookie.split_once('='))
        .find(|(cookie, _)| *cookie == name)
        .map(|(_, value)| value.to_owned())
}
