//! One line of JSON for each request that reached the app, with nothing in it that names a patient.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::Path,
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{StatusCode, header::USER_AGENT},
    middleware::Next,
    response::Response,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::ticket::TicketCode;

/// The longest that a line stays in memory.
const FLUSH_INTERVAL: Duration = Duration::from_millis(200);

/// Lines that may wait for the disk; past that, requests wait too, and no line is lost.
const LINE_LIMIT: usize = 16 * 1024;

/// Characters kept of what a client chooses freely.
const TEXT_LIMIT: usize = 256;

/// What nginx logs, too, when the client did not wait for the answer.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// An open access log. It is complete on the disk once this and all its clones are dropped.
#[derive(Clone)]
pub(crate) struct AccessLog(Arc<Writer>);

struct Writer {
    lines: Option<mpsc::SyncSender<Line>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Serialize)]
struct Line {
    ts: Timestamp,
    method: String,
    /// The route where there is one: `/ticket/{code}`, because the code opens the ticket. Never the query.
    path: String,
    status: u16,
    user_agent: String,
    duration_ms: f64,
}

/// A request that is being answered; logs itself when it ends, also when it ends by its client going away.
struct Entry {
    log: AccessLog,
    started: Instant,
    line: Option<Line>,
}

impl AccessLog {
    /// Appends to the file, which is created when it does not exist.
    ///
    /// # Errors
    /// When the file cannot be opened for writing, or no thread can be started.
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let (lines, queue) = mpsc::sync_channel(LINE_LIMIT);
        let thread = std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || write_all(&queue, file))?;
        Ok(Self(Arc::new(Writer {
            lines: Some(lines),
            thread: Some(thread),
        })))
    }
}

/// Logs each request when it has been answered.
pub(crate) async fn record(State(log): State<AccessLog>, request: Request, next: Next) -> Response {
    let path = match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().to_owned(),
        None => without_codes(request.uri().path()),
    };
    let user_agent = request
        .headers()
        .get(USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let line = Line {
        ts: Timestamp::now(),
        method: shorten(request.method().as_str()),
        path: shorten(&path),
        status: CLIENT_CLOSED_REQUEST,
        user_agent: shorten(&user_agent.unwrap_or_default()),
        duration_ms: 0.0,
    };
    let mut entry = Entry {
        log,
        started: Instant::now(),
        line: Some(line),
    };
    let response = next.run(request).await;
    entry.answered(response.status());
    response
}

impl Entry {
    fn answered(&mut self, status: StatusCode) {
        if let Some(line) = &mut self.line {
            line.status = status.as_u16();
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let (Some(mut line), Some(lines)) = (self.line.take(), &self.log.0.lines) {
            let microseconds = (self.started.elapsed().as_secs_f64() * 1e6).round();
            line.duration_ms = microseconds / 1e3;
            // The thread ends only after the last sender; should it have panicked, there is nobody left to tell.
            let _ = lines.send(line);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the access log's thread had panicked");
        }
    }
}

fn write_all(lines: &mpsc::Receiver<Line>, file: File) {
    let mut file = BufWriter::new(file);
    let mut flush_at = Instant::now() + FLUSH_INTERVAL;
    let mut failed = false;
    loop {
        let outcome = match lines.recv_timeout(flush_at.saturating_duration_since(Instant::now())) {
            Ok(line) => write_line(&mut file, &line),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                flush_at = Instant::now() + FLUSH_INTERVAL;
                file.flush()
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        };
        match outcome {
            Ok(()) => failed = false,
            // Once for each time it breaks, not once for each line: the disk may be full.
            Err(error) if !failed => {
                failed = true;
                tracing::error!(%error, "the access log cannot be written; lines are being lost");
            }
            Err(_) => {}
        }
    }
    if let Err(error) = file.flush() {
        tracing::error!(%error, "the access log's last lines could not be written");
    }
}

fn write_line(file: &mut impl Write, line: &Line) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}

/// The path of no route, with nothing in it that could open a ticket: somebody may have mistyped the address of theirs.
fn without_codes(path: &str) -> String {
    let segments = path.split('/').map(|segment| match TicketCode::parse(segment) {
        Some(_) => "{code}",
        None => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn shorten(text: &str) -> String {
    text.chars().take(TEXT_LIMIT).collect()
}
