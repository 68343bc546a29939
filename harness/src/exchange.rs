//! One HTTP exchange through a guest without any socket: what tests are made of.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::abi::Direction;
use crate::log::LogLine;
use crate::message::{Request, Response};
use crate::stream::{Flow, StreamId, StreamInfo};
use crate::vm::{GuestTrap, Vm};

/// How an exchange ended for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It got a response, of the origin or of the guest.
    Response(Response),
    /// The guest holds the request or the response and has not let it go.
    Paused(Direction),
    /// The connection was cut off.
    Reset,
}

/// All that can be observed of one exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the client got.
    pub outcome: Outcome,
    /// What reached the origin, if anything.
    pub forwarded: Option<Request>,
    /// What the guest logged meanwhile.
    pub log: Vec<LogLine>,
    /// The trap by which the guest has failed, in this exchange or an earlier one.
    pub failure: Option<GuestTrap>,
}

impl Exchange {
    /// What the client got.
    ///
    /// # Panics
    /// When it got no response at all, with a message saying what happened instead.
    #[must_use]
    #[track_caller]
    pub fn response(&self) -> &Response {
        match &self.outcome {
            Outcome::Response(response) => response,
            other => panic!("the client got no response: {other:?}; log: {:#?}", self.log),
        }
    }

    /// The status that the client got.
    ///
    /// # Panics
    /// As [`response`](Self::response).
    #[must_use]
    #[track_caller]
    pub fn status(&self) -> u16 {
        self.response().status
    }

    /// The first value of a response header.
    ///
    /// # Panics
    /// As [`response`](Self::response).
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.response().headers.get(name)
    }

    /// The response body as text.
    ///
    /// # Panics
    /// As [`response`](Self::response).
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> String {
        self.response().text()
    }
}

/// What is left when a message does not get through.
enum Stop {
    Replied(Response),
    Paused,
    Reset,
}

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

impl Vm {
    /// Takes a request through the guest; `origin` answers what the guest forwards.
    ///
    /// The guest sees the request exactly as it is given: nothing is normalised, no header is added.
    pub fn exchange(&mut self, request: Request, origin: impl FnOnce(&Request) -> Response) -> Exchange {
        self.take_log();
        let id = self.open_stream(StreamInfo {
            source: request.source,
            destination: request.destination,
            protocol: "HTTP/1.1".to_owned(),
            connection_id: CONNECTIONS.fetch_add(1, Ordering::Relaxed),
        });
        let mut forwarded = None;
        let outcome = match self.pass_request(id, request) {
            Ok(request) => {
                let response = origin(&request);
                forwarded = Some(request);
                match self.pass_response(id, response) {
                    Ok(response) | Err(Stop::Replied(response)) => Outcome::Response(response),
                    Err(Stop::Paused) => Outcome::Paused(Direction::Response),
                    Err(Stop::Reset) => Outcome::Reset,
                }
            }
            Err(Stop::Paused) => Outcome::Paused(Direction::Request),
            Err(Stop::Reset) => Outcome::Reset,
            // The guest sees its own reply go by.
            Err(Stop::Replied(reply)) => match self.pass_response(id, reply) {
                Ok(response) | Err(Stop::Replied(response)) => Outcome::Response(response),
                Err(Stop::Paused) => Outcome::Paused(Direction::Response),
                Err(Stop::Reset) => Outcome::Reset,
            },
        };
        self.close_stream(id);
        self.deliver_notices();
        Exchange {
            outcome,
            forwarded,
            log: self.take_log(),
            failure: self.failure().cloned(),
        }
    }

    fn pass_request(&mut self, id: StreamId, mut request: Request) -> Result<Request, Stop> {
        let direction = Direction::Request;
        let end = request.body.is_empty() && request.trailers.is_none();
        let flow = self.on_headers(id, direction, request.to_map(), end);
        self.must_continue(id, direction, flow)?;
        let (body, trailers) = (std::mem::take(&mut request.body), request.trailers.take());
        request.set_map(self.headers(id, direction));
        (request.body, request.trailers) = self.pass_body(id, direction, &body, trailers)?;
        Ok(request)
    }

    fn pass_response(&mut self, id: StreamId, mut response: Response) -> Result<Response, Stop> {
        let direction = Direction::Response;
        let end = response.body.is_empty() && response.trailers.is_none();
        let flow = self.on_headers(id, direction, response.to_map(), end);
        self.must_continue(id, direction, flow)?;
        let (body, trailers) = (std::mem::take(&mut response.body), response.trailers.take());
        response.set_map(self.headers(id, direction));
        // The client has the status already: a reply can no longer replace it.
        let passed = self
            .pass_body(id, direction, &body, trailers)
            .map_err(|stop| match stop {
                Stop::Replied(_) => Stop::Reset,
                other => other,
            });
        (response.body, response.trailers) = passed?;
        Ok(response)
    }

    fn pass_body(
        &mut self,
        id: StreamId,
        direction: Direction,
        body: &[Vec<u8>],
        trailers: Option<crate::Headers>,
    ) -> Result<(Vec<Vec<u8>>, Option<crate::Headers>), Stop> {
        let mut passed = Vec::new();
        let mut flow = Flow::Continue;
        for (index, piece) in body.iter().enumerate() {
            let end = index + 1 == body.len() && trailers.is_none();
            flow = self.on_body(id, direction, piece, end);
            match flow {
                Flow::Continue => passed.push(self.take_body(id, direction)),
                Flow::Pause => {}
                Flow::Reply(_) | Flow::Reset => break,
            }
        }
        let has_trailers = trailers.is_some();
        if let Some(trailers) = trailers
            && matches!(flow, Flow::Continue | Flow::Pause)
        {
            flow = self.on_trailers(id, direction, trailers);
        }
        self.must_continue(id, direction, flow)?;
        // Whatever was held until now.
        passed.push(self.take_body(id, direction));
        passed.retain(|piece| !piece.is_empty());
        Ok((passed, has_trailers.then(|| self.trailers(id, direction))))
    }

    fn must_continue(&mut self, id: StreamId, direction: Direction, flow: Flow) -> Result<(), Stop> {
        let flow = if flow == Flow::Pause {
            self.resumed(id, direction).unwrap_or(flow)
        } else {
            flow
        };
        match flow {
            Flow::Continue => Ok(()),
            Flow::Pause => Err(Stop::Paused),
            Flow::Reply(reply) => Err(Stop::Replied(reply.into())),
            Flow::Reset => Err(Stop::Reset),
        }
    }
}
