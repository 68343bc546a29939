//! The tables, and the steps by which an older database becomes a current one.
//!
//! Each step takes the schema from the version that is its index to the next. Steps that have been shipped are never
//! edited; changes are new steps.

/// The steps of a SQLite file.
pub(super) const SQLITE: [&str; 2] = [
    "
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
",
    // A day had one queue; it goes on as that of the morning.
    "
    CREATE TABLE queue (
        department  TEXT    NOT NULL,
        day         TEXT    NOT NULL,
        session     TEXT    NOT NULL,
        issued      INTEGER NOT NULL CHECK (issued >= 0),
        live        INTEGER NOT NULL CHECK (live BETWEEN 0 AND issued),
        now_serving INTEGER,
        PRIMARY KEY (department, day, session)
    ) STRICT;

    ALTER TABLE ticket RENAME TO ticket_1;

    CREATE TABLE ticket (
        code            TEXT    NOT NULL PRIMARY KEY,
        department      TEXT    NOT NULL,
        day             TEXT    NOT NULL,
        session         TEXT    NOT NULL,
        number          INTEGER NOT NULL CHECK (number >= 1),
        created_at      TEXT    NOT NULL,
        fee             INTEGER NOT NULL CHECK (fee >= 0),
        phone           TEXT,
        birth_year      INTEGER,
        idempotency_key BLOB    UNIQUE,
        called_at       TEXT,
        cancelled_at    TEXT,
        UNIQUE (department, day, session, number)
    ) STRICT;

    INSERT INTO ticket
        (code, department, day, session, number, created_at, fee, phone, birth_year, idempotency_key)
        SELECT code, department, day, 'morning', number, created_at, 0, phone, birth_year, idempotency_key
        FROM ticket_1;

    INSERT INTO queue (department, day, session, issued, live)
        SELECT department, day, session, max(number), count(*) FROM ticket GROUP BY department, day, session;

    DROP TABLE ticket_1;

    CREATE INDEX ticket_by_phone ON ticket (phone) WHERE phone IS NOT NULL;
    CREATE INDEX ticket_by_day ON ticket (day);

    CREATE TABLE payment (
        transaction_id TEXT    NOT NULL PRIMARY KEY,
        amount         INTEGER NOT NULL CHECK (amount >= 0),
        purpose        TEXT    NOT NULL,
        ticket_code    TEXT,
        paid_at        TEXT    NOT NULL,
        received_at    TEXT    NOT NULL
    ) STRICT;

    CREATE INDEX payment_by_ticket ON payment (ticket_code);

    CREATE TABLE contradiction (
        transaction_id TEXT    NOT NULL,
        amount         INTEGER NOT NULL,
        purpose        TEXT    NOT NULL,
        paid_at        TEXT    NOT NULL,
        received_at    TEXT    NOT NULL,
        PRIMARY KEY (transaction_id, amount, purpose, paid_at)
    ) STRICT;
",
];

/// The steps of a PostgreSQL database.
pub(super) const POSTGRES: [&str; 1] = ["
    CREATE TABLE queue (
        department  TEXT   NOT NULL,
        day         TEXT   NOT NULL,
        session     TEXT   NOT NULL,
        issued      BIGINT NOT NULL CHECK (issued >= 0),
        live        BIGINT NOT NULL CHECK (live BETWEEN 0 AND issued),
        now_serving BIGINT,
        PRIMARY KEY (department, day, session)
    );

    CREATE TABLE ticket (
        code            TEXT   NOT NULL PRIMARY KEY,
        department      TEXT   NOT NULL,
        day             TEXT   NOT NULL,
        session         TEXT   NOT NULL,
        number          BIGINT NOT NULL CHECK (number >= 1),
        created_at      TEXT   NOT NULL,
        fee             BIGINT NOT NULL CHECK (fee >= 0),
        phone           TEXT,
        birth_year      BIGINT,
        idempotency_key BYTEA  UNIQUE,
        called_at       TEXT,
        cancelled_at    TEXT,
        UNIQUE (department, day, session, number)
    );

    CREATE INDEX ticket_by_phone ON ticket (phone) WHERE phone IS NOT NULL;
    CREATE INDEX ticket_by_day ON ticket (day);

    CREATE TABLE payment (
        transaction_id TEXT   NOT NULL PRIMARY KEY,
        amount         BIGINT NOT NULL CHECK (amount >= 0),
        purpose        TEXT   NOT NULL,
        ticket_code    TEXT,
        paid_at        TEXT   NOT NULL,
        received_at    TEXT   NOT NULL
    );

    CREATE INDEX payment_by_ticket ON payment (ticket_code);

    CREATE TABLE contradiction (
        transaction_id TEXT   NOT NULL,
        amount         BIGINT NOT NULL,
        purpose        TEXT   NOT NULL,
        paid_at        TEXT   NOT NULL,
        received_at    TEXT   NOT NULL,
        PRIMARY KEY (transaction_id, amount, purpose, paid_at)
    );
"];

/// What stands before the steps is not known, only how many have been taken.
pub(super) fn missing<'s>(steps: &'s [&'static str], found: u32) -> Result<&'s [&'static str], TooNew> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    usize::try_from(found)
        .ok()
        .and_then(|found| steps.get(found..))
        .ok_or(TooNew { found, known })
}

/// The database belongs to a later version of the program and was left alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooNew {
    /// The version of the schema in the database.
    pub(super) found: u32,
    /// The latest version that this program can read.
    pub(super) known: u32,
}
