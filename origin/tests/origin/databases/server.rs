//! A server of PostgreSQL for tests.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use levee_testing::tools;
use tempfile::TempDir;

/// Whom the server runs as where tests run as root, which it refuses.
const USER: &str = "postgres";

/// Who may do everything in it without a password.
const OWNER: &str = "levee";

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with a cluster of its own, on a free port, as durable as it is shipped. Killed when dropped.
pub(crate) struct Server {
    folder: TempDir,
    port: u16,
    process: Mutex<Option<Child>>,
    databases: AtomicUsize,
}

impl Server {
    /// The server of all tests that run now and neither end nor change it.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(&[]));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// A new one, with settings of its own.
    pub(crate) fn start(settings: &[&str]) -> Self {
        Self::start_with_files(settings, &[])
    }

    /// A new one that encrypts, with this certificate and its key.
    pub(crate) fn start_encrypting(certificate: &str, key: &str) -> Self {
        let files = [("server.crt", certificate), ("server.key", key)];
        Self::start_with_files(&["ssl = on"], &files)
    }

    fn start_with_files(settings: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let data = folder.path().join("data");
        if is_root() {
            let owner = Command::new("chown").arg(USER).arg(folder.path()).status();
            assert!(owner.expect("chown runs").success());
        }
        let made = as_user("initdb")
            .args([
                "--auth=trust",
                "--username",
                OWNER,
                "--encoding=UTF8",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let who_may =
            format!("host all {OWNER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        fs::write(data.join("pg_hba.conf"), who_may).expect("the rules are written");
        let lines: String = settings.iter().map(|setting| format!("{setting}\n")).collect();
        fs::write(data.join("postgresql.auto.conf"), lines).expect("the settings are written");
        for (name, content) in files {
            write_private(&data.join(name), content);
        }
        let server = Self {
            folder,
            port,
            process: Mutex::default(),
            databases: AtomicUsize::new(0),
        };
        server.launch();
        server
    }

    /// The name of a new database.
    pub(crate) fn new_database(&self) -> String {
        let name = format!("hospital_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute(format!("CREATE DATABASE {name}"));
        name
    }

    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("{}?sslmode=disable", self.url_for(OWNER, database))
    }

    /// For this user, who may be followed by a colon and a password.
    pub(crate) fn url_for(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs a statement that yields nothing, in the database that every server has.
    pub(crate) fn execute(&self, sql: String) {
        let url = self.url_of("postgres");
        // The client blocks in a way that a task must not.
        let executing = std::thread::spawn(move || {
            let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("the server answers");
            client.batch_execute(&sql).expect("the statement runs");
        });
        executing.join().expect("the statement runs");
    }

    /// Starts it on what it has on its disk, and waits until it answers.
    pub(crate) fn launch(&self) {
        let deadline = Instant::now() + PATIENCE;
        let mut process = self.spawn();
        while !self.answers() {
            assert!(
                Instant::now() < deadline,
                "the server does not answer: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
            // It will not start before the last child of the one that was killed has gone.
            if process.try_wait().expect("the server's process").is_some() {
                process = self.spawn();
            }
        }
        *self.process() = Some(process);
    }

    fn spawn(&self) -> Child {
        let folder = self.folder.path();
        let log = fs::File::create(folder.join("log")).expect("a log");
        as_user("postgres")
            .arg("-D")
            .arg(folder.join("data"))
            .arg("-k")
            .arg(folder)
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres runs")
    }

    /// What it has said since it was launched.
    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// SIGKILL to the server and all its children, as when the machine's power goes.
    pub(crate) fn kill(&self) {
        let Some(mut process) = self.process().take() else {
            return;
        };
        let id = process.id().to_string();
        // Stopped, it has no more children than those that are found now.
        signal("-STOP", [id.as_str()]);
        let children = Command::new("pgrep")
            .args(["-P", &id])
            .output()
            .expect("pgrep runs");
        let children = String::from_utf8_lossy(&children.stdout).into_owned();
        signal("-KILL", children.split_whitespace().chain([id.as_str()]));
        process.wait().expect("the server has ended");
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self) -> bool {
        let url = self.url_of("postgres");
        let asking = std::thread::spawn(move || postgres::Client::connect(&url, postgres::NoTls).is_ok());
        asking.join().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("The server's log:\n{}", self.log());
        }
        self.kill();
    }
}

/// A port that stays free while the server is down: none that the system gives to whoever asks for any.
fn free_port() -> u16 {
    (0..1_000)
        .map(|_| rand::random_range(20_000..30_000))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("a free port")
}

fn signal<'a>(signal: &str, processes: impl IntoIterator<Item = &'a str>) {
    // One that has ended meanwhile is as good as signalled.
    let _ = Command::new("kill")
        .arg(signal)
        .args(processes)
        .stderr(Stdio::null())
        .status();
}

/// Writes a file that only the server can read: it refuses a key that others can.
fn write_private(path: &Path, content: &str) {
    fs::write(path, content).expect("the file is written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the file is the owner's only");
    if is_root() {
        let owner = Command::new("chown").arg(USER).arg(path).status();
        assert!(owner.expect("chown runs").success());
    }
}

/// A program of PostgreSQL, as a user that it accepts.
fn as_user(program: &str) -> Command {
    let program: PathBuf = tools::path(tools::POSTGRES).join(program);
    if is_root() {
        // It becomes the program, so that the process's id is the server's.
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
