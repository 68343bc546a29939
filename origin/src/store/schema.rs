//! The tables, and the steps by which an older file becomes a current one.

use rusqlite::{Connection, TransactionBehavior};

/// Each step takes the schema from the version that is its index to the next. Steps that have been shipped are
/// never edited; changes are new steps.
const STEPS: [&str; 1] = ["
    CREATE TABLE ticket (
        code            TEXT    NOT NULL PRIMARY KEY,
        department      TEXT    NOT NULL,
        day             TEXT    NOT NULL,
        number          INTEGER NOT NULL CHECK (number >= 1),
        created_at      TEXT    NOT NULL,
        phone           TEXT,
        birth_year      INTEGER,
        idempotency_key BLOB    UNIQUE,
        UNIQUE (department, day, number)
    ) STRICT;
"];

/// The version of the schema after the last step.
const CURRENT: u32 = STEPS.len() as u32;

/// What [`migrate`] found.
pub(super) enum Migrated {
    /// The schema is current, perhaps since now.
    UpToDate,
    /// The file belongs to a later version of the program and was left alone.
    TooNew {
        /// The version in the file.
        found: u32,
        /// The latest version known here.
        known: u32,
    },
}

/// Takes the steps that the file has not seen, all in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<Migrated> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > CURRENT {
        return Ok(Migrated::TooNew {
            found,
            known: CURRENT,
        });
    }
    for (_, step) in (0..CURRENT).zip(STEPS).filter(|(version, _)| *version >= found) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", CURRENT)?;
    transaction.commit()?;
    if found < CURRENT {
        tracing::info!(from = found, to = CURRENT, "database schema brought up to date");
    }
    Ok(Migrated::UpToDate)
}
