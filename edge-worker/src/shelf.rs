//! The ledger of one Durable Object: what it knows in memory, over its SQLite database.
//!
//! What has changed is written at most once a second, so that a busy entry costs a row a second and not a row a request;
//! what is older than [`SAVE_NANOS`] survives whatever happens to the object.

use levee_core::{
    ledger::{Change, Events, Key, Ledger, MemoryLedger, Register, Room, Space, Take, Words, entries},
    quota::Quota,
    time::{NANOS_PER_SECOND, Timestamp},
};
use std::{collections::BTreeMap, time::Duration};
use worker::{SqlStorage, SqlStorageValue, console_error};

/// How long a change may be unwritten, in nanoseconds.
const SAVE_NANOS: u64 = NANOS_PER_SECOND;

/// How often rows are removed that say nothing any more, in nanoseconds.
const CLEAN_NANOS: u64 = 3_600 * NANOS_PER_SECOND;

const NANOS_PER_MICROSECOND: u64 = 1_000;

/// Rows that are brought into memory when the object starts. Where the database has no more, who is not in memory is unknown, and
/// nobody has to be looked for: in a flood most are new, and each row read is paid for.
const LOADED_AT_ONCE: usize = 4_096;

/// Rows that are written by one statement: one is much cheaper than as many statements, and a text has a bound of 2 MB.
const SAVED_AT_ONCE: usize = 4_096;

/// What is kept in memory, about 80 bytes an entry; the database has no such bound.
const ROOM: Room = Room {
    clearances: entries(65_536),
    prefixes: entries(1),
    budgets: entries(4_096),
};

/// Arrivals are in microseconds, rounded up: JavaScript's numbers have no room for nanoseconds.
const SCHEMA: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, arrival INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS registers (register INTEGER PRIMARY KEY, words BLOB NOT NULL)",
];

/// Writes entries: pairs of a name in hexadecimal and an arrival, as JSON.
const SAVE: &str = "INSERT OR REPLACE INTO entries SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?)";

/// A ledger that outlives its object.
pub(crate) struct Shelf {
    known: MemoryLedger,
    /// Whether whatever the database knows of entries is in memory as well.
    is_whole: bool,
    events: Events,
    sql: SqlStorage,
    unsaved: BTreeMap<[u8; 9], Key>,
    unsaved_registers: [bool; Register::COUNT],
    loaded_registers: [bool; Register::COUNT],
    saved_at: Timestamp,
    cleaned_at: Timestamp,
    /// When the object's alarm is set to, as far as this instance knows.
    alarm_at: Option<Timestamp>,
}

