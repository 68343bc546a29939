//! Calls of the filter to other services, carried out over HTTP/1.1.

use std::collections::BTreeMap;
use std::rc::Weak;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::edge;
use super::generation::Served;
use super::options::Upstream;
use crate::callout::{Callout, CalloutId, HttpCall};
use crate::message::Response;

/// Most bytes of an answer; beyond it the call has failed.
const MAX_BODY: usize = 16 << 20;
/// gRPC's `UNAVAILABLE`.
const UNAVAILABLE: u32 = 14;

/// Carries out what the filters of one thread ask of other services.
#[derive(Clone)]
pub(super) struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    clusters: Arc<BTreeMap<String, Upstream>>,
}

impl Caller {
    pub(super) fn new(clusters: Arc<BTreeMap<String, Upstream>>, connect_timeout: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(connect_timeout));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self { client, clusters }
    }

    /// Begins what the filter asks for, from inside a `LocalSet`; answers go to the VM as long as it lives.
    pub(super) fn carry_out(&self, callout: Callout, served: &Weak<Served>) {
        let (caller, served) = (self.clone(), served.clone());
        match callout {
            Callout::Http(call) => {
                tokio::task::spawn_local(async move {
                    let response = caller.call(&call).await;
                    if let Some(vm) = served.upgrade() {
                        let failed = vm.borrow().profile().failed_calls_have_responses;
                        let response =
                            response.or_else(|failure| failed.then(|| failure.reply()).ok_or(failure));
                        vm.borrow_mut()
                            .on_http_call_response(call.id, response.ok().as_ref());
                    }
                });
            }
            Callout::Grpc(call) => {
                tracing::warn!(
                    cluster = call.cluster,
                    "gRPC calls are not carried out here: answered with UNAVAILABLE"
                );
                close_grpc(call.id, served);
            }
            // Of a stream that was closed at once.
            Callout::GrpcMessage { .. } | Callout::GrpcCancel(_) | Callout::GrpcClose(_) => {}
        }
    }

    async fn call(&self, call: &HttpCall) -> Result<Response, Failure> {
        let exchange = async {
            let request = self.request(call).ok_or(Failure::Connection)?;
            let response = self.client.request(request).await.map_err(|error| {
                let error = anyhow::Error::from(error);
                tracing::warn!(
                    cluster = call.cluster,
                    "no answer to a call of the filter: {error:#}"
                );
                Failure::Connection
            })?;
            let (parts, body) = response.into_parts();
            let collected = Limited::new(body, MAX_BODY).collect().await;
            let collected = collected.map_err(|_| Failure::Connection)?;
            let trailers = collected.trailers().map(edge::from_hyper);
            let mut response = Response::new(parts.status.as_u16());
            response.headers = edge::from_hyper(&parts.headers);
            response.trailers = trailers;
            Ok(response.body(collected.to_bytes()))
        };
        tokio::time::timeout(call.timeout, exchange)
            .await
            .unwrap_or(Err(Failure::Time))
    }

    /// `None` when the filter has asked for what cannot be sent, which the log says.
    fn request(&self, call: &HttpCall) -> Option<http::Request<Full<Bytes>>> {
        let upstream = self.clusters.get(&call.cluster)?;
        let header = |name: &str| call.headers.get(name).unwrap_or_default();
        let uri = Uri::builder()
            .scheme("http")
            .authority(upstream.authority.clone())
            .path_and_query(header(":path"))
            .build();
        let request = uri.and_then(|uri| {
            http::Request::builder()
                .method(header(":method"))
                .uri(uri)
                .header(http::header::HOST, header(":authority"))
                .body(Full::from(call.body.clone()))
        });
        match request {
            Ok(mut request) => {
                request.headers_mut().extend(edge::to_hyper(&call.headers));
                Some(request)
            }
            Err(error) => {
                tracing::error!(
                    cluster = call.cluster,
                    "a call of the filter is no valid request: {error}"
                );
                None
            }
        }
    }
}

/// Why a call has no answer of the service.
#[derive(Clone, Copy)]
enum Failure {
    Connection,
    Time,
}

impl Failure {
    /// What Envoy tells the filter instead.
    fn reply(self) -> Response {
        let (status, text) = match self {
            Self::Connection => (503, "upstream connect error or disconnect/reset before headers"),
            Self::Time => (504, "upstream request timeout"),
        };
        Response::new(status)
            .header("content-length", text.len().to_string())
            .header("content-type", "text/plain")
            .body(text)
    }
}

fn close_grpc(id: CalloutId, served: Weak<Served>) {
    tokio::task::spawn_local(async move {
        if let Some(vm) = served.upgrade() {
            vm.borrow_mut()
                .on_grpc_close(id, UNAVAILABLE, "gRPC is not spoken here");
        }
    });
}
