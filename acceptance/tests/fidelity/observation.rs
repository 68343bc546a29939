//! What is compared: all that can be seen of a play from outside, as lines of text.

use crate::message::{Fields, Message, shown};

/// What was seen in one host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Observation {
    /// What the filter logged on the main thread: in the canary, and in the VM that stays.
    pub(crate) main: Vec<String>,
    /// What it logged on the worker.
    pub(crate) worker: Vec<String>,
    /// What the client got.
    pub(crate) client: Vec<String>,
    /// What the origin got.
    pub(crate) origin: Vec<String>,
    /// The filter's counters and gauges.
    pub(crate) metrics: Vec<String>,
}

impl Observation {
    /// The parts, by what the report calls them.
    pub(crate) fn parts(&self) -> [(&'static str, &[String]); 5] {
        [
            ("main thread", &self.main),
            ("worker", &self.worker),
            ("client", &self.client),
            ("origin", &self.origin),
            ("metrics", &self.metrics),
        ]
    }
}

/// What the client has got for a request.
#[derive(Clone, Debug)]
pub(crate) enum Got {
    Response(Message),
    /// The connection was cut off.
    Nothing,
    /// It has hung up.
    GivenUp,
    /// It has waited for as long as a client waits.
    Hangs,
}

impl Got {
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            // How much of it has arrived is a matter of time.
            Self::Response(response) if response.cut_off => Self::Nothing.lines(),
            Self::Response(response) => lines(response),
            Self::Nothing => vec!["cut off".to_owned()],
            Self::GivenUp => vec!["given up".to_owned()],
            Self::Hangs => vec!["hangs".to_owned()],
        }
    }
}

/// What the rest of Envoy adds to messages, or takes from them, and how a body is framed: no matter of the filter.
const NOT_COMPARED: [&str; 5] = [
    // The HTTP connection manager's.
    "date",
    // The router's; how long it took.
    "x-envoy-upstream-service-time",
    // How long a body is does not depend on how that was said; `content-length` is compared.
    "transfer-encoding",
    // Of the connection, not of the message.
    "connection",
    "keep-alive",
];

/// The requests that the origin has got. One that was cut off on its way is left out: the harness hands on whole ones only.
pub(crate) fn at_origin(received: &[Message]) -> Vec<String> {
    received
        .iter()
        .filter(|request| !request.cut_off)
        .flat_map(lines)
        .collect()
}

/// A message, as lines.
fn lines(message: &Message) -> Vec<String> {
    let mut lines = vec![message.start.clone()];
    lines.extend(message.fields.iter().filter_map(field));
    if !message.body().is_empty() {
        lines.push(format!("body {}", shown(&message.body())));
    }
    let trailers: &Fields = &message.trailers.clone().unwrap_or_default();
    for trailer in trailers.iter().filter_map(field) {
        lines.push(format!("trailer {trailer}"));
    }
    lines
}

fn field((name, value): &(Vec<u8>, Vec<u8>)) -> Option<String> {
    let name = shown(&name.to_ascii_lowercase());
    // That there is no body is not always said.
    let is_empty = name == "content-length" && value == b"0";
    (!is_empty && !NOT_COMPARED.contains(&name.as_str())).then(|| format!("{name}: {}", shown(value)))
}

/// Properties whose values no two runs have alike, or that have no order: only the length is compared.
const UNPREDICTABLE: [&str; 7] = [
    "connection.id",
    "connection_id",
    "request.time",
    "request.duration",
    "response.backend_latency",
    "request.headers",
    "response.headers",
];

/// A line of the filter's log, without what cannot be the same.
pub(crate) fn log_line(line: &str) -> String {
    if line.starts_with("= pairs ") {
        return without_fields(line);
    }
    let Some((command, value)) = line.split_once(" -> 0 ") else {
        return line.to_owned();
    };
    let path = command.strip_prefix("= property ").unwrap_or_default();
    if !UNPREDICTABLE.contains(&path) {
        return line.to_owned();
    }
    format!("{command} -> 0 {} bytes", length(value))
}

/// A line that lists fields, without those that are not compared.
fn without_fields(line: &str) -> String {
    let fields = line.split(" \"").enumerate().filter(|(number, field)| {
        *number == 0
            || !NOT_COMPARED
                .iter()
                .any(|name| field.starts_with(&format!("{name}\"=")))
    });
    fields.map(|(_, field)| field).collect::<Vec<_>>().join(" \"")
}

/// How many bytes an escaped value stands for.
fn length(escaped: &str) -> usize {
    let (mut rest, mut count) = (escaped.trim_matches('"'), 0);
    while let Some(char) = rest.chars().next() {
        let width = match char {
            '\\' if rest.starts_with("\\x") => 4,
            '\\' => 2,
            char => char.len_utf8(),
        };
        rest = rest.get(width..).unwrap_or_default();
        count += 1;
    }
    count
}