impl Shelf {
    /// The ledger in this database.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(crate) fn open(sql: SqlStorage, now: Timestamp) -> worker::Result<Self> {
        for statement in SCHEMA {
            sql.exec(statement, None)?;
        }
        let mut known = MemoryLedger::new(ROOM);
        let is_whole = load_all(&sql, &mut known, now)?;
        Ok(Self {
            known,
            is_whole,
            events: Events::default(),
            sql,
            unsaved: BTreeMap::new(),
            unsaved_registers: Default::default(),
            loaded_registers: Default::default(),
            saved_at: Timestamp::default(),
            cleaned_at: Timestamp::default(),
            alarm_at: None,
        })
    }

    /// Writes what has changed if the last time is long enough ago. Returns after how long the object's alarm has to wake it,
    /// if that is another time than the alarm is set to.
    ///
    /// # Errors
    ///
    /// The database's; what was not written stays to be written.
    pub(crate) fn settle(&mut self, now: Timestamp) -> worker::Result<Option<Duration>> {
        let is_due = now.saturating_since(self.saved_at) >= SAVE_NANOS || now < self.saved_at;
        if is_due && self.has_unsaved() {
            self.save(now)?;
        }
        let wait = if self.has_unsaved() {
            SAVE_NANOS
        } else {
            CLEAN_NANOS
        };
        let at = now.saturating_add(wait);
        let is_set = self
            .alarm_at
            .is_some_and(|alarm_at| now < alarm_at && alarm_at <= at);
        if is_set {
            return Ok(None);
        }
        self.alarm_at = Some(at);
        Ok(Some(Duration::from_nanos(wait)))
    }

    /// What the alarm is for: writes what has changed, and from time to time removes what says nothing any more. Returns
    /// after how long to come again; `None` when nothing is left to come for.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(crate) fn tidy(&mut self, now: Timestamp) -> worker::Result<Option<Duration>> {
        self.alarm_at = None;
        self.save(now)?;
        if now.saturating_since(self.cleaned_at) >= CLEAN_NANOS {
            self.sql.exec(
                "DELETE FROM entries WHERE arrival < ?",
                vec![SqlStorageValue::Integer(micros(now))],
            )?;
            self.cleaned_at = now;
        }
        let is_empty = self
            .sql
            .exec("SELECT 1 FROM entries LIMIT 1", None)?
            .raw()
            .next()
            .is_none();
        if is_empty {
            return Ok(None);
        }
        self.alarm_at = Some(now.saturating_add(CLEAN_NANOS));
        Ok(Some(Duration::from_nanos(CLEAN_NANOS)))
    }

    fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty() || self.unsaved_registers.contains(&true)
    }

    fn save(&mut self, now: Timestamp) -> worker::Result<()> {
        let known = &mut self.known;
        let rows: Vec<(String, i64)> = self
            .unsaved
            .iter()
            .filter_map(|(name, key)| Some((hex(name), micros(known.recent_arrival(*key, now)?))))
            .collect();
        for rows in rows.chunks(SAVED_AT_ONCE) {
            let rows = vec![SqlStorageValue::String(serde_json::to_string(rows)?)];
            self.sql.exec(SAVE, rows)?;
        }
        for register in Register::ALL {
            if self.unsaved_registers.get(register as usize) != Some(&true) {
                continue;
            }
            let words = self.known.read(register, now);
            let bytes = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            let row = vec![
                SqlStorageValue::Integer(register as i64),
                SqlStorageValue::Blob(bytes),
            ];
            self.sql
                .exec("INSERT OR REPLACE INTO registers VALUES (?, ?)", row)?;
        }
        self.unsaved.clear();
        self.unsaved_registers = Default::default();
        self.saved_at = now;
        Ok(())
    }

    /// Brings an entry into memory, if it is in the database alone.
    fn load(&mut self, key: Key, now: Timestamp) {
        if self.is_whole || self.known.recent_arrival(key, now).is_some() {
            return;
        }
        match self.stored(key) {
            Ok(Some(arrival)) => self.known.restore(key, arrival),
            Ok(None) => {}
            Err(error) => console_error!("an entry cannot be read: {error}"),
        }
    }

    fn stored(&self, key: Key) -> worker::Result<Option<Timestamp>> {
        let name = vec![SqlStorageValue::Blob(name(key).to_vec())];
        let rows = self.sql.exec("SELECT arrival FROM entries WHERE key = ?", name)?;
        let row = rows.raw().next().transpose()?;
        Ok(match row.as_deref() {
            Some([SqlStorageValue::Integer(micros)]) => Some(arrival(*micros)),
            _ => None,
        })
    }

    fn load_register(&mut self, register: Register) {
        let Some(is_loaded) = self.loaded_registers.get_mut(register as usize) else {
            return;
        };
        if core::mem::replace(is_loaded, true) {
            return;
        }
        match self.stored_register(register) {
            Ok(Some(words)) => self.known.restore_words(register, words),
            Ok(None) => {}
            Err(error) => console_error!("a register cannot be read: {error}"),
        }
    }

    fn stored_register(&self, register: Register) -> worker::Result<Option<Words>> {
        let number = vec![SqlStorageValue::Integer(register as i64)];
        let rows = self
            .sql
            .exec("SELECT words FROM registers WHERE register = ?", number)?;
        let row = rows.raw().next().transpose()?;
        let Some([SqlStorageValue::Blob(bytes)]) = row.as_deref() else {
            return Ok(None);
        };
        let mut words = Words::default();
        let (chunks, _) = bytes.as_chunks::<8>();
        for (word, chunk) in words.iter_mut().zip(chunks) {
            *word = u64::from_be_bytes(*chunk);
        }
        Ok(Some(words))
    }

    /// Lets `change` change an entry, and remembers to write it if it did.
    fn with_entry<T>(&mut self, key: Key, now: Timestamp, change: impl FnOnce(&mut MemoryLedger) -> T) -> T {
        self.load(key, now);
        let before = self.known.recent_arrival(key, now);
        let answer = change(&mut self.known);
        if self.known.recent_arrival(key, now) != before {
            self.unsaved.insert(name(key), key);
        }
        let evictions = self.known.drain_events().evictions;
        self.is_whole &= evictions == 0;
        self.events.evictions = self.events.evictions.saturating_add(evictions);
        answer
    }
}

