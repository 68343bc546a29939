//! A stand-in for filter and origin in one, for the tests of everything that makes load.

mod gate;
mod site;

use super::{
    loopback::{Loopback, Target},
    patient::Booking,
};
use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};
pub(crate) use gate::fresh_token;
use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
};

/// What the stand-in does with requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Manner {
    /// Asks those without a clearance for one.
    challenges: bool,
    /// Accepts no solution.
    refuses_solutions: bool,
    /// Lets everybody wait in line, and ask so many times while others are ahead.
    line: Option<u64>,
}

/// A server on a port of its own, which lives as long as the test's runtime.
pub(crate) struct StandIn {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    manner: Manner,
    seen: Mutex<Seen>,
}

/// What has been seen, and what is to be done about the next requests.
#[derive(Default)]
struct Seen {
    sockets: HashSet<SocketAddr>,
    by_source: HashMap<IpAddr, u64>,
    by_user_agent: HashMap<String, u64>,
    redemptions_by_user_agent: HashMap<String, u64>,
    redeemed: u64,
    clearances_used: HashSet<String>,
    too_many: u64,
    price_rises: u64,
    ask_again_after: u64,
    /// Places ahead of the holders of tickets, by number; `None` once they are in.
    tickets: HashMap<u64, Option<u64>>,
    bookings: Vec<Booking>,
}

impl State {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

impl StandIn {
    /// The work of its challenges, in expected hashes.
    pub(crate) const WORK: u64 = 1_000;

    /// One that lets everything through.
    pub(crate) async fn start() -> Self {
        Self::start_with(Manner::default()).await
    }

    /// One that asks everybody for a clearance.
    pub(crate) async fn start_challenging() -> Self {
        Self::start_with(Manner {
            challenges: true,
            ..Manner::default()
        })
        .await
    }

    /// One that asks everybody for a clearance and gives none.
    pub(crate) async fn start_refusing_solutions() -> Self {
        Self::start_with(Manner {
            challenges: true,
            refuses_solutions: true,
            line: None,
        })
        .await
    }

    /// One that lets everybody wait in line: told so many times that others are ahead, then once that the origin is
    /// busy, then in.
    pub(crate) async fn start_with_a_line(places: u64) -> Self {
        Self::start_with(Manner {
            line: Some(places),
            ..Manner::default()
        })
        .await
    }

    /// One that asks everybody for a clearance first, and lets them wait in line then.
    pub(crate) async fn start_challenging_with_a_line(places: u64) -> Self {
        Self::start_with(Manner {
            challenges: true,
            refuses_solutions: false,
            line: Some(places),
        })
        .await
    }

    async fn start_with(manner: Manner) -> Self {
        let state = Arc::new(State {
            manner,
            seen: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route("/", get(site::start_page))
            .route("/healthz", get(async || ""))
            .route("/book", post(site::book))
            .route("/ticket/{number}", get(site::ticket))
            .route("/redeem", post(gate::redeem))
            .layer(from_fn_with_state(Arc::clone(&state), gate::guard))
            .with_state(Arc::clone(&state));
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, state }
    }

    pub(crate) fn target(&self) -> Target {
        Target::try_from(self.address).unwrap()
    }

    /// Answers so many of the next requests with 429 and `Retry-After: 0`.
    pub(crate) fn answer_next_with_429(&self, times: u64) {
        self.state.seen().too_many = times;
    }

    /// Refuses the next solution as one of a price that is not valid any more, with a fresh challenge.
    pub(crate) fn raise_the_price_once(&self) {
        self.state.seen().price_rises = 1;
    }

    /// What `Retry-After` says to those in line; 0 if not set.
    pub(crate) fn ask_again_after_seconds(&self, seconds: u64) {
        self.state.seen().ask_again_after = seconds;
    }

    pub(crate) fn connections_from(&self, source: Loopback) -> usize {
        let seen = self.state.seen();
        let from_there = seen.sockets.iter().filter(|socket| socket.ip() == source.ip());
        from_there.count()
    }

    pub(crate) fn sources(&self) -> u64 {
        self.state.seen().by_source.len() as u64
    }

    pub(crate) fn most_requests_from_one_source_but(&self, except: Loopback) -> u64 {
        let seen = self.state.seen();
        seen.by_source
            .iter()
            .filter(|(ip, _)| **ip != except.ip())
            .map(|(_, count)| *count)
            .max()
            .unwrap_or(0)
    }

    /// Requests of a user agent, redemptions included.
    pub(crate) fn requests_of(&self, user_agent: &str) -> u64 {
        let seen = self.state.seen();
        seen.by_user_agent.get(user_agent).copied().unwrap_or(0)
    }

    /// Requests of a user agent to the redeem endpoint.
    pub(crate) fn redemptions_of(&self, user_agent: &str) -> u64 {
        let seen = self.state.seen();
        seen.redemptions_by_user_agent
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

    /// Solutions that were checked and accepted.
    pub(crate) fn redeemed(&self) -> u64 {
        self.state.seen().redeemed
    }

    /// Clearances that requests came with.
    pub(crate) fn clearances_used(&self) -> usize {
        self.state.seen().clearances_used.len()
    }

    pub(crate) fn bookings(&self) -> Vec<Booking> {
        self.state.seen().bookings.clone()
    }
}
