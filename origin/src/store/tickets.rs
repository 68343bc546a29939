//! Giving out numbers, finding tickets and cancelling them.

use jiff::Timestamp;

use super::{
    Cancelling, StoreError,
    sql::{Row, Sql, Value, in_transaction, name_of},
};
use crate::{
    booking::{Booking, Phone},
    money::Dong,
    queue::Queue,
    ticket::{Place, ShortCode, State, Ticket, TicketCode},
};

/// A ticket and what has been paid for it, as [`read_ticket`] wants them, and what it was booked with; `WHERE` follows.
macro_rules! select_ticket {
    ($rest:literal) => {
        concat!(
            "SELECT code, department, day, session, number, created_at, fee, called_at, cancelled_at,
                    CAST((SELECT coalesce(sum(amount), 0) FROM payment WHERE ticket_code = ticket.code) AS BIGINT),
                    phone, birth_year
             FROM ticket ",
            $rest
        )
    };
}

pub(super) fn book(
    sql: Sql<'_>,
    booking: &Booking,
    capacity: u32,
    now: Timestamp,
) -> Result<Ticket, StoreError> {
    match book_anew(sql, booking, capacity, now) {
        // The same booking, sent twice at once, may have been the one that got ahead, perhaps to the last place.
        Err(lost @ (StoreError::Collided | StoreError::Full)) => find_repeated(sql, booking)?.ok_or(lost),
        booked => booked,
    }
}

fn book_anew(sql: Sql<'_>, booking: &Booking, capacity: u32, now: Timestamp) -> Result<Ticket, StoreError> {
    in_transaction(sql, |sql| {
        if let Some(ticket) = find_repeated(sql, booking)? {
            return Ok(ticket);
        }
        for queue in booking.queues() {
            if let Some(number) = next_number(sql, &queue, capacity)? {
                return issue(sql, booking, queue, number, now);
            }
        }
        Err(StoreError::Full)
    })
}

/// The ticket that was booked under the booking's key, if there is one.
fn find_repeated(sql: Sql<'_>, booking: &Booking) -> Result<Option<Ticket>, StoreError> {
    let Some(key) = &booking.idempotency_key else {
        return Ok(None);
    };
    let rows = sql.query(select_ticket!("WHERE idempotency_key = $1"), &[key.into()])?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let ticket = read_ticket(row)?;
    let (phone, birth_year): (Option<Phone>, Option<i64>) = (row.get(10)?, row.get(11)?);
    let is_same = ticket.queue.department == booking.department
        && ticket.queue.day == booking.day
        && booking.wish.is_none_or(|session| session == ticket.queue.session)
        && phone == booking.phone
        && birth_year == booking.birth_year.map(i64::from);
    if is_same {
        Ok(Some(ticket))
    } else {
        Err(StoreError::KeyReused)
    }
}

/// Takes the queue's next number, and with it the lock that keeps others from taking one; `None` when it is full.
fn next_number(sql: Sql<'_>, queue: &Queue, capacity: u32) -> Result<Option<u32>, StoreError> {
    let mut parameters = name_of(queue);
    sql.execute(
        "INSERT INTO queue (department, day, session, issued, live) VALUES ($1, $2, $3, 0, 0)
         ON CONFLICT (department, day, session) DO NOTHING",
        &parameters,
    )?;
    parameters.push(capacity.into());
    let rows = sql.query(
        "UPDATE queue SET issued = issued + 1, live = live + 1
         WHERE department = $1 AND day = $2 AND session = $3 AND live < $4
         RETURNING issued",
        &parameters,
    )?;
    rows.first().map(|row| row.get(0)).transpose()
}

