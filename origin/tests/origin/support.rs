//! What the tests share: the app on a port, the program as a process, and a client.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use bytes::Bytes;
use clap::Parser;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::Timestamp;
use levee_origin::{Origin, clock::Clock, config::Config, router, server::Server};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

/// Half past midnight of Tuesday, 3 March 2026, at the hospital; still the day before in UTC.
pub(crate) const NOW: &str = "2026-03-02T17:30:00Z";
/// The hospital's day at [`NOW`].
pub(crate) const TODAY: &str = "2026-03-03";
/// The last day that can be booked at [`NOW`].
pub(crate) const LAST_DAY: &str = "2026-03-09";

/// The app in this process, at [`NOW`], on a port and a database of its own.
pub(crate) struct App {
    address: SocketAddr,
    directory: TempDir,
    client: WebClient,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_named(hospital: &str) -> Self {
        Self::start_with(&["--hospital", hospital]).await
    }

    /// With options of the command line, and room for many patients when they say nothing of it.
    pub(crate) async fn start_with(options: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let is_settled = options.iter().any(|option| option.starts_with("--capacity"));
        let room: &[&str] = if is_settled { &[] } else { &["--capacity", "1000"] };
        let address = serve(
            &directory.path().join("tickets.db"),
            NOW,
            &[room, options].concat(),
        )
        .await;
        Self {
            address,
            directory,
            client: WebClient::new(address),
        }
    }

    /// A client of another app on the same database, for which it is this time.
    pub(crate) async fn client_at(&self, now: &str) -> WebClient {
        WebClient::new(serve(&self.database(), now, &["--capacity", "1000"]).await)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.directory.path().join("tickets.db")
    }

    pub(crate) fn client(&self) -> WebClient {
        self.client.clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.client.get(path).await.unwrap()
    }

    pub(crate) async fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        let request = Request::get(path).header(header.0, header.1);
        self.client.send(request, "").await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Bytes>) -> Answer {
        self.client
            .send(Request::post(path).header("content-type", kind), body)
            .await
            .unwrap()
    }

    pub(crate) async fn post_form(&self, fields: &str) -> Answer {
        self.post("/book", FORM, fields.to_owned()).await
    }

    pub(crate) async fn post_json(&self, body: &str) -> Answer {
        self.post("/api/tickets", JSON, body.to_owned()).await
    }
}

/// Starts the app in this process, with options of the command line, and tells where it listens.
pub(crate) async fn serve(database: &Path, now: &str, options: &[&str]) -> SocketAddr {
    let line = ["levee-origin", "--listen", "127.0.0.1:0", "--database"]
        .into_iter()
        .map(OsStr::new)
        .chain([database.as_os_str()])
        .chain(options.iter().map(OsStr::new));
    let config = Config::parse_from(line);
    let now: Timestamp = now.parse().unwrap();
    let origin = Origin::open(&config, Clock::stopped_at(now).unwrap())
        .await
        .unwrap();
    let server = Server::bind(config.listen).await.unwrap();
    let address = server.address();
    tokio::spawn(server.run(router(origin), std::future::pending()));
    address
}

/// Content type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// Content type of the API.
pub(crate) const JSON: &str = "application/json";

