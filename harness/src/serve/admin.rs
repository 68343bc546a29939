//! `/ready` and `/stats` for an operator.

use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::stats::Stats;

const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers on `listener` for ever.
pub(super) async fn run(listener: TcpListener, stats: Rc<Stats>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let stats = stats.clone();
        let service = service_fn(move |request| {
            let response = answer(&request, &stats);
            async move { Ok::<_, Infallible>(response) }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(CLIENT_TIMEOUT);
        let serving = http.serve_connection(TokioIo::new(socket), service);
        tokio::task::spawn_local(async move {
            if let Err(error) = serving.await {
                tracing::debug!("admin connection ended: {error}");
            }
        });
    }
}

fn answer(request: &Request<Incoming>, stats: &Stats) -> Response<Full<Bytes>> {
    let (status, text) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/ready") if stats.is_ready() => (StatusCode::OK, "LIVE\n".to_owned()),
        (&Method::GET, "/ready") => (
            StatusCode::SERVICE_UNAVAILABLE,
            "every worker's VM has failed\n".to_owned(),
        ),
        (&Method::GET, "/stats") => (StatusCode::OK, stats.text()),
        _ => (StatusCode::NOT_FOUND, "GET /ready or GET /stats\n".to_owned()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
