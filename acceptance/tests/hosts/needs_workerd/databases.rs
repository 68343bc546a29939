//! What Durable Objects have stored, as it lies on the disk.

use rusqlite::Connection;
use std::{fs, path::Path};

/// The databases in `storage` of the objects that keep the ledger.
pub(super) fn of_ledger(storage: &Path) -> Vec<Connection> {
    let objects = fs::read_dir(storage.join("levee-0")).unwrap_or_else(|error| panic!("{error}"));
    objects
        .filter_map(|object| Some(object.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sqlite"))
        .filter_map(|path| Connection::open(path).ok())
        // One of the databases is the runtime's own, and has no such table.
        .filter(|object| entries(object).is_some())
        .collect()
}

/// How many entries an object has stored.
pub(super) fn entries(object: &Connection) -> Option<i64> {
    object
        .query_row("SELECT count(*) FROM entries", [], |row| row.get(0))
        .ok()
}
