//! The probe: its log is what hosts are compared by.

mod commands;
mod script;

use super::{host, messages, ok, start};
use levee_harness::{Exchange, Request};

/// An exchange for `GET /x` under a script.
fn exchange(script: &str) -> Exchange {
    let mut host = start(host("probe").configuration(script));
    host.worker(0).exchange(Request::get("/x"), ok)
}

fn logged(exchange: &Exchange) -> Vec<String> {
    messages(&exchange.log).into_iter().map(str::to_owned).collect()
}

/// What the commands of a script come to when the headers of `GET /x` arrive.
fn answers(commands: &[&str]) -> Vec<String> {
    let script: String = commands
        .iter()
        .map(|command| format!("request_headers: {command}\n"))
        .collect();
    let mut lines = logged(&exchange(&script));
    lines.retain(|line| !line.starts_with('>'));
    lines
}
