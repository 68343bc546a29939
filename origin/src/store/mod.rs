//! Where tickets and payments are kept: a SQLite file, or a database of a PostgreSQL server.
//!
//! The transactions (`tickets`, `desk`, `payments`) are written once, in the SQL that both have in common (`sql`);
//! each runs on a thread that owns a connection (`thread`). Whatever a caller is told has been done is on the disk.

mod desk;
mod payments;
mod postgres;
mod retention;
mod schema;
mod sql;
mod sqlite;
mod thread;
mod tickets;

use std::path::{Path, PathBuf};

use jiff::{Timestamp, civil::Date};

use self::{
    postgres::Postgres,
    sql::Sql,
    sqlite::Sqlite,
    thread::{DatabaseThread, DatabaseThreads},
};
use crate::{
    booking::{Booking, Phone},
    config::Database,
    metrics::{Line, StoreMetrics},
    payment::Received,
    queue::{Queue, Standing},
    ticket::{Place, ShortCode, Ticket, TicketCode},
};

/// Connections that only read.
const READERS: usize = 2;

/// Connections to a PostgreSQL server that write. A SQLite file has one.
const POSTGRES_WRITERS: usize = 4;

/// The tickets and payments of the hospital.
pub struct Store {
    // Writers come last: fields are dropped in order, and only a connection that may write can fold SQLite's write-ahead
    // log back into the file when it is the last to close.
    readers: DatabaseThreads,
    writers: DatabaseThreads,
    metrics: StoreMetrics,
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file, or its directory, cannot be used.
    #[error(
        "cannot open the database {path}: {source}; it must be a SQLite file, or a name for a new one, in an \
         existing directory that this user may write to"
    )]
    UnusableFile {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The URL is none of a PostgreSQL database.
    #[error(
        "--database is no URL of a PostgreSQL database: {0}; expected postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    PostgresUrl(::postgres::Error),
    /// The server does not answer, does not let this user in, or has no such database.
    #[error(
        "cannot open the database {database}: {}; the server must run, and the user of the URL must be allowed to \
         create tables there",
        causes(.source)
    )]
    UnusableServer {
        /// Its name and host.
        database: String,
        /// What the server or the network says.
        source: ::postgres::Error,
    },
    /// Connections cannot be encrypted.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// A later version of the program has changed the database.
    #[error(
        "the database {database} has schema version {found}, this program knows versions up to {known}; run the \
         version that wrote it or a later one"
    )]
    TooNew {
        /// The file, or the database's name and host.
        database: String,
        /// The version of the schema there.
        found: u32,
        /// The latest version that this program can read.
        known: u32,
    },
    /// The operating system gives no more threads.
    #[error("cannot start a thread for the database: {0}")]
    Thread(#[from] std::io::Error),
    /// The thread has ended before it could say anything.
    #[error("the database's thread ended at once")]
    Ended,
}

/// An error with all that has led to it.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}

