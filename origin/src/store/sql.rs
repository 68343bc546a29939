//! What the transactions need of a database: statements in the SQL that SQLite and PostgreSQL have in common.
//!
//! Parameters are `$1`, `$2` and so on. Every column is a `BIGINT` (in SQLite `INTEGER`), a `TEXT` or a `BYTEA` (`BLOB`).

use jiff::{Timestamp, civil::Date};

use super::StoreError;
use crate::{
    booking::Phone,
    department::Department,
    idempotency::IdempotencyKey,
    money::Dong,
    payment::TransactionId,
    queue::Queue,
    session::Session,
    ticket::{ShortCode, TicketCode},
};

/// An open connection.
pub(super) trait Connection {
    /// Makes sure that questions can be asked, by connecting once more if that is what it takes.
    fn ready(&mut self) -> Result<(), StoreError>;

    /// Begins a transaction that is going to write.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Makes everything since [`Self::begin`] durable.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Undoes everything since [`Self::begin`].
    fn roll_back(&mut self);

    /// Runs a statement and returns its rows.
    fn query(&mut self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Runs a statement and returns how many rows it has changed.
    fn execute(&mut self, sql: &'static str, parameters: &[Value]) -> Result<u64, StoreError>;
}

/// A connection as the transactions see it.
pub(super) type Sql<'c> = &'c mut dyn Connection;

/// Does `work` in a transaction: all of it, or nothing when it fails.
pub(super) fn in_transaction<T>(
    connection: Sql<'_>,
    work: impl FnOnce(Sql<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.begin()?;
    let done = work(connection).and_then(|done| connection.commit().map(|()| done));
    if done.is_err() {
        connection.roll_back();
    }
    done
}

/// What stands in a column, or is compared with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row of an answer.
#[derive(Debug)]
pub(super) struct Row(pub(super) Vec<Value>);

/// A type that stands in a column.
pub(super) trait Column: Sized {
    /// `None` when the value is none of this type.
    fn read(value: &Value) -> Option<Self>;
}

impl Row {
    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// When the row has no such column, or something else stands there: then somebody else has written the database.
    pub(super) fn get<T: Column>(&self, column: usize) -> Result<T, StoreError> {
        self.0
            .get(column)
            .and_then(T::read)
            .ok_or(StoreError::Unreadable { column })
    }
}

impl Value {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Column for bool {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Column for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl Column for u32 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i16> for Value {
    fn from(number: i16) -> Self {
        Self::Integer(number.into())
    }
}

impl Column for Dong {
    fn read(value: &Value) -> Option<Self> {
        // A sum of payments may be more than an amount can be.
        let amount = u64::try_from(i64::read(value)?).ok()?;
        Some(Self::new(amount).unwrap_or(Self::MAX))
    }
}

impl From<Dong> for Value {
    fn from(amount: Dong) -> Self {
        // The largest amount has thirteen digits.
        Self::Integer(i64::try_from(amount.get()).unwrap_or(i64::MAX))
    }
}

impl Column for String {
    fn read(value: &Value) -> Option<Self> {
        value.text().map(str::to_owned)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&IdempotencyKey> for Value {
    fn from(key: &IdempotencyKey) -> Self {
        Self::Bytes(key.as_bytes().to_vec())
    }
}

/// Types that stand in a column as text: how each is written and read.
macro_rules! text_columns {
    ($($type:ty: $write:expr, $read:expr;)*) => {$(
        impl From<&$type> for Value {
            fn from(value: &$type) -> Self {
                let write: fn(&$type) -> String = $write;
                Self::Text(write(value))
            }
        }

        impl Column for $type {
            fn read(value: &Value) -> Option<Self> {
                let read: fn(&str) -> Option<$type> = $read;
                value.text().and_then(read)
            }
        }
    )*};
}

text_columns! {
    Date: ToString::to_string, |text| text.parse().ok();
    // All of one length, so that texts are in the order of instants.
    Timestamp: |instant| format!("{instant:.9}"), |text| text.parse().ok();
    Department: |department| department.slug().to_owned(), Department::from_slug;
    Session: |session| session.slug().to_owned(), Session::from_slug;
    TicketCode: ToString::to_string, TicketCode::parse;
    ShortCode: ToString::to_string, ShortCode::parse;
    Phone: |phone| phone.as_str().to_owned(), Phone::parse;
    TransactionId: |id| id.as_str().to_owned(), TransactionId::parse;
}

/// A queue's name: the parameters `$1` to `$3` of statements about one.
pub(super) fn name_of(queue: &Queue) -> Vec<Value> {
    vec![
        (&queue.department).into(),
        (&queue.day).into(),
        (&queue.session).into(),
    ]
}