fn issue(
    sql: Sql<'_>,
    booking: &Booking,
    queue: Queue,
    number: u32,
    now: Timestamp,
) -> Result<Ticket, StoreError> {
    let ticket = Ticket {
        code: TicketCode::random(),
        queue,
        number,
        created_at: now,
        state: State::Booked,
        fee: booking.fee,
        paid: Dong::ZERO,
    };
    let mut parameters = name_of(&queue);
    parameters.extend([
        (&ticket.code).into(),
        number.into(),
        (&now).into(),
        booking.fee.into(),
        booking.phone.as_ref().into(),
        booking.birth_year.into(),
        booking.idempotency_key.as_ref().into(),
    ]);
    sql.execute(
        "INSERT INTO ticket
             (department, day, session, code, number, created_at, fee, phone, birth_year, idempotency_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &parameters,
    )?;
    Ok(ticket)
}

pub(super) fn find(sql: Sql<'_>, code: &TicketCode) -> Result<Option<Place>, StoreError> {
    let Some(ticket) = ticket(sql, code)? else {
        return Ok(None);
    };
    let mut parameters = name_of(&ticket.queue);
    parameters.push(ticket.number.into());
    let rows = sql.query(
        "SELECT now_serving,
                (SELECT count(*) FROM ticket
                 WHERE department = $1 AND day = $2 AND session = $3 AND number < $4
                   AND called_at IS NULL AND cancelled_at IS NULL)
         FROM queue WHERE department = $1 AND day = $2 AND session = $3",
        &parameters,
    )?;
    let row = rows.first().ok_or(StoreError::Unreadable { column: 0 })?;
    Ok(Some(Place {
        ticket,
        now_serving: row.get(0)?,
        ahead: row.get(1)?,
    }))
}

pub(super) fn ticket(sql: Sql<'_>, code: &TicketCode) -> Result<Option<Ticket>, StoreError> {
    let rows = sql.query(select_ticket!("WHERE code = $1"), &[code.into()])?;
    rows.first().map(read_ticket).transpose()
}

pub(super) fn look_up(
    sql: Sql<'_>,
    phone: &Phone,
    code: ShortCode,
) -> Result<Option<TicketCode>, StoreError> {
    // Nine symbols: eight of the code and the hyphen between them.
    let rows = sql.query(
        "SELECT code FROM ticket WHERE phone = $1 AND substr(code, 1, 9) = $2",
        &[phone.into(), (&code).into()],
    )?;
    rows.first().map(|row| row.get(0)).transpose()
}

pub(super) fn cancel(sql: Sql<'_>, code: &TicketCode, now: Timestamp) -> Result<Cancelling, StoreError> {
    in_transaction(sql, |sql| {
        let Some(before) = ticket(sql, code)? else {
            return Ok(Cancelling::NotFound);
        };
        lock(sql, &before.queue)?;
        // It may have been called while the lock was waited for: this decides.
        let changed = sql.execute(
            "UPDATE ticket SET cancelled_at = $2 WHERE code = $1 AND called_at IS NULL AND cancelled_at IS NULL",
            &[code.into(), Value::from(&now)],
        )?;
        if changed > 0 {
            sql.execute(
                "UPDATE queue SET live = live - 1 WHERE department = $1 AND day = $2 AND session = $3",
                &name_of(&before.queue),
            )?;
        }
        Ok(match ticket(sql, code)? {
            None => Cancelling::NotFound,
            Some(ticket) if matches!(ticket.state, State::Cancelled { .. }) => Cancelling::Cancelled(ticket),
            Some(ticket) => Cancelling::AlreadyCalled(ticket),
        })
    })
}

/// Makes that nobody else takes, calls or cancels a number of the queue until the transaction is over. `false` when there
/// is no such queue, and hence nothing locked: nobody has a number yet, though somebody may be about to get one.
pub(super) fn lock(sql: Sql<'_>, queue: &Queue) -> Result<bool, StoreError> {
    let locked = sql.execute(
        "UPDATE queue SET live = live WHERE department = $1 AND day = $2 AND session = $3",
        &name_of(queue),
    )?;
    Ok(locked > 0)
}

fn read_ticket(row: &Row) -> Result<Ticket, StoreError> {
    let (called, cancelled): (Option<Timestamp>, Option<Timestamp>) = (row.get(7)?, row.get(8)?);
    Ok(Ticket {
        code: row.get(0)?,
        queue: Queue {
            department: row.get(1)?,
            day: row.get(2)?,
            session: row.get(3)?,
        },
        number: row.get(4)?,
        created_at: row.get(5)?,
        state: match (cancelled, called) {
            (Some(at), _) => State::Cancelled { at },
            (None, Some(at)) => State::Called { at },
            (None, None) => State::Booked,
        },
        fee: row.get(6)?,
        paid: row.get(9)?,
    })
}
