//! How the domain's types stand in the database.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::{booking::Phone, department::Department, idempotency::IdempotencyKey, ticket::TicketCode};

impl ToSql for Department {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.slug().into())
    }
}

impl FromSql for Department {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_slug(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for TicketCode {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for TicketCode {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for Phone {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl ToSql for IdempotencyKey {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_bytes().into())
    }
}
