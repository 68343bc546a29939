//! Databases for tests: a new SQLite file, or a new database of a PostgreSQL server.

use std::{path::Path, sync::Arc};

use levee_origin::{config::Database, store::Store};
use tempfile::TempDir;

use super::server::Server;

/// Somewhere to keep tickets. Gone when dropped.
pub(crate) enum Home {
    File { folder: TempDir },
    Server { server: Arc<Server>, database: String },
}

impl Home {
    pub(crate) fn sqlite() -> Self {
        Self::File {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn postgres() -> Self {
        let server = Server::shared();
        let database = server.new_database();
        Self::Server { server, database }
    }

    /// With a server that nobody else uses, so that it can be killed.
    pub(crate) fn postgres_alone() -> Self {
        let server = Arc::new(Server::start(&[]));
        let database = server.new_database();
        Self::Server { server, database }
    }

    /// What `--database` says.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::File { folder } => folder.path().join("tickets.db").display().to_string(),
            Self::Server { server, database } => server.url_of(database),
        }
    }

    pub(crate) fn database(&self) -> Database {
        let Ok(database) = self.argument().parse();
        database
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.database())
            .await
            .expect("the database can be opened")
    }

    /// The integers and texts of a statement's rows, read beside the program.
    pub(crate) async fn rows(&self, sql: &'static str) -> Vec<Vec<String>> {
        let database = self.database();
        // The client of PostgreSQL blocks in a way that a task must not.
        let reading = std::thread::spawn(move || match database {
            Database::Sqlite(path) => rows_of_file(&path, sql),
            Database::Postgres(url) => rows_of_server(&url, sql),
        });
        tokio::task::spawn_blocking(|| reading.join().expect("the database can be read"))
            .await
            .expect("the reading ends")
    }
}

fn rows_of_file(path: &Path, sql: &str) -> Vec<Vec<String>> {
    let connection = rusqlite::Connection::open(path).expect("the file opens");
    let mut statement = connection.prepare(sql).expect("the statement is right");
    let columns = statement.column_count();
    let mut rows = statement.query([]).expect("the statement runs");
    let mut found = Vec::new();
    while let Some(row) = rows.next().expect("a row") {
        let text = |column| match row.get_ref(column).expect("a column") {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            _ => String::new(),
        };
        found.push((0..columns).map(text).collect());
    }
    found
}

fn rows_of_server(url: &str, sql: &str) -> Vec<Vec<String>> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("the server answers");
    let answer = client.simple_query(sql).expect("the statement is right");
    let rows = answer.iter().filter_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| {
        let text = |column| row.get(column).unwrap_or_default().to_owned();
        (0..row.len()).map(text).collect()
    })
    .collect()
}
