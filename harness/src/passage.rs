//! An exchange on its way through a guest, which may be held up at any point and go on later.

use std::collections::VecDeque;

use crate::abi::{Direction, LocalReply};
use crate::exchange::Outcome;
use crate::headers::Headers;
use crate::message::{Request, Response};
use crate::stream::{Flow, StreamId, StreamInfo};
use crate::vm::Vm;

/// How far an exchange has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The guest holds it. [`Passage::go_on`] again when something has happened to the guest.
    Held(Direction),
    /// The request has reached the origin: [`Passage::answer`] it.
    AtOrigin,
    /// The client has what it gets, which [`Passage::close`] tells.
    Over,
}

/// One HTTP exchange under way through one VM.
///
/// The guest sees the request exactly as it is given: nothing is normalised, no header is added.
#[derive(Debug)]
pub struct Passage {
    id: StreamId,
    request: Request,
    forwarded: bool,
    response: Option<Response>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The request is with the guest.
    Request(Way),
    /// The origin has it.
    AtOrigin,
    /// The response, or the guest's own reply, is with the guest.
    Response(Way),
    Over(Outcome),
}

impl Passage {
    /// Begins an exchange: the guest creates its context. Nothing else happens until [`go_on`](Self::go_on).
    pub fn begin(vm: &mut Vm, mut request: Request, info: StreamInfo) -> Self {
        let way = Way::new(
            vm,
            Direction::Request,
            request.to_map(),
            std::mem::take(&mut request.body),
            request.trailers.take(),
        );
        Self {
            id: vm.open_stream(info),
            request,
            forwarded: false,
            response: None,
            stage: Stage::Request(way),
        }
    }

    /// Takes the exchange as far as it gets.
    pub fn go_on(&mut self, vm: &mut Vm) -> Progress {
        loop {
            let (way, progress) = match &mut self.stage {
                Stage::AtOrigin => return Progress::AtOrigin,
                Stage::Over(_) => return Progress::Over,
                Stage::Request(way) | Stage::Response(way) => {
                    let progress = way.go_on(vm, self.id);
                    (way, progress)
                }
            };
            let direction = way.direction;
            match progress {
                WayProgress::Held => return Progress::Held(direction),
                WayProgress::Reset => self.stage = Stage::Over(Outcome::Reset),
                WayProgress::Replied(reply) => self.reply(vm, direction, reply),
                WayProgress::Through => {
                    let (headers, body, trailers) = way.take_message();
                    self.passed(direction, headers, body, trailers);
                }
            }
        }
    }

    /// The origin's response has come.
    pub fn answer(&mut self, vm: &Vm, response: Response) {
        if matches!(self.stage, Stage::AtOrigin) {
            self.respond(vm, response);
        }
    }

    /// What has reached the origin, once it has.
    #[must_use]
    pub fn forwarded(&self) -> Option<&Request> {
        self.forwarded.then_some(&self.request)
    }

    /// Names the exchange in its VM.
    #[must_use]
    pub const fn id(&self) -> StreamId {
        self.id
    }

    /// Ends the exchange for the guest, wherever it is: `proxy_on_log`, `proxy_on_done`, `proxy_on_delete`.
    ///
    /// Returns how it ended for the client.
    pub fn close(self, vm: &mut Vm) -> (Outcome, Option<Request>) {
        if !matches!(self.stage, Stage::Over(_)) {
            vm.note_disconnect(self.id);
        }
        vm.close_stream(self.id);
        let outcome = match self.stage {
            Stage::Over(outcome) => outcome,
            Stage::Request(_) | Stage::AtOrigin => Outcome::Paused(Direction::Request),
            Stage::Response(_) => Outcome::Paused(Direction::Response),
        };
        (outcome, self.forwarded.then_some(self.request))
    }

    fn respond(&mut self, vm: &Vm, mut response: Response) {
        self.stage = Stage::Response(Way::new(
            vm,
            Direction::Response,
            response.to_map(),
            std::mem::take(&mut response.body),
            response.trailers.take(),
        ));
        self.response = Some(response);
    }

    /// A reply of the guest's own. It replaces the origin's response, and its own earlier one, as long as no header of that
    /// has left.
    fn reply(&mut self, vm: &mut Vm, direction: Direction, reply: LocalReply) {
        let status = reply.status;
        let mut response = if vm.profile().replies_speak_grpc && self.request.speaks_grpc() {
            Response::of_grpc(reply)
        } else {
            reply.into()
        };
        if self.request.method == b"HEAD" {
            response.body.clear();
        }
        vm.note_reply(self.id, direction, status, &response);
        match direction {
            Direction::Request if vm.profile().own_reply_is_seen => self.respond(vm, response),
            _ => {
                self.stage = Stage::Over(Outcome::Response(response));
            }
        }
    }

