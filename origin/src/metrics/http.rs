//! Requests: how many, of what, how they ended and how long they took.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper ends of the histogram's buckets, in seconds: from a page out of memory to the limit of a request's time.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// The route of what is at no route: a scanner must not make up names of metrics.
const NO_ROUTE: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    /// As the router knows it: `/ticket/{code}`.
    route: String,
    /// The first digit of the status, such as `2xx`; `left` when the client did not wait for the answer.
    status: &'static str,
}

type Durations = Family<Labels, Histogram, fn() -> Histogram>;

/// Counts requests, and measures how long they take up to the head of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Requests(Durations);

impl Default for Requests {
    fn default() -> Self {
        Self(Durations::new_with_constructor(|| Histogram::new(BUCKETS)))
    }
}

impl Requests {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "http_request_duration",
            "How long requests took from the end of their head to the head of the answer",
            Unit::Seconds,
            self.0.clone(),
        );
    }
}

/// A request that is being answered; counts itself when it ends, also when it ends by its client going away.
struct Measurement {
    durations: Durations,
    labels: Labels,
    started: Instant,
}

impl Drop for Measurement {
    fn drop(&mut self) {
        self.durations
            .get_or_create(&self.labels)
            .observe(self.started.elapsed().as_secs_f64());
    }
}

/// Counts each request when it has been answered.
pub(crate) async fn measure(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(NO_ROUTE, MatchedPath::as_str);
    let mut measurement = Measurement {
        durations: requests.0,
        labels: Labels {
            method: name_of(request.method()),
            route: route.to_owned(),
            status: "left",
        },
        started: Instant::now(),
    };
    let response = next.run(request).await;
    measurement.labels.status = class_of(response.status());
    response
}

/// The methods that are answered; a client may send any word.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
