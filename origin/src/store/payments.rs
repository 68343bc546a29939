//! Payments: each recorded once, whatever it says.

use jiff::Timestamp;

use super::{
    OpenPayment, PaymentMatter, Recording, StoreError,
    sql::{Row, Sql, in_transaction},
    tickets,
};
use crate::{
    money::Dong,
    payment::{Received, TransactionId},
    ticket::TicketCode,
};

pub(super) fn record(sql: Sql<'_>, payment: Received, now: Timestamp) -> Result<Recording, StoreError> {
    // The one character that PostgreSQL's texts cannot hold; the payment is kept all the same.
    let payment = &Received {
        purpose: payment.purpose.replace('\0', "\u{fffd}"),
        ..payment
    };
    in_transaction(sql, |sql| {
        let ticket = named_ticket(sql, payment)?;
        let inserted = sql.execute(
            "INSERT INTO payment (transaction_id, amount, purpose, paid_at, received_at, ticket_code)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (transaction_id) DO NOTHING",
            &[
                (&payment.transaction).into(),
                payment.amount.into(),
                payment.purpose.as_str().into(),
                (&payment.paid_at).into(),
                (&now).into(),
                ticket.as_ref().into(),
            ],
        )?;
        if inserted > 0 {
            return Ok(Recording::Recorded { ticket });
        }
        let rows = sql.query(
            "SELECT transaction_id, amount, purpose, paid_at FROM payment WHERE transaction_id = $1",
            &[(&payment.transaction).into()],
        )?;
        let earlier = rows.first().map(read_payment).transpose()?;
        if earlier.as_ref() == Some(payment) {
            return Ok(Recording::Repeated);
        }
        sql.execute(
            "INSERT INTO contradiction (transaction_id, amount, purpose, paid_at, received_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            &[
                (&payment.transaction).into(),
                payment.amount.into(),
                payment.purpose.as_str().into(),
                (&payment.paid_at).into(),
                (&now).into(),
            ],
        )?;
        Ok(Recording::Contradicted)
    })
}

/// The first ticket that exists of those that the purpose may name.
fn named_ticket(sql: Sql<'_>, payment: &Received) -> Result<Option<TicketCode>, StoreError> {
    for code in payment.candidates() {
        if tickets::ticket(sql, &code)?.is_some() {
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// What the statement below calls a [`PaymentMatter`].
const NO_TICKET: &str = "none";
const CANCELLED: &str = "cancelled";
const CONTRADICTION: &str = "contradiction";

pub(super) fn open(sql: Sql<'_>, limit: u32) -> Result<Vec<OpenPayment>, StoreError> {
    let rows = sql.query(
        "SELECT transaction_id, amount, purpose, paid_at, received_at, matter FROM (
             SELECT transaction_id, amount, purpose, paid_at, received_at,
                    CASE WHEN ticket_code IS NULL THEN 'none'
                         WHEN cancelled_at IS NOT NULL THEN 'cancelled'
                         ELSE 'too much' END AS matter
             FROM payment LEFT JOIN ticket ON code = ticket_code
             WHERE ticket_code IS NULL OR cancelled_at IS NOT NULL
                OR fee < (SELECT sum(amount) FROM payment AS other
                          WHERE other.ticket_code = ticket.code
                            AND (other.received_at, other.transaction_id)
                                <= (payment.received_at, payment.transaction_id))
             UNION ALL
             SELECT transaction_id, amount, purpose, paid_at, received_at, 'contradiction' FROM contradiction
         ) AS matters ORDER BY received_at DESC, transaction_id LIMIT $1",
        &[limit.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(OpenPayment {
                payment: read_payment(row)?,
                received_at: row.get(4)?,
                matter: match row.get::<String>(5)?.as_str() {
                    NO_TICKET => PaymentMatter::NoTicket,
                    CANCELLED => PaymentMatter::Cancelled,
                    CONTRADICTION => PaymentMatter::Contradiction,
                    _ => PaymentMatter::TooMuch,
                },
            })
        })
        .collect()
}

fn read_payment(row: &Row) -> Result<Received, StoreError> {
    Ok(Received {
        transaction: row.get::<TransactionId>(0)?,
        amount: row.get::<Dong>(1)?,
        purpose: row.get(2)?,
        paid_at: row.get(3)?,
    })
}
