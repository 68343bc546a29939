//! Forgetting what is personal.

use jiff::civil::Date;

use super::{
    StoreError,
    sql::{Sql, Value, in_transaction},
};

/// Idempotency keys go, too: a booking for a day that is over is not repeated.
pub(super) fn forget_before(sql: Sql<'_>, day: Date) -> Result<u64, StoreError> {
    in_transaction(sql, |sql| {
        sql.execute(
            "UPDATE ticket SET phone = NULL, birth_year = NULL, idempotency_key = NULL
             WHERE day < $1 AND (phone IS NOT NULL OR birth_year IS NOT NULL OR idempotency_key IS NOT NULL)",
            &[Value::from(&day)],
        )
    })
}
