//! HTTP exchanges: headers, bodies and trailers through a guest.

use std::task::Waker;

use super::exports::HeadersCallback;
use super::{Dead, ROOT, Vm};
use crate::abi::{Direction, LocalReply, well_known};
use crate::headers::Headers;
use crate::log::LogLevel;
use crate::message::Response;
use crate::stream::{Attendance, Flow, Half, Stream, StreamId, StreamInfo, StreamKind};

/// Envoy's response flag `DownstreamConnectionTermination`.
const CLIENT_IS_GONE: u64 = 1 << 14;

/// Most finished exchanges whose context a guest may keep by answering `proxy_on_done` with "not yet".
const MAX_UNFINISHED: usize = 10_000;

impl Vm {
    /// Begins an exchange: the guest creates a context for it.
    pub fn open_stream(&mut self, info: StreamInfo) -> StreamId {
        self.open(StreamKind::Http, info)
    }

    pub(super) fn open(&mut self, kind: StreamKind, info: StreamInfo) -> StreamId {
        let attendance = self.attendance();
        let id = self.free_context();
        let started = self.store.data().ports.clock.now();
        let mut stream = Stream::new(kind, info, started);
        stream.attendance = attendance;
        self.store.data_mut().streams.insert(id, stream);
        // A guest that fails here answers 503 at the first header.
        let _ = self.call(
            id,
            "proxy_on_context_create",
            self.exports.context_create.clone(),
            (id, ROOT),
        );
        StreamId(id)
    }

    /// Headers have arrived: `proxy_on_request_headers` or `proxy_on_response_headers`.
    ///
    /// Pseudo headers are part of them. While this pauses, hand in neither body nor trailers.
    pub fn on_headers(
        &mut self,
        id: StreamId,
        direction: Direction,
        mut headers: Headers,
        end_of_stream: bool,
    ) -> Flow {
        let profile = *self.profile();
        if profile.names_in_lower_case {
            headers.lower_case_names();
        }
        let headers = well_known::map_of(headers, &profile);
        if direction == Direction::Response {
            self.note_status(id, &headers);
        }
        let end_of_stream = end_of_stream && profile.headers_tell_the_end;
        let (callback, function) = match direction {
            Direction::Request => ("proxy_on_request_headers", self.exports.request_headers.clone()),
            Direction::Response => ("proxy_on_response_headers", self.exports.response_headers.clone()),
        };
        let Some(half) = self.half(id, direction) else {
            return Flow::Reset;
        };
        half.headers = headers;
        half.headers_open = true;
        half.resumed = false;
        let count = u32::try_from(half.headers.len()).unwrap_or(u32::MAX);
        let action = match function {
            Some(HeadersCallback::New(function)) => self.call(
                id.0,
                callback,
                Some(function),
                (id.0, count, end_of_stream.into()),
            ),
            Some(HeadersCallback::Old(function)) => self.call(id.0, callback, Some(function), (id.0, count)),
            None => self.call::<(), u32>(id.0, callback, None, ()),
        };
        self.settle(id, direction, Part::Headers, action)
    }

    /// Whether the guest looks at bodies of that direction. If not, they need not be handed in.
    #[must_use]
    pub const fn wants_body(&self, direction: Direction) -> bool {
        match direction {
            Direction::Request => self.exports.request_body.is_some(),
            Direction::Response => self.exports.response_body.is_some(),
        }
    }

    /// A piece of the body has arrived: `proxy_on_request_body` or `proxy_on_response_body`.
    ///
    /// After [`Flow::Continue`], [`take_body`](Self::take_body) has what may go on. While it pauses, go on handing in.
    pub fn on_body(&mut self, id: StreamId, direction: Direction, piece: &[u8], end_of_stream: bool) -> Flow {
        self.take_in_body(id, direction, piece.to_vec(), end_of_stream)
    }

    /// The same with a piece that nobody else needs any more.
    pub(crate) fn take_in_body(
        &mut self,
        id: StreamId,
        direction: Direction,
        mut piece: Vec<u8>,
        end_of_stream: bool,
    ) -> Flow {
        let limit = self.limits.buffer_bytes;
        let (callback, function) = match direction {
            Direction::Request => ("proxy_on_request_body", self.exports.request_body.clone()),
            Direction::Response => ("proxy_on_response_body", self.exports.response_body.clone()),
        };
        let Some(half) = self.half(id, direction) else {
            return Flow::Reset;
        };
        half.body_bytes = half.body_bytes.saturating_add(piece.len() as u64);
        let overflows = !half.body.is_empty() && half.body.len() + piece.len() > limit;
        // Envoy notices in a response before the callback, in a request after it.
        if overflows && direction == Direction::Response {
            return too_much(direction);
        }
        if half.body.is_empty() {
            half.body = piece;
        } else {
            half.body.append(&mut piece);
        }
        half.body_open = true;
        half.ended = end_of_stream;
        half.resumed = false;
        let size = u32::try_from(half.body.len()).unwrap_or(u32::MAX);
        let action = self.call(id.0, callback, function, (id.0, size, end_of_stream.into()));
        let flow = self.settle(id, direction, Part::Body, action);
        let held = self
            .half(id, direction)
            .map_or(0, |half| half.body.len() + half.aside.len());
        match flow {
            Flow::Continue if overflows => too_much(direction),
            Flow::Pause if held > limit => too_much(direction),
            flow => flow,
        }
    }

