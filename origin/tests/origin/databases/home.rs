//! Databases for tests: a new SQLite file, or a new server of PostgreSQL.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use levee_origin::{config::Database, store::Store};
use levee_testing::tools;
use tempfile::TempDir;

/// Somewhere to keep tickets. Gone when dropped.
pub(crate) enum Home {
    File { folder: TempDir },
    Server(Server),
}

impl Home {
    pub(crate) fn sqlite() -> Self {
        Self::File {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn postgres() -> Self {
        Self::Server(Server::start())
    }

    /// What `--database` says.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::File { folder } => folder.path().join("tickets.db").display().to_string(),
            Self::Server(server) => server.url(),
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

/// A server with a cluster of its own, on a free port. Killed when dropped.
pub(crate) struct Server {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

/// Whom the server runs as where tests run as root, which it refuses.
const USER: &str = "postgres";

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        if is_root() {
            let owner = Command::new("chown").arg(USER).arg(folder.path()).status();
            assert!(owner.expect("chown runs").success());
        }
        let data = folder.path().join("data");
        let made = as_user("initdb")
            .args(["--auth=trust", "--username=levee", "--encoding=UTF8", "--no-locale", "--pgdata"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = Self {
            folder,
            port,
            process: None,
        };
        server.launch();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://levee@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// Starts it on what it has on its disk, and waits until it answers.
    pub(crate) fn launch(&mut self) {
        let folder = self.folder.path();
        let log = std::fs::File::create(folder.join("log")).expect("a log");
        let process = as_user("postgres")
            .arg("-D")
            .arg(folder.join("data"))
            .arg("-k")
            .arg(folder)
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres runs");
        self.process = Some(process);
        let deadline = Instant::now() + PATIENCE;
        while !self.answers() {
            assert!(Instant::now() < deadline, "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL to the server and all its children, as when the machine's power goes.
    pub(crate) fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        // The server proper may be the child of the program that has changed the user.
        let pid_file = self.folder.path().join("data/postmaster.pid");
        let pid = std::fs::read_to_string(pid_file).expect("a running server has written its id");
        let pid = pid.lines().next().expect("the id is the first line").trim().to_owned();
        let _ = Command::new("pkill").args(["-KILL", "-P", &pid]).status();
        let _ = Command::new("kill").args(["-KILL", &pid]).status();
        let _ = process.kill();
        let _ = process.wait();
    }

    fn answers(&self) -> bool {
        let url = self.url();
        let asking = std::thread::spawn(move || postgres::Client::connect(&url, postgres::NoTls).is_ok());
        asking.join().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program of PostgreSQL, as a user that it accepts.
fn as_user(program: &str) -> Command {
    let program: PathBuf = tools::path(tools::POSTGRES).join(program);
    if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", USER, "--regid", USER, "--init-groups", "--"])
            .arg(program)
            .current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}
