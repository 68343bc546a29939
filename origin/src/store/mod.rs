//! Where tickets are kept: one SQLite file.
//!
//! All writing goes through one thread, so that bookings stand in line instead of contending for the file's lock.
//! A number is taken and its ticket written in one immediate transaction that is on the disk before anybody is
//! told (`synchronous = FULL`): neither a second process on the same file nor a crash can give a number twice or
//! lose one.

mod columns;
mod schema;
mod thread;

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, TransactionBehavior, params};

use self::thread::DatabaseThread;
use crate::{
    booking::Booking,
    idempotency::IdempotencyKey,
    ticket::{Ticket, TicketCode},
};

/// How long a statement waits for another process that holds the file's lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that only read.
const READERS: usize = 2;

/// Rows of `ticket` as [`read_ticket`] wants them.
const TICKET_COLUMNS: &str = "code, department, day, number, created_at";

/// The tickets of the hospital.
pub struct Store {
    // The writer comes last: fields are dropped in order, and only a connection that may write can fold the
    // write-ahead log back into the file when it is the last to close.
    readers: Vec<DatabaseThread>,
    next_reader: AtomicUsize,
    writer: DatabaseThread,
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file, or its directory, cannot be used.
    #[error(
        "cannot open the database {path}: {source}; it must be a SQLite file, or a name for a new one, in an \
         existing directory that this user may write to"
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A later version of the program has changed the file.
    #[error(
        "the database {path} has schema version {found}, this program knows versions up to {known}; run the \
         version that wrote it or a later one"
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version of the schema in the file.
        found: u32,
        /// The latest version that this program can read.
        known: u32,
    },
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
    /// SQLite failed.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl Store {
    /// Opens or creates the file and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened and written, is no SQLite database, or was written by a later version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Unusable {
            path: path.to_owned(),
            source,
        };
        let mut writer = open_writer(path).map_err(unusable)?;
        match schema::migrate(&mut writer).map_err(unusable)? {
            schema::Migrated::UpToDate => {}
            schema::Migrated::TooNew { found, known } => {
                return Err(OpenError::TooNew {
                    path: path.to_owned(),
                    found,
                    known,
                });
            }
        }
        let readers = (0..READERS)
            .map(|_| {
                Ok(DatabaseThread::start(
                    "store-reader",
                    open_reader(path).map_err(unusable)?,
                )?)
            })
            .collect::<Result<_, OpenError>>()?;
        let writer = DatabaseThread::start("store-writer", writer)?;
        Ok(Self {
            readers,
            next_reader: AtomicUsize::new(0),
            writer,
        })
    }

    /// Gives the booking the next number of its queue; a booking repeated under its idempotency key gets the
    /// ticket that it already has.
    ///
    /// The ticket is on the disk when this returns. When the caller goes away before its turn has come, nothing is
    /// booked.
    ///
    /// # Errors
    /// When the line is too long, the idempotency key belongs to another booking, or SQLite fails.
    pub async fn book(&self, booking: Booking, now: Timestamp) -> Result<Ticket, StoreError> {
        self.writer
            .run(move |connection| book(connection, &booking, now))
            .await
    }

    /// The ticket with this code.
    ///
    /// # Errors
    /// When the line is too long or SQLite fails.
    pub async fn find(&self, code: TicketCode) -> Result<Option<Ticket>, StoreError> {
        self.reader()
            .run(move |connection| Ok(find(connection, &code)?))
            .await
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.reader()
            .run(
                |connection| {
                    Ok(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?)
                },
            )
            .await
    }

    fn reader(&self) -> &DatabaseThread {
        let next = self.next_reader.fetch_add(1, Ordering::Relaxed);
        &self.readers[next % self.readers.len()]
    }
}

fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(LOCK_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(LOCK_TIMEOUT)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn book(connection: &mut Connection, booking: &Booking, now: Timestamp) -> Result<Ticket, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(key) = &booking.idempotency_key
        && let Some((ticket, same)) = find_repeated(&transaction, key, booking)?
    {
        return if same {
            Ok(ticket)
        } else {
            Err(StoreError::KeyReused)
        };
    }
    let number = transaction
        .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM ticket WHERE department = ?1 AND day = ?2")?
        .query_row(params![booking.department, booking.day], |row| row.get(0))?;
    let ticket = Ticket {
        code: TicketCode::random(),
        department: booking.department,
        day: booking.day,
        number,
        created_at: now,
    };
    transaction
        .prepare_cached(
            "INSERT INTO ticket (code, department, day, number, created_at, phone, birth_year, idempotency_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            ticket.code,
            ticket.department,
            ticket.day,
            ticket.number,
            ticket.created_at,
            booking.phone,
            booking.birth_year,
            booking.idempotency_key,
        ])?;
    transaction.commit()?;
    Ok(ticket)
}

/// The ticket that was booked under this key, and whether it was booked with the same content.
fn find_repeated(
    connection: &Connection,
    key: &IdempotencyKey,
    booking: &Booking,
) -> rusqlite::Result<Option<(Ticket, bool)>> {
    connection
        .prepare_cached(&format!(
            "SELECT {TICKET_COLUMNS},
                    department = ?2 AND day = ?3 AND phone IS ?4 AND birth_year IS ?5 AS same
             FROM ticket WHERE idempotency_key = ?1"
        ))?
        .query_row(
            params![
                key,
                booking.department,
                booking.day,
                booking.phone,
                booking.birth_year
            ],
            |row| Ok((read_ticket(row)?, row.get("same")?)),
        )
        .optional()
}

fn find(connection: &Connection, code: &TicketCode) -> rusqlite::Result<Option<Ticket>> {
    connection
        .prepare_cached(&format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE code = ?1"))?
        .query_row(params![code], read_ticket)
        .optional()
}

fn read_ticket(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    Ok(Ticket {
        code: row.get("code")?,
        department: row.get("department")?,
        day: row.get("day")?,
        number: row.get("number")?,
        created_at: row.get("created_at")?,
    })
}