    /// The trailers have arrived: `proxy_on_request_trailers` or `proxy_on_response_trailers`.
    pub fn on_trailers(&mut self, id: StreamId, direction: Direction, trailers: Headers) -> Flow {
        let (callback, function) = match direction {
            Direction::Request => ("proxy_on_request_trailers", self.exports.request_trailers.clone()),
            Direction::Response => (
                "proxy_on_response_trailers",
                self.exports.response_trailers.clone(),
            ),
        };
        let profile = *self.profile();
        let function = function.filter(|_| profile.trailers_have_callbacks);
        let mut trailers = trailers;
        if profile.names_in_lower_case {
            trailers.lower_case_names();
        }
        let Some(half) = self.half(id, direction) else {
            return Flow::Reset;
        };
        half.trailers = trailers;
        half.trailers_open = true;
        half.resumed = false;
        let count = u32::try_from(half.trailers.len()).unwrap_or(u32::MAX);
        let action = self.call(id.0, callback, function, (id.0, count));
        self.settle(id, direction, Part::Trailers, action)
    }

    /// What the guest has decided since it paused a direction, if anything.
    pub fn resumed(&mut self, id: StreamId, direction: Direction) -> Option<Flow> {
        let held_for_ever = self.profile().trap_leaves_held_streams;
        let stream = self.store.data_mut().streams.get_mut(&id.0)?;
        let lost = match stream.attendance {
            Attendance::Present => self.failure.is_some() && !held_for_ever,
            Attendance::Bypassed => false,
            Attendance::Lost => true,
        };
        if lost {
            return Some(self.settle(id, direction, Part::Headers, Err(Dead)));
        }
        let decided = stream.reset || stream.reply.is_some() || stream.half(direction).resumed;
        decided.then(|| self.settle(id, direction, Part::Headers, Ok(None)))
    }

    /// Has `waker` woken once when the guest decides about a direction that it has paused.
    pub fn wake_when_resumed(&mut self, id: StreamId, direction: Direction, waker: &Waker) {
        if let Some(half) = self.half(id, direction) {
            half.waker = Some(waker.clone());
        }
    }

    /// The headers as the guest has left them.
    #[must_use]
    pub fn headers(&self, id: StreamId, direction: Direction) -> Headers {
        self.store
            .data()
            .streams
            .get(&id.0)
            .map_or_else(Headers::new, |stream| match direction {
                Direction::Request => stream.request.headers.clone(),
                Direction::Response => stream.response.headers.clone(),
            })
    }

    /// The trailers as the guest has left them.
    #[must_use]
    pub fn trailers(&self, id: StreamId, direction: Direction) -> Headers {
        self.store
            .data()
            .streams
            .get(&id.0)
            .map_or_else(Headers::new, |stream| match direction {
                Direction::Request => stream.request.trailers.clone(),
                Direction::Response => stream.response.trailers.clone(),
            })
    }

    /// Takes the body bytes that were held for the guest, as it has left them.
    pub fn take_body(&mut self, id: StreamId, direction: Direction) -> Vec<u8> {
        let Some(half) = self.half(id, direction) else {
            return Vec::new();
        };
        let (mut all, mut body) = (std::mem::take(&mut half.aside), std::mem::take(&mut half.body));
        if all.is_empty() {
            return body;
        }
        all.append(&mut body);
        all
    }

    /// Ends an exchange or a connection: `proxy_on_log`, `proxy_on_done` and `proxy_on_delete`, in the order of the profile.
    pub fn close_stream(&mut self, id: StreamId) {
        if self.logs_first(id.0) {
            self.log_stream(id.0);
        }
        let done = self.call(id.0, "proxy_on_done", self.exports.done.clone(), id.0);
        let waits = self.profile().done_can_wait
            && matches!(done, Ok(Some(0)))
            && self.store.data().streams.get(&id.0).is_some_and(|s| !s.done);
        if waits && self.unfinished.len() < MAX_UNFINISHED {
            self.unfinished.insert(id.0);
        } else {
            self.delete_context(id.0);
        }
        self.delete_finished();
    }

    /// Whether `proxy_on_log` comes before `proxy_on_done`; of a connection it never does.
    fn logs_first(&self, id: u32) -> bool {
        let stream = self.store.data().streams.get(&id);
        self.profile().log_before_done && stream.is_none_or(|stream| stream.kind == StreamKind::Http)
    }

