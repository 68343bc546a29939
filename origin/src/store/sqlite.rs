//! A SQLite file.
//!
//! One connection writes, so that bookings stand in line instead of contending for the file's lock. Transactions are
//! immediate and on the disk before anybody is told (`synchronous = FULL`): neither a second process on the same file nor
//! a crash can give a number twice or lose one.

use std::{path::Path, time::Duration};

use rusqlite::{
    ErrorCode, OpenFlags, TransactionBehavior,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    OpenError, StoreError, schema,
    sql::{Connection, Row, Value},
};

/// How long a statement waits for another process that holds the file's lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements that stay prepared.
const PREPARED: usize = 64;

/// An open file.
pub(super) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    /// Opens or creates the file and brings its schema up to date.
    pub(super) fn writer(path: &Path) -> Result<Self, OpenError> {
        let unusable = |source| unusable(path, source);
        let mut connection = rusqlite::Connection::open(path).map_err(unusable)?;
        connection.busy_timeout(LOCK_TIMEOUT).map_err(unusable)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(unusable)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(unusable)?;
        // What is forgotten is overwritten: nobody finds it in the file's free space.
        connection
            .pragma_update(None, "secure_delete", true)
            .map_err(unusable)?;
        migrate(&mut connection, path)?;
        Self::prepare(connection).map_err(unusable)
    }

    /// Opens the file for reading.
    pub(super) fn reader(path: &Path) -> Result<Self, OpenError> {
        let unusable = |source| unusable(path, source);
        let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(unusable)?;
        connection.busy_timeout(LOCK_TIMEOUT).map_err(unusable)?;
        Self::prepare(connection).map_err(unusable)
    }

    fn prepare(connection: rusqlite::Connection) -> rusqlite::Result<Self> {
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(Self(connection))
    }

    /// A statement with its parameters in their places.
    fn bound(
        &self,
        sql: &'static str,
        parameters: &[Value],
    ) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
        let mut statement = self.0.prepare_cached(sql)?;
        for (number, parameter) in (1..).zip(parameters) {
            // A statement need not name them in their order.
            if let Some(index) = statement.parameter_index(&format!("${number}"))? {
                statement.raw_bind_parameter(index, parameter)?;
            }
        }
        Ok(statement)
    }

    fn rows(&self, sql: &'static str, parameters: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let mut statement = self.bound(sql, parameters)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let values: rusqlite::Result<_> =
                (0..columns).map(|column| row.get_ref(column).map(read)).collect();
            found.push(Row(values?));
        }
        Ok(found)
    }
}

impl Connection for Sqlite {
    fn ready(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(self.0.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        Ok(self.0.execute_batch("COMMIT")?)
    }

    fn roll_back(&mut self) {
        // Some failures, a full disk for one, have rolled it back already.
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }

    fn query(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        Ok(self.rows(sql, parameters)?)
    }

    fn execute(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64, StoreError> {
        let changed = self.bound(sql, parameters)?.raw_execute()?;
        Ok(changed as u64)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        // No column is a floating-point number.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::NoSpace,
            _ => Self::Failed(Box::new(error)),
        }
    }
}

/// Takes the steps that the file has not seen, all in one transaction.
fn migrate(connection: &mut rusqlite::Connection, path: &Path) -> Result<(), OpenError> {
    let unusable = |source| unusable(path, source);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(unusable)?;
    let found: u32 = transaction
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(unusable)?;
    let steps = schema::missing(&schema::SQLITE, found).map_err(|schema::TooNew { found, known }| {
        OpenError::TooNew {
            database: path.display().to_string(),
            found,
            known,
        }
    })?;
    for step in steps {
        transaction.execute_batch(step).map_err(unusable)?;
    }
    let current = u32::try_from(schema::SQLITE.len()).unwrap_or(u32::MAX);
    transaction
        .pragma_update(None, "user_version", current)
        .map_err(unusable)?;
    transaction.commit().map_err(unusable)?;
    if !steps.is_empty() {
        tracing::info!(from = found, to = current, "database schema brought up to date");
    }
    Ok(())
}

fn unusable(path: &Path, source: rusqlite::Error) -> OpenError {
    OpenError::UnusableFile {
        path: path.to_owned(),
        source,
    }
}
