//! One HTTP exchange through a guest without any socket: what tests are made of.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::abi::Direction;
use crate::log::LogLine;
use crate::message::{Request, Response};
use crate::passage::{Passage, Progress};
use crate::usage::Usage;
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
    /// What the guest has cost meanwhile, in all that it did.
    pub usage: Usage,
    /// When the client has sent it, since the Unix epoch, in the world's time; zero outside of a [`World`](crate::World).
    pub began: Duration,
    /// How long it has lasted, in the world's time; zero outside of a [`World`](crate::World).
    pub took: Duration,
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

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

impl Vm {
    /// Takes a request through the guest; `origin` answers what the guest forwards.
    ///
    /// What the guest holds is left so, and its calls to other services are not carried out: for those there is
    /// [`World`](crate::World).
    pub fn exchange(&mut self, request: Request, origin: impl FnOnce(&Request) -> Response) -> Exchange {
        self.take_log();
        let before = self.usage();
        let info = request.info(CONNECTIONS.fetch_add(1, Ordering::Relaxed));
        let mut passage = Passage::begin(self, request, info);
        if passage.go_on(self) == Progress::AtOrigin
            && let Some(forwarded) = passage.forwarded()
        {
            let response = origin(forwarded);
            passage.answer(self, response);
            passage.go_on(self);
        }
        let (outcome, forwarded) = passage.close(self);
        self.deliver_notices();
        Exchange {
            outcome,
            forwarded,
            log: self.take_log(),
            failure: self.failure().cloned(),
            usage: self.usage() - before,
            began: Duration::ZERO,
            took: Duration::ZERO,
        }
    }
}