    fn log_stream(&mut self, id: u32) {
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id) {
            stream.logging = true;
            stream.over = true;
            stream.request.shut();
            stream.response.shut();
        }
        let _ = self.call(id, "proxy_on_log", self.exports.log.clone(), id);
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id) {
            stream.logging = false;
        }
    }

    pub(super) fn delete_finished(&mut self) {
        if self.unfinished.is_empty() {
            return;
        }
        let streams = &self.store.data().streams;
        let is_finished = |id: &u32| streams.get(id).is_none_or(|stream| stream.done);
        let finished: Vec<u32> = self.unfinished.iter().copied().filter(is_finished).collect();
        for id in finished {
            self.unfinished.remove(&id);
            self.delete_context(id);
        }
    }

    fn delete_context(&mut self, id: u32) {
        if !self.logs_first(id) {
            self.log_stream(id);
        }
        let _ = self.call(id, "proxy_on_delete", self.exports.delete.clone(), id);
        self.store.data_mut().streams.remove(&id);
    }

    pub(super) fn half(&mut self, id: StreamId, direction: Direction) -> Option<&mut Half> {
        self.store
            .data_mut()
            .streams
            .get_mut(&id.0)
            .map(|stream| stream.half(direction))
    }

    /// What a callback comes to, now that it has returned.
    pub(super) fn settle(
        &mut self,
        id: StreamId,
        direction: Direction,
        part: Part,
        action: Result<Option<u32>, Dead>,
    ) -> Flow {
        let profile = *self.profile();
        let state = self.store.data_mut();
        let Some(stream) = state.streams.get_mut(&id.0) else {
            return Flow::Reset;
        };
        let Ok(action) = action else {
            if std::mem::replace(&mut stream.failed, true) {
                return Flow::Continue;
            }
            return Flow::Reply(host_reply(503, "", "wasm_fail_stream"));
        };
        if stream.reset {
            return Flow::Reset;
        }
        let goes_on = action.is_none_or(|action| part.goes_on(action));
        if let Some(reply) = stream.reply.take() {
            stream.details = Some(reply.details.clone());
            if goes_on && action.is_some() && !profile.reply_stops_by_itself {
                state.log(
                    LogLevel::Error,
                    "the filter has sent a local response and returned \"continue\", which has no meaning together: \
                     return \"pause\" after a local response"
                        .to_owned(),
                );
            }
            return Flow::Reply(reply);
        }
        let half = stream.half(direction);
        // `None`: it is not a callback that has returned.
        let resumed = half.resumed && !(action.is_some() && profile.continue_before_pause_is_lost);
        if goes_on || resumed {
            if profile.maps_end_with_their_callback {
                half.shut();
            }
            if direction == Direction::Response {
                stream.code = status_in(&stream.response.headers).or(stream.code);
            }
            Flow::Continue
        } else if direction == Direction::Response && !profile.responses_can_pause {
            state.log(
                LogLevel::Error,
                "the filter pauses a response, which this host cannot do: it goes on".to_owned(),
            );
            Flow::Continue
        } else {
            half.resumed = false;
            match (part, action) {
                (Part::Body, Some(2)) => half.aside.append(&mut half.body),
                (Part::Body, Some(3..)) => half.body.clear(),
                _ => {}
            }
            Flow::Pause
        }
    }

    /// A reply goes to the client. One to a response takes its place, for whoever looks at it later.
    pub(crate) fn note_reply(&mut self, id: StreamId, direction: Direction, status: u16, reply: &Response) {
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id.0) {
            stream.code = Some(status.into());
            if direction == Direction::Response {
                let headers = reply.to_map();
                stream.code = status_in(&headers);
                stream.response.headers = headers;
            }
        }
    }

    /// The client is gone before it had everything.
    pub(crate) fn note_disconnect(&mut self, id: StreamId) {
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id.0) {
            stream.details = Some("downstream_remote_disconnect".to_owned());
            stream.flags |= CLIENT_IS_GONE;
        }
    }

    /// A response has come, of the origin unless the guest has replied.
    fn note_status(&mut self, id: StreamId, headers: &Headers) {
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id.0) {
            if !stream.replied {
                stream.code = status_in(headers);
            }
            stream.details.get_or_insert_with(|| "via_upstream".to_owned());
        }
    }
}

/// What a callback is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Headers,
    Body,
    Trailers,
}

impl Part {
    /// Whether a callback has let it go on. For a body, 1 is holding it, 2 is holding it out of the guest's sight, and from 3
    /// on it is lost.
    const fn goes_on(self, action: u32) -> bool {
        match self {
            // 2 is "continue, and end the stream".
            Self::Headers => matches!(action, 0 | 2),
            Self::Body | Self::Trailers => action == 0,
        }
    }
}

fn status_in(headers: &Headers) -> Option<u64> {
    std::str::from_utf8(headers.get(":status")?).ok()?.parse().ok()
}

/// More of a body is held than may be.
fn too_much(direction: Direction) -> Flow {
    Flow::Reply(match direction {
        Direction::Request => host_reply(413, "Payload Too Large", "request_payload_too_large"),
        Direction::Response => host_reply(500, "Internal Server Error", "response_payload_too_large"),
    })
}

/// A reply of the host's own.
fn host_reply(status: u16, body: &str, details: &str) -> LocalReply {
    LocalReply {
        status,
        headers: Headers::new(),
        body: body.as_bytes().to_vec(),
        grpc_status: None,
        details: details.to_owned(),
    }
}
