//! One instance of a guest, and the order in which Envoy calls it.

mod exports;
mod start;
mod state;
mod trap;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use wasmtime::{Store, TypedFunc, WasmParams, WasmResults};

use self::exports::Exports;
pub(crate) use self::state::{Phase, Ports, ROOT, VmState};
pub use self::trap::GuestTrap;
use crate::abi::{Direction, LocalReply};
use crate::headers::Headers;
use crate::log::{LogLevel, LogLine, VmRole};
use crate::module::{EPOCH, EpochTicker};
use crate::plugin::Limits;
use crate::stream::{Flow, Stream, StreamId, StreamInfo};

/// Most finished exchanges whose context a guest may keep by answering `proxy_on_done` with "not yet".
const MAX_UNFINISHED: usize = 10_000;
/// Most queue notifications delivered in one go, so that a guest that feeds its own queue does not stop the worker.
const MAX_NOTICES: usize = 1000;

/// Figures of a VM that other threads may read.
#[derive(Debug, Default)]
pub struct VmStats {
    memory_bytes: AtomicU64,
    failed: AtomicBool,
}

impl VmStats {
    /// Linear memory of the guest in bytes; it never shrinks.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes.load(Ordering::Relaxed)
    }

    /// Whether the guest has trapped.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

/// A guest in a VM of its own.
///
/// A trap is the end of it (Envoy's `FAIL_CLOSED`): the exchange in which it happened, those under way and all later
/// ones are answered with 503.
pub struct Vm {
    store: Store<VmState>,
    exports: Exports,
    limits: Limits,
    next_context: u32,
    /// Closed for the client, not yet finished for the guest.
    unfinished: HashSet<u32>,
    failure: Option<GuestTrap>,
    stats: Arc<VmStats>,
    /// Without it an endless callback would not be noticed.
    _ticker: Arc<EpochTicker>,
}

/// The guest has trapped, now or earlier.
#[derive(Clone, Copy)]
struct Dead;

impl Vm {
    /// Begins an exchange: the guest creates a context for it.
    pub fn open_stream(&mut self, info: StreamInfo) -> StreamId {
        let id = self.free_context();
        let started = self.store.data().ports.clock.now();
        self.store
            .data_mut()
            .streams
            .insert(id, Stream::new(info, started));
        // A guest that fails here answers 503 at the first header.
        let _ = self.call(
            id,
            "proxy_on_context_create",
            self.exports.context_create.clone(),
            (id, ROOT),
        );
        StreamId(id)
    }

    fn free_context(&mut self) -> u32 {
        loop {
            let id = self.next_context;
            self.next_context = id.checked_add(1).unwrap_or(ROOT + 1);
            if !self.store.data().streams.contains_key(&id) {
                return id;
            }
        }
    }

    /// Headers have arrived: `proxy_on_request_headers` or `proxy_on_response_headers`.
    ///
    /// Pseudo headers are part of them. While this pauses, hand in neither body nor trailers.
    pub fn on_headers(
        &mut self,
        id: StreamId,
        direction: Direction,
        headers: Headers,
        end_of_stream: bool,
    ) -> Flow {
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
        let action = self.call(id.0, callback, function, (id.0, count, end_of_stream.into()));
        self.settle(id, direction, action)
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
        let limit = self.limits.buffer_bytes;
        let (callback, function) = match direction {
            Direction::Request => ("proxy_on_request_body", self.exports.request_body.clone()),
            Direction::Response => ("proxy_on_response_body", self.exports.response_body.clone()),
        };
        let Some(half) = self.half(id, direction) else {
            return Flow::Reset;
        };
        half.body_bytes = half.body_bytes.saturating_add(piece.len() as u64);
        if !half.body.is_empty() && half.body.len() + piece.len() > limit {
            return Flow::Reply(match direction {
                Direction::Request => host_reply(413, "Payload Too Large", "request_payload_too_large"),
                Direction::Response => host_reply(500, "Internal Server Error", "response_payload_too_large"),
            });
        }
        half.body.extend_from_slice(piece);
        half.body_open = true;
        half.resumed = false;
        let size = u32::try_from(half.body.len()).unwrap_or(u32::MAX);
        let action = self.call(id.0, callback, function, (id.0, size, end_of_stream.into()));
        self.settle(id, direction, action)
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
        let Some(half) = self.half(id, direction) else {
            return Flow::Reset;
        };
        half.trailers = trailers;
        half.trailers_open = true;
        half.resumed = false;
        let count = u32::try_from(half.trailers.len()).unwrap_or(u32::MAX);
        let action = self.call(id.0, callback, function, (id.0, count));
        self.settle(id, direction, action)
    }

