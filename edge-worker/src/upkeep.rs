//! What is done at intervals. A worker has no clock that wakes it: each thing is done a while after the first request that
//! gave reason to, while the runtime keeps that request's context for it.

use crate::{isolate::Isolate, journey, sources};
use std::{cell::Cell, rc::Rc, time::Duration};
use worker::{Context, Delay, Env};

/// How soon other isolates are told how the origin answers.
const REPORT: Duration = Duration::from_secs(1);

/// How soon counts are handed over. Cloudflare ends what a request has left behind after 30 seconds.
const HAND_OVER: Duration = Duration::from_secs(10);

/// After so long, in nanoseconds, something that was to be done has been forgotten, together with its request.
const FORGOTTEN_NANOS: u64 = 40_000_000_000;

thread_local! {
    static REPORTING: Due = const { Due::new() };
    static HANDING_OVER: Due = const { Due::new() };
}

/// Whether something is on its way to be done.
struct Due(Cell<Option<u64>>);

impl Due {
    const fn new() -> Self {
        Self(Cell::new(None))
    }

    /// True for the first who asks, until it is done.
    fn is_mine(&self) -> bool {
        let now = sources::now().as_nanos();
        let is_under_way = self
            .0
            .get()
            .is_some_and(|since| now.saturating_sub(since) < FORGOTTEN_NANOS);
        if !is_under_way {
            self.0.set(Some(now));
        }
        !is_under_way
    }

    fn done(&self) {
        self.0.set(None);
    }
}

/// Sees to it that what this request was counted in is told.
pub(crate) fn schedule(isolate: &Rc<Isolate>, env: &Env, context: &Context) {
    if isolate.policy().capacity.is_some() && REPORTING.with(Due::is_mine) {
        let (isolate, env) = (Rc::clone(isolate), env.clone());
        context.wait_until(async move {
            Delay::from(REPORT).await;
            REPORTING.with(Due::done);
            journey::report(&isolate, &env).await;
        });
    }
    if HANDING_OVER.with(Due::is_mine) {
        let (isolate, env) = (Rc::clone(isolate), env.clone());
        context.wait_until(async move {
            Delay::from(HAND_OVER).await;
            HANDING_OVER.with(Due::done);
            isolate.hand_over(&env, sources::now());
        });
    }
}