/// Sends requests to one address; paths stand where addresses do.
#[derive(Clone)]
pub(crate) struct WebClient {
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// A request went unanswered.
pub(crate) type NoAnswer = Box<dyn std::error::Error + Send + Sync>;

impl WebClient {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    pub(crate) async fn send(
        &self,
        request: http::request::Builder,
        body: impl Into<Bytes>,
    ) -> Result<Answer, NoAnswer> {
        let path = request.uri_ref().unwrap().to_string();
        let request = request.uri(format!("http://{}{path}", self.address));
        let response = self.client.request(request.body(Full::new(body.into()))?).await?;
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, NoAnswer> {
        self.send(Request::get(path), "").await
    }

    /// Follows a stream of server-sent events.
    pub(crate) async fn follow(&self, request: http::request::Builder) -> Result<Events, NoAnswer> {
        let path = request.uri_ref().unwrap().to_string();
        let request = request.uri(format!("http://{}{path}", self.address));
        let response = self.client.request(request.body(Full::default())?).await?;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Ok(Events {
            body: response.into_body(),
            unread: String::new(),
        })
    }

    /// Books through the API and reads the ticket from its answer.
    pub(crate) async fn book_by_api(&self, department: &str, day: &str) -> Result<Issued, NoAnswer> {
        let body = format!(r#"{{"department":"{department}","day":"{day}"}}"#);
        let answer = self
            .send(Request::post("/api/tickets").header("content-type", JSON), body)
            .await?;
        assert_eq!(answer.status, 201, "{}", answer.body);
        Ok(answer.issued())
    }

    /// Books through the page, as a browser does, and reads the ticket from the page that it leads to.
    pub(crate) async fn book_by_page(&self, department: &str, day: &str) -> Result<Issued, NoAnswer> {
        let body = format!("department={department}&day={day}");
        let answer = self
            .send(Request::post("/book").header("content-type", FORM), body)
            .await?;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let page = self.get(answer.header("location")).await?;
        assert_eq!(page.status, 200, "{}", page.body);
        let code = between(&page.body, r#"<dd class="code">"#, "<").to_owned();
        let number = between(
            &page.body,
            r#"<p class="number" aria-labelledby="number-label">"#,
            "<",
        );
        Ok(Issued {
            code,
            number: number.parse()?,
        })
    }
}

/// A stream of server-sent events.
pub(crate) struct Events {
    body: Incoming,
    unread: String,
}

impl Events {
    /// The data of the next event; `None` when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            while let Some((event, rest)) = self.unread.split_once("\n\n") {
                let lines: Vec<_> = event
                    .lines()
                    .filter_map(|line| line.strip_prefix("data: "))
                    .collect();
                let data = lines.join("\n");
                self.unread = rest.to_owned();
                if !data.is_empty() {
                    return Some(data);
                }
            }
            let frame = self.body.frame().await?.unwrap();
            self.unread
                .push_str(std::str::from_utf8(frame.data_ref()?).unwrap());
        }
    }

    /// The next event whose data contains `text`.
    pub(crate) async fn next_with(&mut self, text: &str) -> String {
        loop {
            let data = self.next().await.unwrap();
            if data.contains(text) {
                return data;
            }
        }
    }
}

/// A ticket as its holder was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) code: String,
    pub(crate) number: u32,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    pub(crate) fn issued(&self) -> Issued {
        let ticket = self.json();
        Issued {
            code: ticket["code"].as_str().unwrap().to_owned(),
            number: ticket["number"].as_u64().unwrap().try_into().unwrap(),
        }
    }
}

/// What stands between two texts.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before:?} in {text}"));
    rest.split_once(after)
        .unwrap_or_else(|| panic!("no {after:?} in {rest}"))
        .0
}

/// A queue's name: department, day and session.
pub(crate) type Queue = (String, String, String);

/// All numbers in the file, by queue, in ascending order.
pub(crate) fn numbers_in(database: &Path) -> BTreeMap<Queue, Vec<u32>> {
    let connection = Connection::open(database).unwrap();
    let integrity: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
    let mut statement = connection
        .prepare(
            "SELECT department, day, session, number FROM ticket ORDER BY department, day, session, number",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut queues = BTreeMap::<Queue, Vec<u32>>::new();
    while let Some(row) = rows.next().unwrap() {
        queues
            .entry((row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap()))
            .or_default()
            .push(row.get(3).unwrap());
    }
    queues
}

/// Asserts that the numbers, in ascending order, are 1, 2, 3 and so on.
pub(crate) fn assert_consecutive(numbers: &[u32]) {
    assert!(
        numbers.iter().copied().eq((1..).take(numbers.len())),
        "not consecutive from 1: {numbers:?}"
    );
}

/// The program as a process, on a free port. Killed when dropped.
pub(crate) struct Program {
    process: Child,
    address: SocketAddr,
    // Kept open, so that the program can go on writing to it.
    stdout: BufReader<ChildStdout>,
}

/// The program, not yet started.
pub(crate) fn program(database: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_levee-origin"));
    command
        .arg("--database")
        .arg(database)
        .args(["--listen", "127.0.0.1:0"]);
    command.kill_on_drop(true).env("RUST_LOG", "error");
    command
}

impl Program {
    /// Starts it and waits until it says that it listens.
    pub(crate) async fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).await.unwrap();
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .unwrap()
            .parse()
            .unwrap();
        Self {
            process,
            address,
            stdout,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its metrics, which it says after its own.
    pub(crate) async fn metrics_address(&mut self) -> SocketAddr {
        let mut line = String::new();
        self.stdout.read_line(&mut line).await.unwrap();
        between(&line, "metrics on http://", "/metrics\n")
            .parse()
            .unwrap()
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id().unwrap()
    }

    /// SIGKILL, and waits until the process is gone.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        let id = self.process.id().unwrap().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap();
        assert!(kill.success(), "{kill}");
    }

    /// Waits for the process and asserts that it ended well.
    pub(crate) async fn ends_well(mut self) {
        let status = self.process.wait().await.unwrap();
        assert!(status.success(), "{status}");
    }
}
