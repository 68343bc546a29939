//! The state of one HTTP exchange or TCP connection as the host keeps it for a guest.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::task::Waker;
use std::time::Duration;

use crate::abi::{Direction, LocalReply};
use crate::headers::Headers;

/// What is known of an exchange before its first header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// The client: properties `source.address` and `source.port`.
    pub source: SocketAddr,
    /// The address the client connected to: property `destination.address`.
    pub destination: SocketAddr,
    /// Property `request.protocol`, such as `HTTP/1.1`.
    pub protocol: String,
    /// Property `connection.id`.
    pub connection_id: u64,
}

/// Names an exchange or a connection in one VM: its context id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub(crate) u32);

/// What becomes of an exchange after a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// What the callback was about goes on its way.
    Continue,
    /// It is held until the guest continues the stream.
    Pause,
    /// The guest, or the host for a guest that has failed, answers the client itself.
    Reply(LocalReply),
    /// The exchange is cut off.
    Reset,
}

/// One direction of an exchange. What is not `open` does not exist for the guest now.
#[derive(Debug, Default)]
pub(crate) struct Half {
    pub(crate) headers: Headers,
    pub(crate) headers_open: bool,
    pub(crate) trailers: Headers,
    pub(crate) trailers_open: bool,
    /// What has arrived of the body and was not let go yet.
    pub(crate) body: Vec<u8>,
    pub(crate) body_open: bool,
    /// Held by the proxy, out of the guest's sight.
    pub(crate) aside: Vec<u8>,
    /// This callback is for the last of the message.
    pub(crate) ended: bool,
    /// The guest has added trailers where there were none; these stay.
    pub(crate) trailers_added: bool,
    /// All body bytes seen: properties `request.size` and `response.size`.
    pub(crate) body_bytes: u64,
    /// The guest has called `proxy_continue_stream` since it last paused.
    pub(crate) resumed: bool,
    /// Woken when the guest acts on a stream that it had paused.
    pub(crate) waker: Option<Waker>,
}

impl Half {
    /// Envoy forgets all maps of a direction once it goes on.
    pub(crate) fn shut(&mut self) {
        self.headers_open = false;
        self.trailers_open = self.trailers_added;
        self.body_open = false;
    }
}

/// What a context of a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamKind {
    /// An HTTP exchange.
    Http,
    /// A TCP connection: its halves have bodies only, what comes from the client and what comes from the server.
    Tcp,
}

/// What the guest of a stream's VM has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attendance {
    /// It is asked.
    Present,
    /// It had failed before the stream began, and is to be left out.
    Bypassed,
    /// It has failed since, and the VM was started anew: that one does not know the stream.
    Lost,
}

/// One exchange, or one TCP connection.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) kind: StreamKind,
    pub(crate) attendance: Attendance,
    pub(crate) info: StreamInfo,
    pub(crate) started: Duration,
    pub(crate) request: Half,
    pub(crate) response: Half,
    /// Asked for, and not carried out yet.
    pub(crate) reply: Option<LocalReply>,
    /// A local reply was asked for at some time.
    pub(crate) replied: bool,
    /// The host has answered for a guest that has failed.
    pub(crate) failed: bool,
    /// Why the client gets what it gets: property `response.code_details`.
    pub(crate) details: Option<String>,
    /// The status that is on its way: property `response.code`.
    pub(crate) code: Option<u64>,
    /// Property `response.flags`.
    pub(crate) flags: u64,
    pub(crate) reset: bool,
    /// In `proxy_on_log`: every map can be read, none written.
    pub(crate) logging: bool,
    /// It was logged.
    pub(crate) over: bool,
    /// `proxy_done` was called.
    pub(crate) done: bool,
    pub(crate) filter_state: HashMap<Vec<u8>, Vec<u8>>,
}

impl Stream {
    pub(crate) fn new(kind: StreamKind, info: StreamInfo, started: Duration) -> Self {
        Self {
            kind,
            attendance: Attendance::Present,
            info,
            started,
            request: Half::default(),
            response: Half::default(),
            reply: None,
            replied: false,
            failed: false,
            details: None,
            code: None,
            flags: 0,
            reset: false,
            logging: false,
            over: false,
            done: false,
            filter_state: HashMap::new(),
        }
    }

    /// The same for a VM that does not know it.
    pub(crate) fn lost(self) -> Self {
        Self {
            attendance: Attendance::Lost,
            ..self
        }
    }

    pub(crate) fn half(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }

    pub(crate) fn wake(&mut self) {
        for half in [&mut self.request, &mut self.response] {
            if let Some(waker) = half.waker.take() {
                waker.wake();
            }
        }
    }
}