/// A question to the database has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More bookings wait than can be written in good time.
    #[error("too many requests wait for the database")]
    Busy,
    /// Somebody else keeps the database, or the row, locked for too long.
    #[error("the database is locked by somebody else")]
    Locked,
    /// Somebody else has written what may be there once only, at the same time.
    #[error("somebody else has written the same at the same time")]
    Collided,
    /// The disk of the database is full.
    #[error(
        "the disk that the database is on is full; nothing is lost, and nothing can be written until there is room"
    )]
    NoSpace,
    /// The database's thread has ended.
    #[error("the database has been closed")]
    Closed,
    /// The idempotency key names a booking with other content.
    #[error("this idempotency key has been used for a different booking")]
    KeyReused,
    /// None of the queues that would do has a place.
    #[error("the queue is full")]
    Full,
    /// Something stands in the database that this program has not written.
    #[error("the database has an unexpected value in column {column} of an answer")]
    Unreadable {
        /// The column, counted from 0.
        column: usize,
    },
    /// The database's server does not answer.
    #[error("the database's server cannot be reached: {}", causes(.0.as_ref()))]
    Unreachable(Box<dyn std::error::Error + Send + Sync>),
    /// The database failed.
    #[error("the database failed: {}", causes(.0.as_ref()))]
    Failed(Box<dyn std::error::Error + Send + Sync>),
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
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Sqlite(path) => Self::open_sqlite(path).await,
            Database::Postgres(url) => Self::open_postgres(url).await,
        }
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
    pub async fn book(&self, booking: Booking, capacity: u32, now: Timestamp) -> Result<Ticket, StoreError> {
        let outcome = self
            .write(move |sql| tickets::book(sql, &booking, capacity, now))
            .await;
        self.metrics.booked(&outcome);
        outcome
    }

    /// The ticket with this code, and how far its queue has come.
    ///
    /// # Errors
    /// When the line is too long or the database fails.
    pub async fn find(&self, code: TicketCode) -> Result<Option<Place>, StoreError> {
        self.read(move |sql| tickets::find(sql, &code)).await
    }

    /// The code of the ticket that was booked with this telephone number and whose code begins so.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn look_up(&self, phone: Phone, code: ShortCode) -> Result<Option<TicketCode>, StoreError> {
        self.read(move |sql| tickets::look_up(sql, &phone, code)).await
    }

    /// Cancels a ticket that has not been called; somebody else may have its place from then on, nobody its number.
    ///
    /// # Errors
    /// When the line is too long or the database fails.
    pub async fn cancel(&self, code: TicketCode, now: Timestamp) -> Result<Cancelling, StoreError> {
        let outcome = self.write(move |sql| tickets::cancel(sql, &code, now)).await;
        self.metrics.cancelled(&outcome);
        outcome
    }

    /// How all queues of the days from `first` to `last` stand in which a number has been given out, in order.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn standings(&self, first: Date, last: Date) -> Result<Vec<Standing>, StoreError> {
        self.read(move |sql| desk::standings(sql, first, last)).await
    }

    /// Calls the smallest number of the queue that waits. `None` when nobody waits.
    ///
    /// # Errors
    /// When the line is too long or the database fails.
    pub async fn call_next(&self, queue: Queue, now: Timestamp) -> Result<Option<u32>, StoreError> {
        let outcome = self.write(move |sql| desk::call_next(sql, &queue, now)).await;
        self.metrics.called(outcome.as_ref().map(Option::is_some));
        outcome
    }

    /// Calls this number of the queue, whether it was called before or not; `false` when it does not exist or was
    /// cancelled.
    ///
    /// # Errors
    /// As for [`Self::call_next`].
    pub async fn call(&self, queue: Queue, number: u32, now: Timestamp) -> Result<bool, StoreError> {
        let outcome = self.write(move |sql| desk::call(sql, &queue, number, now)).await;
        self.metrics.called(outcome.as_ref().copied());
        outcome
    }

    /// Records a payment, once, whatever it says. It is on the disk when this returns.
    ///
    /// # Errors
    /// When the line is too long or the database fails: then it is not recorded, and must be reported again.
    pub async fn record(&self, payment: Received, now: Timestamp) -> Result<Recording, StoreError> {
        self.write(move |sql| payments::record(sql, payment, now)).await
    }

    /// The payments that somebody has to look at, the latest first, at most `limit`.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub async fn open_payments(&self, limit: u32) -> Result<Vec<OpenPayment>, StoreError> {
        self.read(move |sql| payments::open(sql, limit)).await
    }

    /// Forgets telephone numbers and years of birth of tickets for days before `day`, and tells of how many tickets.
    ///
    /// # Errors
    /// As for [`Self::call_next`].
    pub async fn forget_before(&self, day: Date) -> Result<u64, StoreError> {
        self.write(move |sql| retention::forget_before(sql, day)).await
    }

    /// What is counted of what is done here.
    pub(crate) fn metrics(&self) -> StoreMetrics {
        self.metrics.clone()
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.read(|sql| {
            sql.query("SELECT count(*) FROM queue WHERE day = ''", &[])
                .map(|_| ())
        })
        .await
    }

    async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        let file = path.to_owned();
        let writer = DatabaseThread::start("store-writer", move || Sqlite::writer(&file)).await?;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            let file = path.to_owned();
            readers.push(DatabaseThread::start("store-reader", move || Sqlite::reader(&file)).await?);
        }
        Ok(Self {
            readers: readers.into(),
            writers: vec![writer].into(),
            metrics: StoreMetrics::default(),
        })
    }

    async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        let (mut readers, mut writers) = (Vec::new(), Vec::new());
        let first = url.to_owned();
        writers.push(DatabaseThread::start("store-writer", move || Postgres::migrated(&first)).await?);
        for (threads, name, count) in [
            (&mut writers, "store-writer", POSTGRES_WRITERS),
            (&mut readers, "store-reader", READERS),
        ] {
            while threads.len() < count {
                let url = url.to_owned();
                threads.push(DatabaseThread::start(name, move || Postgres::connected(&url)).await?);
            }
        }
        Ok(Self {
            readers: readers.into(),
            writers: writers.into(),
            metrics: StoreMetrics::default(),
        })
    }

    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.counted(Line::Read, self.readers.run(question)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        question: impl FnOnce(Sql<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.counted(Line::Write, self.writers.run(question)).await
    }

    async fn counted<T>(
        &self,
        line: Line,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let _waiting = self.metrics.waits(line);
        let answer = answer.await;
        if let Err(StoreError::Busy | StoreError::Locked) = &answer {
            self.metrics.was_busy(line);
        }
        answer
    }
}
