//! Calling numbers, and how the queues stand.

use jiff::{Timestamp, civil::Date};

use super::{
    StoreError,
    sql::{Sql, Value, in_transaction, name_of},
    tickets::lock,
};
use crate::queue::{Queue, Standing};

pub(super) fn standings(sql: Sql<'_>, first: Date, last: Date) -> Result<Vec<Standing>, StoreError> {
    let rows = sql.query(
        "SELECT department, day, session, issued, issued - live, now_serving,
                (SELECT count(*) FROM ticket
                 WHERE ticket.department = queue.department AND ticket.day = queue.day
                   AND ticket.session = queue.session AND called_at IS NULL AND cancelled_at IS NULL)
         FROM queue WHERE day BETWEEN $1 AND $2 AND issued > 0",
        &[Value::from(&first), Value::from(&last)],
    )?;
    let mut standings = rows
        .iter()
        .map(|row| {
            Ok(Standing {
                queue: Queue {
                    department: row.get(0)?,
                    day: row.get(1)?,
                    session: row.get(2)?,
                },
                issued: row.get(3)?,
                cancelled: row.get(4)?,
                now_serving: row.get(5)?,
                waiting: row.get(6)?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    standings.sort_unstable_by_key(|standing| standing.queue);
    Ok(standings)
}

pub(super) fn call_next(sql: Sql<'_>, queue: &Queue, now: Timestamp) -> Result<Option<u32>, StoreError> {
    in_transaction(sql, |sql| {
        if !lock(sql, queue)? {
            return Ok(None);
        }
        let rows = sql.query(
            "SELECT min(number) FROM ticket
             WHERE department = $1 AND day = $2 AND session = $3 AND called_at IS NULL AND cancelled_at IS NULL",
            &name_of(queue),
        )?;
        let next: Option<u32> = rows.first().map(|row| row.get(0)).transpose()?.flatten();
        if let Some(number) = next {
            call_number(sql, queue, number, now)?;
        }
        Ok(next)
    })
}

pub(super) fn call(sql: Sql<'_>, queue: &Queue, number: u32, now: Timestamp) -> Result<bool, StoreError> {
    in_transaction(sql, |sql| {
        Ok(lock(sql, queue)? && call_number(sql, queue, number, now)?)
    })
}

fn call_number(sql: Sql<'_>, queue: &Queue, number: u32, now: Timestamp) -> Result<bool, StoreError> {
    let mut parameters = name_of(queue);
    parameters.extend([number.into(), Value::from(&now)]);
    let called = sql.execute(
        "UPDATE ticket SET called_at = $5
         WHERE department = $1 AND day = $2 AND session = $3 AND number = $4 AND cancelled_at IS NULL",
        &parameters,
    )?;
    if called == 0 {
        return Ok(false);
    }
    parameters.pop();
    sql.execute(
        "UPDATE queue SET now_serving = $4 WHERE department = $1 AND day = $2 AND session = $3",
        &parameters,
    )?;
    Ok(true)
}