    /// What the guest has decided since it paused a direction, if anything.
    pub fn resumed(&mut self, id: StreamId, direction: Direction) -> Option<Flow> {
        if self.failure.is_some() {
            return Some(self.settle(id, direction, Err(Dead)));
        }
        let stream = self.store.data_mut().streams.get_mut(&id.0)?;
        let decided = stream.reset || stream.reply.is_some() || stream.half(direction).resumed;
        decided.then(|| self.settle(id, direction, Ok(None)))
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
        self.half(id, direction)
            .map(|half| std::mem::take(&mut half.body))
            .unwrap_or_default()
    }

    /// Ends an exchange: `proxy_on_log`, `proxy_on_done`, `proxy_on_delete`, in Envoy's order.
    pub fn close_stream(&mut self, id: StreamId) {
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id.0) {
            stream.logging = true;
            stream.request.shut();
            stream.response.shut();
        }
        let _ = self.call(id.0, "proxy_on_log", self.exports.log.clone(), id.0);
        if let Some(stream) = self.store.data_mut().streams.get_mut(&id.0) {
            stream.logging = false;
        }
        let done = self.call(id.0, "proxy_on_done", self.exports.done.clone(), id.0);
        let waits =
            matches!(done, Ok(Some(0))) && self.store.data().streams.get(&id.0).is_some_and(|s| !s.done);
        if waits && self.unfinished.len() < MAX_UNFINISHED {
            self.unfinished.insert(id.0);
        } else {
            self.delete_context(id.0);
        }
        self.delete_finished();
    }

    fn delete_finished(&mut self) {
        let streams = &self.store.data().streams;
        let is_finished = |id: &u32| streams.get(id).is_none_or(|stream| stream.done);
        let finished: Vec<u32> = self.unfinished.iter().copied().filter(is_finished).collect();
        for id in finished {
            self.unfinished.remove(&id);
            self.delete_context(id);
        }
    }

    fn delete_context(&mut self, id: u32) {
        let _ = self.call(id, "proxy_on_delete", self.exports.delete.clone(), id);
        self.store.data_mut().streams.remove(&id);
    }

    /// Calls `proxy_on_tick` now, whatever the clock says, if the guest has asked for ticks.
    pub fn tick(&mut self) {
        let state = self.store.data_mut();
        let Some(period) = state.tick_period else { return };
        state.next_tick = Some(state.ports.clock.monotonic().saturating_add(period));
        let _ = self.call(ROOT, "proxy_on_tick", self.exports.tick.clone(), ROOT);
        self.delete_finished();
    }

    /// When the next tick is due, by [`Clock::monotonic`](crate::Clock::monotonic).
    #[must_use]
    pub fn next_tick(&self) -> Option<Duration> {
        if self.failure.is_some() {
            None
        } else {
            self.store.data().next_tick
        }
    }

    /// How long it is until the next tick.
    #[must_use]
    pub fn until_tick(&self) -> Option<Duration> {
        Some(
            self.next_tick()?
                .saturating_sub(self.store.data().ports.clock.monotonic()),
        )
    }

    /// Ready when [`until_tick`](Self::until_tick) has changed, or notifications of shared queues were delivered.
    pub fn poll_attention(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let state = self.store.data_mut();
        state.timekeeper = Some(cx.waker().clone());
        let rescheduled = std::mem::take(&mut state.rescheduled);
        if state.ports.shared.queues.watch(state.role, cx.waker()) {
            self.deliver_notices();
            return Poll::Ready(());
        }
        if rescheduled {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Delivers notifications of shared queues; returns whether there were any.
    pub fn deliver_notices(&mut self) -> bool {
        let mut delivered = false;
        for _ in 0..MAX_NOTICES {
            let state = self.store.data();
            let Some(notice) = state.ports.shared.queues.take_notice(state.role) else {
                break;
            };
            delivered = true;
            let params = (notice.context, notice.queue);
            let _ = self.call(
                notice.context,
                "proxy_on_queue_ready",
                self.exports.queue_ready.clone(),
                params,
            );
        }
        delivered
    }

    /// The trap that has ended this guest, if one has.
    #[must_use]
    pub const fn failure(&self) -> Option<&GuestTrap> {
        self.failure.as_ref()
    }

    /// Figures that stay readable from other threads.
    #[must_use]
    pub fn stats(&self) -> Arc<VmStats> {
        self.stats.clone()
    }

    /// Which VM of the host this is.
    #[must_use]
    pub fn role(&self) -> VmRole {
        self.store.data().role
    }

    /// What the guest has logged since this was last called.
    pub fn take_log(&mut self) -> Vec<LogLine> {
        self.store.data_mut().take_transcript()
    }

    fn half(&mut self, id: StreamId, direction: Direction) -> Option<&mut crate::stream::Half> {
        self.store
            .data_mut()
            .streams
            .get_mut(&id.0)
            .map(|stream| stream.half(direction))
    }

    /// What a callback comes to, now that it has returned.
    fn settle(&mut self, id: StreamId, direction: Direction, action: Result<Option<u32>, Dead>) -> Flow {
        let Some(stream) = self.store.data_mut().streams.get_mut(&id.0) else {
            return Flow::Reset;
        };
        let Ok(action) = action else {
            if std::mem::replace(&mut stream.replied, true) {
                return Flow::Continue;
            }
            return Flow::Reply(host_reply(503, "", "wasm_fail_stream"));
        };
        if stream.reset {
            return Flow::Reset;
        }
        if let Some(reply) = stream.reply.take() {
            return Flow::Reply(reply);
        }
        let half = stream.half(direction);
        // 0 is Continue, 2 ContinueAndEndStream; the others stop.
        let goes_on = action.is_none_or(|action| matches!(action, 0 | 2));
        if goes_on || half.resumed {
            half.shut();
            Flow::Continue
        } else {
            Flow::Pause
        }
    }

    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        context: u32,
        callback: &'static str,
        function: Option<TypedFunc<P, R>>,
        params: P,
    ) -> Result<Option<R>, Dead> {
        if self.failure.is_some() {
            return Err(Dead);
        }
        let Some(function) = function else { return Ok(None) };
        self.store.data_mut().current = context;
        self.store.set_epoch_deadline(epochs(self.limits.callback_time));
        let result = function.call(&mut self.store, params);
        let memory = self
            .store
            .data()
            .memory
            .map_or(0, |memory| memory.data_size(&self.store));
        self.stats.memory_bytes.store(memory as u64, Ordering::Relaxed);
        result
            .map(Some)
            .map_err(|error| self.fail(callback, context, &error))
    }

    fn fail(&mut self, callback: &'static str, context: u32, error: &wasmtime::Error) -> Dead {
        let trap = GuestTrap::new(callback, context, error);
        let state = self.store.data_mut();
        let plugin = &state.ports.plugin.name;
        state.log(
            LogLevel::Critical,
            format!("the guest \"{plugin}\" has failed: {trap}"),
        );
        state.ports.shared.traps.fetch_add(1, Ordering::Relaxed);
        let streams: &mut HashMap<u32, Stream> = &mut state.streams;
        streams.values_mut().for_each(Stream::wake);
        self.stats.failed.store(true, Ordering::Relaxed);
        self.failure = Some(trap);
        Dead
    }
}

impl fmt::Debug for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vm")
            .field("role", &self.role())
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// A reply of the host's own.
fn host_reply(status: u16, body: &str, details: &str) -> LocalReply {
    LocalReply {
        status,
        headers: Headers::new(),
        body: body.as_bytes().to_vec(),
        details: details.to_owned(),
    }
}

/// How many epochs a callback may last; one more, since the current one has already begun.
fn epochs(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(EPOCH.as_nanos()))
        .unwrap_or(u64::MAX - 1)
        .saturating_add(1)
}
