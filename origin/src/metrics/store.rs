//! What is done in the database, and how many wait for it.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::{counted::Counted, outcomes::Outcomes};
use crate::{
    store::{Cancelling, StoreError},
    ticket::Ticket,
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Access {
    access: &'static str,
}

/// Which connections a question goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Those that only read.
    Read,
    /// Those that write.
    Write,
}

impl Line {
    fn label(self) -> Access {
        Access {
            access: match self {
                Self::Read => "read",
                Self::Write => "write",
            },
        }
    }
}

/// Counts what is done in the database.
#[derive(Clone, Debug)]
pub(crate) struct StoreMetrics {
    bookings: Outcomes,
    cancellations: Outcomes,
    calls: Outcomes,
    waiting: Family<Access, Gauge>,
    busy: Family<Access, Counter>,
}

impl Default for StoreMetrics {
    fn default() -> Self {
        let (waiting, busy) = (
            Family::<Access, Gauge>::default(),
            Family::<Access, Counter>::default(),
        );
        for line in [Line::Read, Line::Write] {
            drop(waiting.get_or_create(&line.label()));
            drop(busy.get_or_create(&line.label()));
        }
        Self {
            bookings: Outcomes::of(["booked", "full", "key_reused", "busy", "failed"]),
            cancellations: Outcomes::of(["cancelled", "already_called", "not_found", "busy", "failed"]),
            calls: Outcomes::of(["called", "nobody", "busy", "failed"]),
            waiting,
            busy,
        }
    }
}

impl StoreMetrics {
    pub(crate) fn booked(&self, outcome: &Result<Ticket, StoreError>) {
        self.bookings.count(match outcome {
            Ok(_) => "booked",
            Err(StoreError::Full) => "full",
            Err(StoreError::KeyReused) => "key_reused",
            Err(error) => failure(error),
        });
    }

    pub(crate) fn cancelled(&self, outcome: &Result<Cancelling, StoreError>) {
        self.cancellations.count(match outcome {
            Ok(Cancelling::Cancelled(_)) => "cancelled",
            Ok(Cancelling::AlreadyCalled(_)) => "already_called",
            Ok(Cancelling::NotFound) => "not_found",
            Err(error) => failure(error),
        });
    }

    /// A number was called, or there was none to call.
    pub(crate) fn called(&self, outcome: Result<bool, &StoreError>) {
        self.calls.count(match outcome {
            Ok(true) => "called",
            Ok(false) => "nobody",
            Err(error) => failure(error),
        });
    }

    /// A question is put into a line; it stands there until what this returns is dropped.
    pub(crate) fn waits(&self, line: Line) -> Counted {
        Counted::on(self.waiting.get_or_create_owned(&line.label()))
    }

    /// A question found its line full, or the database locked.
    pub(crate) fn was_busy(&self, line: Line) {
        self.busy.get_or_create(&line.label()).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "bookings",
            "Bookings, by what has become of them; one that is repeated under its idempotency key counts again",
            self.bookings.family(),
        );
        registry.register(
            "cancellations",
            "Wishes to cancel, by what has become of them",
            self.cancellations.family(),
        );
        registry.register(
            "calls",
            "Numbers called at the desk, by what has become of the call",
            self.calls.family(),
        );
        registry.register(
            "store_waiting",
            "Questions to the database that have no answer yet, by what they do there",
            self.waiting.clone(),
        );
        registry.register(
            "store_busy",
            "Questions to the database that were refused because too many wait or somebody else has it locked",
            self.busy.clone(),
        );
    }
}

fn failure(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy | StoreError::Locked => "busy",
        _ => "failed",
    }
}
