//! The script: what to do in which callback.

use super::{state, trace};

const CALLBACKS: [&str; 25] = [
    "context_create",
    "vm_start",
    "configure",
    "tick",
    "queue_ready",
    "request_headers",
    "request_body",
    "request_trailers",
    "response_headers",
    "response_body",
    "response_trailers",
    "http_call_response",
    "grpc_initial_metadata",
    "grpc_receive",
    "grpc_trailing_metadata",
    "grpc_close",
    "new_connection",
    "downstream_data",
    "upstream_data",
    "downstream_close",
    "upstream_close",
    "foreign_function",
    "done",
    "log",
    "delete",
];

/// One command.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    callback: &'static str,
    /// The only time it is for, from 1.
    time: Option<u32>,
    command: String,
}

/// Adds what is written there to the script. Lines that make no sense are told in the log.
pub(crate) fn load(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().map(str::trim);
    for text in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match parse(text) {
            Some(line) => state::with(|state| state.script.push(line)),
            None => trace::unknown(text),
        }
    }
}

/// The commands for a callback that runs now.
pub(crate) fn commands(callback: &'static str) -> Vec<String> {
    state::with(|state| {
        let runs = state.runs.entry(callback).or_default();
        *runs = runs.saturating_add(1);
        let lines = state.script.iter();
        let due =
            lines.filter(|line| line.callback == callback && line.time.is_none_or(|time| time == *runs));
        due.map(|line| line.command.clone()).collect()
    })
}

fn parse(line: &str) -> Option<Line> {
    let (callback, command) = line.split_once(':')?;
    let (callback, time) = match callback.split_once('#') {
        Some((callback, time)) => (callback, Some(time.trim().parse().ok()?)),
        None => (callback, None),
    };
    let callback = CALLBACKS.iter().find(|known| **known == callback.trim())?;
    Some(Line {
        callback,
        time,
        command: command.trim().to_owned(),
    })
}
