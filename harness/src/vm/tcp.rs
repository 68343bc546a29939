//! TCP connections: the callbacks of a filter for bytes.
//!
//! In both directions the guest sees what has come and was not let go yet; what it lets go is taken with
//! [`Vm::take_body`].

use super::http::Part;
use super::{Dead, Vm};
use crate::abi::Direction;
use crate::stream::{Flow, StreamId, StreamInfo, StreamKind};

/// Who has closed a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Nobody knows.
    Unknown = 0,
    /// The proxy itself.
    Local = 1,
    /// The other side.
    Remote = 2,
}

impl Vm {
    /// A client has connected: the guest creates a context, and then gets `proxy_on_new_connection`.
    ///
    /// While this pauses, hand in nothing.
    pub fn open_connection(&mut self, info: StreamInfo) -> (StreamId, Flow) {
        let id = self.open(StreamKind::Tcp, info);
        let action = self.call(
            id.0,
            "proxy_on_new_connection",
            self.exports.new_connection.clone(),
            id.0,
        );
        let flow = self.tcp_flow(id, Direction::Request, action);
        (id, flow)
    }

    /// Bytes have come from the client ([`Direction::Request`]: `proxy_on_downstream_data`) or from the server
    /// (`proxy_on_upstream_data`).
    ///
    /// After [`Flow::Continue`], [`take_body`](Self::take_body) has what may go on. While it pauses, go on handing in.
    pub fn on_data(&mut self, id: StreamId, direction: Direction, bytes: &[u8], end_of_stream: bool) -> Flow {
        let limit = self.limits.buffer_bytes;
        let (callback, function) = match direction {
            Direction::Request => ("proxy_on_downstream_data", self.exports.downstream_data.clone()),
            Direction::Response => ("proxy_on_upstream_data", self.exports.upstream_data.clone()),
        };
        let Some(half) = self.half(id, direction) else {
            return Flow::Reset;
        };
        half.body_bytes = half.body_bytes.saturating_add(bytes.len() as u64);
        if !half.body.is_empty() && half.body.len() + bytes.len() > limit {
            return Flow::Reset;
        }
        half.body.extend_from_slice(bytes);
        half.body_open = true;
        half.resumed = false;
        let size = u32::try_from(half.body.len()).unwrap_or(u32::MAX);
        let action = self.call(id.0, callback, function, (id.0, size, end_of_stream.into()));
        self.tcp_flow(id, direction, action)
    }

    /// The client's connection ([`Direction::Request`]) or the server's was closed.
    pub fn on_connection_close(&mut self, id: StreamId, direction: Direction, by: Peer) {
        let (callback, function) = match direction {
            Direction::Request => (
                "proxy_on_downstream_connection_close",
                self.exports.downstream_close.clone(),
            ),
            Direction::Response => (
                "proxy_on_upstream_connection_close",
                self.exports.upstream_close.clone(),
            ),
        };
        let _ = self.call(id.0, callback, function, (id.0, by as u32));
    }

    /// As for an exchange, except that there is nothing to answer with when the guest fails.
    fn tcp_flow(&mut self, id: StreamId, direction: Direction, action: Result<Option<u32>, Dead>) -> Flow {
        match self.settle(id, direction, Part::Trailers, action) {
            Flow::Reply(_) => Flow::Reset,
            flow => flow,
        }
    }
}
