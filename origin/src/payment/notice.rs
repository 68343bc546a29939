//! The body of a call-back: one payment, as JSON.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{PURPOSE_LIMIT, Received, TransactionId};
use crate::money::Dong;

/// The members that are read; providers add others.
#[derive(Deserialize)]
#[serde(default)]
struct Notice {
    transaction: Value,
    amount: Value,
    purpose: Value,
    paid_at: Value,
}

impl Default for Notice {
    fn default() -> Self {
        Self {
            transaction: Value::Null,
            amount: Value::Null,
            purpose: Value::Null,
            paid_at: Value::Null,
        }
    }
}

/// A body is no payment. It says what is wrong without showing what stands there, which may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON object, or has a member twice.
    #[error(
        "line {line}, column {column}: the body must be a JSON object in UTF-8 that has each member once"
    )]
    NoObject {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// A member is missing or has a value that it cannot have.
    #[error("{0}")]
    Member(&'static str),
}

/// Reads a payment.
///
/// A purpose is cut to [`PURPOSE_LIMIT`] characters. A payment without one is a payment, too.
///
/// # Errors
/// When the body is none.
pub fn read(body: &[u8]) -> Result<Received, Unreadable> {
    let notice: Notice = serde_json::from_slice(body).map_err(|error| Unreadable::NoObject {
        line: error.line(),
        column: error.column(),
    })?;
    let purpose = match &notice.purpose {
        Value::String(text) => text.as_str(),
        Value::Null => "",
        _ => return Err(Unreadable::Member("purpose must be a string")),
    };
    Ok(Received {
        transaction: notice
            .transaction
            .as_str()
            .and_then(TransactionId::parse)
            .ok_or(Unreadable::Member(
                "transaction must be a string of 1 to 64 visible ASCII characters",
            ))?,
        amount: notice
            .amount
            .as_u64()
            .and_then(Dong::new)
            .filter(|amount| *amount > Dong::ZERO)
            .ok_or(Unreadable::Member(
                "amount must be a whole number of dong from 1 to 9999999999999, without a fraction or an exponent",
            ))?,
        purpose: purpose.chars().take(PURPOSE_LIMIT).collect(),
        paid_at: notice
            .paid_at
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok())
            .ok_or(Unreadable::Member(
                "paid_at must be a time as RFC 3339 writes it, such as 2026-11-22T08:00:00Z",
            ))?,
    })
}