impl Ledger for Shelf {
    fn take(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) -> Take {
        self.with_entry(key, now, |known| known.take(key, cost, quota, now))
    }

    fn count(&mut self, key: Key, quota: &Quota, now: Timestamp) {
        self.with_entry(key, now, |known| known.count(key, quota, now));
    }

    fn give_back(&mut self, key: Key, cost: u32, quota: &Quota, now: Timestamp) {
        self.with_entry(key, now, |known| known.give_back(key, cost, quota, now));
    }

    fn check(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        self.load(key, now);
        self.known.check(key, quota, now)
    }

    fn known_denied(&mut self, key: Key, quota: &Quota, now: Timestamp) -> Option<u64> {
        self.check(key, quota, now)
    }

    fn recent_arrival(&mut self, key: Key, now: Timestamp) -> Option<Timestamp> {
        self.load(key, now);
        self.known.recent_arrival(key, now)
    }

    fn read(&mut self, register: Register, now: Timestamp) -> Words {
        self.load_register(register);
        self.known.read(register, now)
    }

    fn change(&mut self, change: &Change, now: Timestamp) -> Option<Words> {
        let register = change.register();
        self.load_register(register);
        if let Some(is_unsaved) = self.unsaved_registers.get_mut(register as usize) {
            *is_unsaved = true;
        }
        self.known.change(change, now)
    }

    fn drain_events(&mut self) -> Events {
        core::mem::take(&mut self.events)
    }
}

/// Brings what the database knows of entries into memory; whether that is all of it.
fn load_all(sql: &SqlStorage, known: &mut MemoryLedger, now: Timestamp) -> worker::Result<bool> {
    let limit = LOADED_AT_ONCE.saturating_add(1);
    let bounds = vec![
        SqlStorageValue::Integer(micros(now)),
        SqlStorageValue::Integer(i64::try_from(limit).unwrap_or(i64::MAX)),
    ];
    let rows = sql.exec(
        "SELECT key, arrival FROM entries WHERE arrival > ? LIMIT ?",
        bounds,
    )?;
    let mut count = 0_usize;
    for row in rows.raw() {
        count = count.saturating_add(1);
        if let [SqlStorageValue::Blob(name), SqlStorageValue::Integer(micros)] = row?.as_slice()
            && let Some(key) = key(name)
        {
            known.restore(key, arrival(*micros));
        }
    }
    Ok(count < limit)
}

/// What an entry is called in the database.
fn name(key: Key) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = key.hash.to_be_bytes();
    let space = match key.space {
        Space::Clearance => b'c',
        Space::Prefix => b'p',
        Space::Budget => b'b',
    };
    [space, a, b, c, d, e, f, g, h]
}

/// The entry that is called so. Where it lives is not in its name, and nothing is looked up by that.
fn key(name: &[u8]) -> Option<Key> {
    let (space, hash) = name.split_first()?;
    let space = match space {
        b'c' => Space::Clearance,
        b'p' => Space::Prefix,
        b'b' => Space::Budget,
        _ => return None,
    };
    let hash = u64::from_be_bytes(hash.try_into().ok()?);
    Some(Key { space, hash, home: 0 })
}

/// A name in hexadecimal.
fn hex([space, hash @ ..]: &[u8; 9]) -> String {
    format!("{space:02x}{:016x}", u64::from_be_bytes(*hash))
}

fn micros(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanos().div_ceil(NANOS_PER_MICROSECOND)).unwrap_or(i64::MAX)
}

fn arrival(micros: i64) -> Timestamp {
    let micros = u64::try_from(micros).unwrap_or_default();
    Timestamp::from_nanos(micros.saturating_mul(NANOS_PER_MICROSECOND))
}
