//! Bodies on their way to the client.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::edge;
use super::stream::StreamGuard;
use crate::abi::Direction;
use crate::stream::Flow;

/// An error of a body, which cuts the connection off.
pub(super) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A response body.
pub(super) enum ResponseBody {
    /// Known bytes: a reply of the guest or of the host.
    Fixed(Option<Bytes>),
    /// The origin's, which the guest does not look at. The guard keeps the exchange open until it has gone out.
    Direct { body: Incoming, _guard: StreamGuard },
    /// The origin's, piece by piece through the guest.
    Filtered(FilteredBody),
}

impl ResponseBody {
    pub(super) fn fixed(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::Fixed((!bytes.is_empty()).then_some(bytes))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Fixed(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Direct { body, .. } => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Self::Filtered(body) => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Fixed(bytes) => bytes.is_none(),
            Self::Direct { body, .. } => body.is_end_stream(),
            Self::Filtered(body) => body.ended && body.ready.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Fixed(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Direct { body, .. } => body.size_hint(),
            Self::Filtered(_) => SizeHint::default(),
        }
    }
}

/// The origin's body as the guest lets it through.
pub(super) struct FilteredBody {
    body: Incoming,
    guard: StreamGuard,
    ready: VecDeque<Frame<Bytes>>,
    /// The guest holds what has come; the origin has nothing more to add.
    held_at_end: bool,
    ended: bool,
}

impl FilteredBody {
    pub(super) const fn new(body: Incoming, guard: StreamGuard) -> Self {
        Self {
            body,
            guard,
            ready: VecDeque::new(),
            held_at_end: false,
            ended: false,
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(frame)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            if self.held_at_end {
                let Poll::Ready(flow) = self.guard.poll_resumed(Direction::Response, cx) else {
                    return Poll::Pending;
                };
                if let Err(error) = self.take(&flow, true) {
                    return Poll::Ready(Some(Err(error)));
                }
                continue;
            }
            let frame = match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
                Poll::Ready(Some(Ok(frame))) => frame.into_data().map_err(Frame::into_trailers),
                Poll::Ready(None) => Ok(Bytes::new()),
            };
            let (flow, end) = match frame {
                Ok(data) => {
                    let end = data.is_empty() || self.body.is_end_stream();
                    (
                        self.guard
                            .vm()
                            .on_body(self.guard.id(), Direction::Response, &data, end),
                        end,
                    )
                }
                Err(Ok(trailers)) => {
                    let trailers = edge::from_hyper(&trailers);
                    self.guard.note_trailers(Direction::Response);
                    (
                        self.guard
                            .vm()
                            .on_trailers(self.guard.id(), Direction::Response, trailers),
                        true,
                    )
                }
                Err(Err(_)) => continue,
            };
            if let Err(error) = self.take(&flow, end) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    fn take(&mut self, flow: &Flow, end: bool) -> Result<(), BodyError> {
        match flow {
            Flow::Continue => {
                self.ready
                    .extend(self.guard.take_frames(Direction::Response, end));
                self.ended = end;
                Ok(())
            }
            Flow::Pause => {
                self.held_at_end = end;
                Ok(())
            }
            // The client has the status already: nothing can replace it.
            Flow::Reply(_) | Flow::Reset => Err("the filter cut the response off".into()),
        }
    }
}
