//! Where tickets and payments are kept.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use crate::{
    booking::{Booking, Phone},
    config::Database,
    payment::Received,
    queue::{Queue, Standing},
    ticket::{Place, ShortCode, Ticket, TicketCode},
};

/// The tickets and payments of the hospital.
pub struct Store {
    _todo: Arc<()>,
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system gives no more threads.
    #[error("cannot start a thread for the database: {0}")]
    Thread(#[from] std::io::Error),
}

/// A question to the database has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More bookings wait than can be written in good time.
    #[error("too many requests wait for the database")]
    Busy,
    /// The database's thread has ended.
    #[error("the database has been closed")]
    Closed,
    /// The idempotency key names a booking with other content.
    #[error("this idempotency key has been used for a different booking")]
    KeyReused,
    /// None of the queues that would do has a place.
    #[error("the queue is full")]
    Full,
}

/// What has become of the wish to cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancelling {
    /// The ticket is cancelled, now or since earlier.
    Cancelled(Ticket),
    /// Its number had been called already; it was left as it is.
    AlreadyCalled(Ticket),
    /// No ticket has this code.
    NotFound,
}

/// What has become of a reported payment. It is on the disk in each case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// It was recorded now.
    Recorded {
        /// The ticket that it was counted for; `None` when its purpose names none that exists.
        ticket: Option<TicketCode>,
    },
    /// It had been recorded before, with the same content: it was not counted again.
    Repeated,
    /// A payment of this name had been recorded with other content: what came now was kept as a contradiction for
    /// somebody to look at, and not counted.
    Contradicted,
}

/// A payment that somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPayment {
    /// The payment.
    pub payment: Received,
    /// When it was reported.
    pub received_at: Timestamp,
    /// Why.
    pub matter: PaymentMatter,
}

/// Why somebody has to look at a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentMatter {
    /// Its purpose names no ticket that exists.
    NoTicket,
    /// Its ticket was cancelled, before or after.
    Cancelled,
    /// With it, more has been paid for the ticket than the fee.
    TooMuch,
    /// It has the name of another payment, with other content.
    Contradiction,
}

impl Store {
    /// Opens or creates the database and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be opened and written, is no database of this program, or was written by a later version.
    pub async fn open(_database: &Database) -> Result<Self, OpenError> {
        Ok(Self { _todo: Arc::new(()) })
    }

    /// Gives the booking the next number of the first of its queues in which fewer than `capacity` patients have a
    /// place; a booking repeated under its idempotency key gets the ticket that it already has, even when all queues
    /// are full by now.
    ///
    /// The ticket is on the disk when this returns. When the caller goes away before its turn has come, nothing is
    /// booked.
    ///
    /// # Errors
    /// When all its queues are full, the line is too long, the idempotency key belongs to another booking, or the
    /// database fails.
    pub async fn book(
        &self,
        _booking: Booking,
        _capacity: u32,
        _now: Timestamp,
    ) -> Result<Ticket, StoreError> {
        Err(StoreError::Closed)
    }

    /// The ticket with this code, and how far its queue has come.
    ///
    /// # Errors
    /// When the line is too long or the database fails.
    pub async fn find(&self, _code: TicketCode) -> Result<Option<Place>, StoreError> {
        Err(StoreError::Closed)
    }

    /// The code of the ticket that was booked with this telephone number and whose code begins so.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn look_up(&self, _phone: Phone, _code: ShortCode) -> Result<Option<TicketCode>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Cancels a ticket that has not been called; somebody else may have its place from then on, nobody its number.
    ///
    /// # Errors
    /// When the line is too long or the database fails.
    pub async fn cancel(&self, _code: TicketCode, _now: Timestamp) -> Result<Cancelling, StoreError> {
        Err(StoreError::Closed)
    }

    /// How all queues of the days from `first` to `last` stand in which a number has been given out, in order.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn standings(&self, _first: Date, _last: Date) -> Result<Vec<Standing>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Calls the smallest number of the queue that waits. `None` when nobody waits.
    ///
    /// # Errors
    /// When the line is too long or the database fails.
    pub async fn call_next(&self, _queue: Queue, _now: Timestamp) -> Result<Option<u32>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Calls this number of the queue, whether it was called before or not; `false` when it does not exist or was
    /// cancelled.
    ///
    /// # Errors
    /// As for [`Self::call_next`].
    pub async fn call(&self, _queue: Queue, _number: u32, _now: Timestamp) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }

    /// Records a payment, once, whatever it says. It is on the disk when this returns.
    ///
    /// # Errors
    /// When the line is too long or the database fails: then it is not recorded, and must be reported again.
    pub async fn record(&self, _payment: Received, _now: Timestamp) -> Result<Recording, StoreError> {
        Err(StoreError::Closed)
    }

    /// The payments that somebody has to look at, the latest first, at most `limit`.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn open_payments(&self, _limit: u32) -> Result<Vec<OpenPayment>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Forgets telephone numbers and years of birth of tickets for days before `day`, and tells of how many tickets.
    ///
    /// # Errors
    /// As for [`Self::call_next`].
    pub async fn forget_before(&self, _day: Date) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }
}
