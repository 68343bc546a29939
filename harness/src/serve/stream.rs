//! A stream of a VM, held by the proxy: it is closed when the last holder lets go.

use std::cell::{Cell, RefMut};
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::Frame;

use super::edge;
use super::generation::SharedVm;
use crate::abi::Direction;
use crate::stream::{Flow, StreamId, StreamInfo};
use crate::vm::Vm;

struct Open {
    vm: SharedVm,
    id: StreamId,
    request_trailers: Cell<bool>,
    response_trailers: Cell<bool>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.vm.borrow_mut().close_stream(self.id);
    }
}

/// One exchange under way.
#[derive(Clone)]
pub(super) struct StreamGuard(Rc<Open>);

impl StreamGuard {
    pub(super) fn open(vm: SharedVm, info: StreamInfo) -> Self {
        let id = vm.borrow_mut().open_stream(info);
        let (request_trailers, response_trailers) = (Cell::new(false), Cell::new(false));
        Self(Rc::new(Open {
            vm,
            id,
            request_trailers,
            response_trailers,
        }))
    }

    pub(super) fn id(&self) -> StreamId {
        self.0.id
    }

    pub(super) fn vm(&self) -> RefMut<'_, Vm> {
        self.0.vm.borrow_mut()
    }

    /// That direction has trailers, which go on behind the body.
    pub(super) fn note_trailers(&self, direction: Direction) {
        self.trailers(direction).set(true);
    }

    /// What the guest has let go: body bytes and, at the end, trailers.
    pub(super) fn take_frames(&self, direction: Direction, end: bool) -> Vec<Frame<Bytes>> {
        let mut vm = self.vm();
        let body = vm.take_body(self.id(), direction);
        let mut frames = Vec::new();
        if !body.is_empty() {
            frames.push(Frame::data(body.into()));
        }
        if end && self.trailers(direction).get() {
            frames.push(Frame::trailers(edge::to_hyper(
                &vm.trailers(self.id(), direction),
            )));
        }
        frames
    }

    /// Waits until the guest decides about a direction that it has paused.
    pub(super) fn poll_resumed(&self, direction: Direction, cx: &mut Context<'_>) -> Poll<Flow> {
        let mut vm = self.vm();
        match vm.resumed(self.id(), direction) {
            Some(flow) => Poll::Ready(flow),
            None => {
                vm.wake_when_resumed(self.id(), direction, cx.waker());
                Poll::Pending
            }
        }
    }

    /// The flow that a callback has come to in the end, once a pause is over.
    pub(super) async fn settled(&self, direction: Direction, flow: Flow) -> Flow {
        match flow {
            Flow::Pause => std::future::poll_fn(|cx| self.poll_resumed(direction, cx)).await,
            other => other,
        }
    }

    fn trailers(&self, direction: Direction) -> &Cell<bool> {
        match direction {
            Direction::Request => &self.0.request_trailers,
            Direction::Response => &self.0.response_trailers,
        }
    }
}
