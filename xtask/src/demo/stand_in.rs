//! A stand-in for filter and origin in one, for the tests of everything that makes load.

use super::{
    loopback::{Loopback, Target},
    patient::Booking,
};
use axum::{
    Form, Router,
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use levee_core::challenge::{self, Challenge};
use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
};

/// What the stand-in does with requests that bring no clearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Forward,
    Challenge,
    ChallengeAndRefuseSolutions,
}

/// A server on a port of its own, which lives as long as the test's runtime.
pub(crate) struct StandIn {
    address: SocketAddr,
    site: Arc<Site>,
}

struct Site {
    manner: Manner,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    sockets: HashSet<SocketAddr>,
    by_source: HashMap<IpAddr, u64>,
    by_user_agent: HashMap<String, u64>,
    redeemed: u64,
    told_to_wait: u64,
    bookings: Vec<Booking>,
}

impl Site {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

impl StandIn {
    /// One that lets everything through.
    pub(crate) async fn start() -> Self {
        Self::start_with(Manner::Forward).await
    }

    /// One that asks everybody for a clearance.
    pub(crate) async fn start_challenging() -> Self {
        Self::start_with(Manner::Challenge).await
    }

    /// One that asks everybody for a clearance and gives none.
    pub(crate) async fn start_refusing_solutions() -> Self {
        Self::start_with(Manner::ChallengeAndRefuseSolutions).await
    }

    async fn start_with(manner: Manner) -> Self {
        let site = Arc::new(Site {
            manner,
            seen: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route("/", get(start_page))
            .route("/book", post(book))
            .route("/ticket/{number}", get(ticket))
            .route("/redeem", post(redeem))
            .layer(from_fn_with_state(Arc::clone(&site), guard))
            .with_state(Arc::clone(&site));
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, site }
    }

    pub(crate) fn target(&self) -> Target {
        Target::try_from(self.address).unwrap()
    }

    /// Answers so many of the next requests with 429 and `Retry-After: 0`.
    pub(crate) fn answer_next_with_429(&self, times: u64) {
        self.site.seen().told_to_wait = times;
    }

    pub(crate) fn connections_from(&self, source: Loopback) -> usize {
        self.site
            .seen()
            .sockets
            .iter()
            .filter(|socket| socket.ip() == source.ip())
            .count()
    }

    pub(crate) fn sources(&self) -> u64 {
        self.site.seen().by_source.len() as u64
    }

    pub(crate) fn most_requests_from_one_source_but(&self, except: Loopback) -> u64 {
        let seen = self.site.seen();
        seen.by_source
            .iter()
            .filter(|(ip, _)| **ip != except.ip())
            .map(|(_, count)| *count)
            .max()
            .unwrap_or(0)
    }

    pub(crate) fn requests_of(&self, user_agent: &str) -> u64 {
        self.site
            .seen()
            .by_user_agent
            .get(user_agent)
            .copied()
            .unwrap_or(0)
    }

    /// Returns when a user agent has sent something.
    pub(crate) async fn first_request_of(&self, user_agent: &str) {
        while self.requests_of(user_agent) == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn redeemed(&self) -> u64 {
        self.site.seen().redeemed
    }

    pub(crate) fn bookings(&self) -> Vec<Booking> {
        self.site.seen().bookings.clone()
    }
}

/// A challenge of little work. Nobody checks its MAC.
fn fresh_token() -> String {
    let mut token = vec![0; challenge::LENGTH];
    token[..4].copy_from_slice(&[1, 1, 1, 1]);
    token[12..20].copy_from_slice(&1_000_u64.to_be_bytes());
    token[20..22].copy_from_slice(&4_u16.to_be_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(token)
}

async fn guard(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let user_agent = headers
        .get(header::USER_AGENT)
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    let cleared = headers
        .get(header::COOKIE)
        .is_some_and(|cookie| cookie == "levee=clear");
    {
        let mut seen = site.seen();
        seen.sockets.insert(peer);
        *seen.by_source.entry(peer.ip()).or_default() += 1;
        *seen.by_user_agent.entry(user_agent).or_default() += 1;
        if seen.told_to_wait > 0 {
            seen.told_to_wait -= 1;
            return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response();
        }
    }
    if site.manner == Manner::Forward || cleared || request.uri().path() == "/redeem" {
        return next.run(request).await;
    }
    let token = fresh_token();
    if request.method() == "GET" && headers.get(header::ACCEPT).is_some_and(|accept| accept != "*/*") {
        let page = format!(r#"<!doctype html><main id="levee" data-token="{token}" data-redeem="/redeem">"#);
        return (StatusCode::FORBIDDEN, Html(page)).into_response();
    }
    let problem = format!(
        r#"{{"reason":"clearance_required","challenge":{{"token":"{token}","solver":"/s.js","redeem":"/redeem"}}}}"#
    );
    (
        StatusCode::FORBIDDEN,
        [(header::CONTENT_TYPE, "application/problem+json")],
        problem,
    )
        .into_response()
}

async fn redeem(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let solution = BASE64_URL_SAFE_NO_PAD
        .decode(headers["levee-solution"].as_bytes())
        .unwrap();
    let (token, numbers) = solution.split_at(challenge::LENGTH);
    Challenge::puzzle_for_client(token)
        .unwrap()
        .verify(numbers)
        .unwrap();
    if site.manner == Manner::ChallengeAndRefuseSolutions {
        return StatusCode::FORBIDDEN.into_response();
    }
    site.seen().redeemed += 1;
    [(
        header::SET_COOKIE,
        "levee=clear; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600",
    )]
    .into_response()
}

async fn start_page() -> Html<&'static str> {
    Html(
        r#"<form method="post" action="/book"><select name="department"><option value="cardiology">Tim mạch</option>
        <option value="paediatrics">Nhi</option></select><input type="radio" name="day" value="2026-11-22"></form>"#,
    )
}

async fn book(State(site): State<Arc<Site>>, Form(fields): Form<HashMap<String, String>>) -> Redirect {
    let mut seen = site.seen();
    let (department, day) = (fields["department"].clone(), fields["day"].clone());
    let queue = seen
        .bookings
        .iter()
        .filter(|booking| booking.department == department && booking.day == day);
    let number = u32::try_from(queue.count() + 1).unwrap();
    seen.bookings.push(Booking {
        department,
        day,
        number,
    });
    Redirect::to(&format!("/ticket/{number}"))
}

async fn ticket(Path(number): Path<u32>) -> Html<String> {
    Html(format!(
        r#"<article class="card ticket"><p class="number">{number}</p></article>"#
    ))
}