    fn passed(
        &mut self,
        direction: Direction,
        headers: Headers,
        body: Vec<Vec<u8>>,
        trailers: Option<Headers>,
    ) {
        match direction {
            Direction::Request => {
                self.request.set_map(headers);
                self.request.body = body;
                self.request.trailers = trailers;
                self.forwarded = true;
                self.stage = Stage::AtOrigin;
            }
            Direction::Response => {
                let mut response = self.response.take().unwrap_or(Response::new(0));
                response.set_map(headers);
                // What is no field of HTTP is not sent.
                response.headers.retain(|name, _| !name.starts_with(b":"));
                response.body = body;
                response.trailers = trailers;
                self.stage = Stage::Over(Outcome::Response(response));
            }
        }
    }
}

/// What becomes of a message.
enum WayProgress {
    Held,
    Through,
    Replied(LocalReply),
    Reset,
}

/// Why a message does not go on for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Headers,
    Body,
}

/// One direction of an exchange.
#[derive(Debug)]
struct Way {
    direction: Direction,
    /// Not handed in yet.
    headers: Option<Headers>,
    pieces: VecDeque<Vec<u8>>,
    trailers: Option<Headers>,
    has_trailers: bool,
    /// Whether the body is handed in while the headers are held.
    body_waits: bool,
    hold: Option<Hold>,
    /// The headers as they went on.
    gone: Option<Headers>,
    passed: Vec<Vec<u8>>,
    passed_trailers: Option<Headers>,
}

impl Way {
    fn new(
        vm: &Vm,
        direction: Direction,
        headers: Headers,
        body: Vec<Vec<u8>>,
        trailers: Option<Headers>,
    ) -> Self {
        let profile = vm.profile();
        let whole = direction == Direction::Request && !profile.request_body_comes_in_pieces;
        let pieces = if whole && !body.is_empty() {
            VecDeque::from([body.concat()])
        } else {
            body.into()
        };
        Self {
            direction,
            headers: Some(headers),
            pieces,
            has_trailers: trailers.is_some(),
            trailers,
            body_waits: profile.headers_pause_holds_body,
            hold: None,
            gone: None,
            passed: Vec::new(),
            passed_trailers: None,
        }
    }

    fn go_on(&mut self, vm: &mut Vm, id: StreamId) -> WayProgress {
        loop {
            if let Some(hold) = self.hold {
                match vm.resumed(id, self.direction) {
                    Some(flow) => {
                        if hold == Hold::Headers && self.body_waits {
                            self.gather();
                        }
                        if let Some(end) = self.take(vm, id, flow, hold) {
                            return end;
                        }
                    }
                    None if hold == Hold::Headers && self.body_waits => return WayProgress::Held,
                    None => {}
                }
            }
            let (flow, hold) = if let Some(headers) = self.headers.take() {
                let end = self.pieces.is_empty() && !self.has_trailers;
                (vm.on_headers(id, self.direction, headers, end), Hold::Headers)
            } else if let Some(piece) = self.pieces.pop_front() {
                let end = self.pieces.is_empty() && !self.has_trailers;
                (vm.take_in_body(id, self.direction, piece, end), Hold::Body)
            } else if let Some(trailers) = self.trailers.take() {
                let flow = vm.on_trailers(id, self.direction, trailers);
                (flow, Hold::Body)
            } else if self.hold.is_some() {
                return WayProgress::Held;
            } else {
                self.pass_body(vm, id);
                let trailers = vm.trailers(id, self.direction);
                self.passed_trailers = (self.has_trailers || !trailers.is_empty()).then_some(trailers);
                return WayProgress::Through;
            };
            if let Some(end) = self.take(vm, id, flow, hold) {
                return end;
            }
        }
    }

    /// What has arrived of the body while the headers were held comes in one piece.
    fn gather(&mut self) {
        if self.pieces.len() > 1 {
            let whole = self.pieces.iter().flatten().copied().collect();
            self.pieces = VecDeque::from([whole]);
        }
    }

    /// Takes a decision of the guest, and returns what it ends the way with, if it does.
    fn take(&mut self, vm: &mut Vm, id: StreamId, flow: Flow, hold: Hold) -> Option<WayProgress> {
        match flow {
            Flow::Continue => {
                self.hold = None;
                self.gone.get_or_insert_with(|| vm.headers(id, self.direction));
                if hold == Hold::Body {
                    self.pass_body(vm, id);
                }
                None
            }
            Flow::Pause => {
                // What holds the headers holds them until the guest continues.
                self.hold.get_or_insert(hold);
                None
            }
            // Once the client has the status, no reply can replace it.
            Flow::Reply(_) if self.direction == Direction::Response && self.gone.is_some() => {
                Some(WayProgress::Reset)
            }
            Flow::Reply(reply) => Some(WayProgress::Replied(reply)),
            Flow::Reset => Some(WayProgress::Reset),
        }
    }

    /// What the guest has let go of the body goes on.
    fn pass_body(&mut self, vm: &mut Vm, id: StreamId) {
        let piece = vm.take_body(id, self.direction);
        if !piece.is_empty() {
            self.passed.push(piece);
        }
    }

    fn take_message(&mut self) -> (Headers, Vec<Vec<u8>>, Option<Headers>) {
        (
            self.gone.take().unwrap_or_default(),
            std::mem::take(&mut self.passed),
            self.passed_trailers.take(),
        )
    }
}
