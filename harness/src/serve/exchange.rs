//! One exchange on a real connection: client, guest, origin and back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{StatusCode, Uri, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, channel};
use hyper::body::{Body, Frame, Incoming};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use tokio::sync::oneshot;

use super::body::{BodyError, FilteredBody, ResponseBody};
use super::edge::{self, Unacceptable};
use super::generation::Current;
use super::options::Upstream;
use super::stats::{Counters, increment};
use super::stream::StreamGuard;
use crate::abi::{Direction, LocalReply};
use crate::entropy::Entropy;
use crate::headers::Headers;
use crate::message::Response;
use crate::stream::{Flow, StreamInfo};

/// A body on its way to the origin.
type UpstreamBody = UnsyncBoxBody<Bytes, BodyError>;
/// The connection pool of a worker.
pub(super) type UpstreamClient = Client<HttpConnector, UpstreamBody>;

/// What all exchanges of a worker have in common.
pub(super) struct Proxy {
    pub(super) serving: Current,
    pub(super) client: UpstreamClient,
    pub(super) upstream: Upstream,
    pub(super) upstream_timeout: Duration,
    pub(super) max_header_bytes: usize,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) counters: Arc<Counters>,
}

/// One client connection.
#[derive(Clone, Copy)]
pub(super) struct Connection {
    pub(super) id: u64,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
}

/// The guest has cut the exchange off: the connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the filter reset the stream")]
pub(super) struct Reset;

/// Why a request did not get to the origin, or no response came back.
enum Stop {
    Reply(LocalReply),
    Reset,
}

impl Proxy {
    pub(super) async fn serve(
        &self,
        connection: Connection,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<ResponseBody>, Reset> {
        increment(&self.counters.requests);
        let result = self.exchange(connection, request).await;
        match &result {
            Ok(response) => self.counters.answered(response.status()),
            Err(Reset) => increment(&self.counters.resets),
        }
        result
    }

    async fn exchange(
        &self,
        connection: Connection,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<ResponseBody>, Reset> {
        let (parts, body) = request.into_parts();
        let map = match edge::request_map(
            &parts,
            connection.peer.ip(),
            &*self.entropy,
            self.max_header_bytes,
        ) {
            Ok(map) => map,
            Err(reason) => return Ok(unacceptable(reason)),
        };
        let stream = StreamGuard::open(
            self.serving.vm(),
            StreamInfo {
                source: connection.peer,
                destination: connection.local,
                protocol: edge::protocol(parts.version).to_owned(),
                connection_id: connection.id,
            },
        );
        match self.forward(&stream, map, body).await {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                self.respond(stream, edge::response_map(parts.status, &parts.headers), body)
                    .await
            }
            Err(Stop::Reply(reply)) => self.reply(&stream, reply).await,
            Err(Stop::Reset) => Err(Reset),
        }
    }

    /// Takes the request through the guest and on to the origin.
    async fn forward(
        &self,
        stream: &StreamGuard,
        map: Headers,
        body: Incoming,
    ) -> Result<http::Response<Incoming>, Stop> {
        let end = body.is_end_stream();
        let flow = stream.vm().on_headers(stream.id(), Direction::Request, map, end);
        continued(stream.settled(Direction::Request, flow).await)?;
        let headers = stream.vm().headers(stream.id(), Direction::Request);

        let (interrupt, interrupted) = oneshot::channel();
        let body: UpstreamBody = if end {
            Empty::new().map_err(|never| match never {}).boxed_unsync()
        } else if stream.vm().wants_body(Direction::Request) {
            let (sender, channel) = channel::Channel::new(1);
            tokio::task::spawn_local(pump(stream.clone(), body, sender, interrupt));
            channel.boxed_unsync()
        } else {
            body.map_err(Into::into).boxed_unsync()
        };
        let request = self.upstream_request(&headers, body)?;
        increment(&self.counters.upstream_requests);
        let response = tokio::time::timeout(self.upstream_timeout, self.client.request(request));
        tokio::select! {
            biased;
            Ok(stop) = interrupted => Err(stop),
            response = response => match response {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => {
                    increment(&self.counters.upstream_failures);
                    let error = anyhow::Error::from(error);
                    tracing::warn!(upstream = %self.upstream.authority, "no response from the origin: {error:#}");
                    Err(host_reply(503, "upstream connect error or disconnect/reset before headers"))
                }
                Err(_) => {
                    increment(&self.counters.upstream_failures);
                    tracing::warn!(upstream = %self.upstream.authority, "the origin did not answer in time");
                    Err(host_reply(504, "upstream request timeout"))
                }
            },
        }
    }

    fn upstream_request(
        &self,
        headers: &Headers,
        body: UpstreamBody,
    ) -> Result<http::Request<UpstreamBody>, Stop> {
        let invalid = |what: &str| {
            let value = headers.get(what).unwrap_or_default().escape_ascii().to_string();
            tracing::error!("the filter has set {what} to \"{value}\", with which no request can be made");
            host_reply(502, "the filter has made the request invalid")
        };
        let uri = Uri::builder()
            .scheme("http")
            .authority(self.upstream.authority.clone())
            .path_and_query(headers.get(":path").unwrap_or_default())
            .build()
            .map_err(|_| invalid(":path"))?;
        let host = http::HeaderValue::from_bytes(headers.get(":authority").unwrap_or_default());
        let mut request = http::Request::builder()
            .method(headers.get(":method").unwrap_or_default())
            .uri(uri)
            .body(body)
            .map_err(|_| invalid(":method"))?;
        *request.headers_mut() = edge::to_hyper(headers);
        request
            .headers_mut()
            .insert(header::HOST, host.map_err(|_| invalid(":authority"))?);
        Ok(request)
    }

    /// Takes the origin's response through the guest.
    async fn respond(
        &self,
        stream: StreamGuard,
        map: Headers,
        body: Incoming,
    ) -> Result<http::Response<ResponseBody>, Reset> {
        let end = body.is_end_stream();
        let flow = stream.vm().on_headers(stream.id(), Direction::Response, map, end);
        match stream.settled(Direction::Response, flow).await {
            Flow::Reply(reply) => return fixed(&reply.into()),
            Flow::Reset | Flow::Pause => return Err(Reset),
            Flow::Continue => {}
        }
        let mut response = Response::new(0);
        response.set_map(stream.vm().headers(stream.id(), Direction::Response));
        let filtered = !end && stream.vm().wants_body(Direction::Response);
        let body = if filtered {
            ResponseBody::Filtered(FilteredBody::new(body, stream))
        } else {
            ResponseBody::Direct { body, _guard: stream }
        };
        with_head(&response, body)
    }

    /// Takes a local reply through the guest, which sees it like any response.
    async fn reply(
        &self,
        stream: &StreamGuard,
        reply: LocalReply,
    ) -> Result<http::Response<ResponseBody>, Reset> {
        tracing::debug!(status = reply.status, details = reply.details, "local reply");
        let mut response = Response::from(reply);
        if !stream.vm().profile().own_reply_is_seen {
            return fixed(&response);
        }
        let body = response.body_bytes();
        let direction = Direction::Response;
        let flow = stream
            .vm()
            .on_headers(stream.id(), direction, response.to_map(), body.is_empty());
        match stream.settled(direction, flow).await {
            Flow::Reply(reply) => return fixed(&reply.into()),
            Flow::Reset | Flow::Pause => return Err(Reset),
            Flow::Continue => response.set_map(stream.vm().headers(stream.id(), direction)),
        }
        if !body.is_empty() {
            let flow = stream.vm().on_body(stream.id(), direction, &body, true);
            if !matches!(stream.settled(direction, flow).await, Flow::Continue) {
                return Err(Reset);
            }
            response.body = vec![stream.vm().take_body(stream.id(), direction)];
        }
        fixed(&response)
    }
}

/// Takes a request body through the guest, and what it lets go on to the origin. Sending waits for the origin to read,
/// and reading from the client waits for the sending.
async fn pump(
    stream: StreamGuard,
    mut body: Incoming,
    mut origin: channel::Sender<Bytes, BodyError>,
    interrupt: oneshot::Sender<Stop>,
) {
    let direction = Direction::Request;
    loop {
        let frame = match body.frame().await.transpose() {
            Ok(frame) => frame.unwrap_or_else(|| Frame::data(Bytes::new())),
            Err(error) => return origin.abort(error.into()),
        };
        let (flow, end) = match frame.into_data().map_err(Frame::into_trailers) {
            Ok(data) => {
                let end = data.is_empty() || body.is_end_stream();
                (stream.vm().on_body(stream.id(), direction, &data, end), end)
            }
            Err(Ok(trailers)) => {
                stream.note_trailers(direction);
                (
                    stream
                        .vm()
                        .on_trailers(stream.id(), direction, edge::from_hyper(&trailers)),
                    true,
                )
            }
            Err(Err(_)) => continue,
        };
        // While there is more to come, a paused body is held in the VM.
        let flow = if end {
            stream.settled(direction, flow).await
        } else {
            flow
        };
        if flow == Flow::Pause {
            continue;
        }
        if let Err(stop) = continued(flow) {
            // Nobody waits any more when the response has begun: then cutting the body off is all there is.
            let _ = interrupt.send(stop);
            return origin.abort("the filter stopped the request".into());
        }
        let frames = stream.take_frames(direction, end);
        for frame in frames {
            if origin.send(frame).await.is_err() {
                return;
            }
        }
        if end {
            return;
        }
    }
}

fn continued(flow: Flow) -> Result<(), Stop> {
    match flow {
        Flow::Continue => Ok(()),
        Flow::Reply(reply) => Err(Stop::Reply(reply)),
        // A pause that has been waited for is over, so it can only be that the stream is gone.
        Flow::Pause | Flow::Reset => Err(Stop::Reset),
    }
}

fn host_reply(status: u16, body: &str) -> Stop {
    let (headers, body, details) = (Headers::new(), body.as_bytes().to_vec(), "host".to_owned());
    Stop::Reply(LocalReply {
        status,
        headers,
        body,
        grpc_status: None,
        details,
    })
}

/// Refused before any guest has seen it, as Envoy's codec does.
fn unacceptable(reason: Unacceptable) -> http::Response<ResponseBody> {
    let mut response = http::Response::new(ResponseBody::fixed(""));
    *response.status_mut() = match reason {
        Unacceptable::Host | Unacceptable::Path => StatusCode::BAD_REQUEST,
        Unacceptable::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    };
    response
}

/// A response whose whole body is known: its length is what it is, whatever the guest has said.
fn fixed(response: &Response) -> Result<http::Response<ResponseBody>, Reset> {
    let mut response = with_head(response, ResponseBody::fixed(response.body_bytes()))?;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    Ok(response)
}

fn with_head(head: &Response, body: ResponseBody) -> Result<http::Response<ResponseBody>, Reset> {
    let mut response = http::Response::new(body);
    *response.status_mut() = StatusCode::from_u16(head.status).map_err(|_| {
        tracing::error!("the filter has set :status to something that is no status");
        Reset
    })?;
    *response.headers_mut() = edge::to_hyper(&head.headers);
    Ok(response)
}
