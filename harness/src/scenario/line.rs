//! What is told of an exchange.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use super::judge::{first_line, told_line};
use super::quantity::ShownTime;
use super::shown::shown;
use crate::abi::Direction;
use crate::exchange::{Exchange, Outcome};
use crate::message::Request;

/// What is told of a request; there is one for each exchange, so it has to be cheap.
#[derive(Clone)]
pub(super) struct LineOf {
    first_line: Rc<str>,
    from: SocketAddr,
}

impl LineOf {
    pub(super) fn new(request: &Request) -> Self {
        Self {
            first_line: format!("{} {}", shown(&request.method), shown(&request.path)).into(),
            from: request.source,
        }
    }

    pub(super) fn from(&self, from: SocketAddr) -> Self {
        Self {
            first_line: self.first_line.clone(),
            from,
        }
    }

    pub(super) fn told(&self, nth: u64, of: u64, exchange: &Exchange) -> String {
        let count = if of > 1 {
            format!(", {nth} of {of}")
        } else {
            String::new()
        };
        format!(
            "{} from {}{count}: {}",
            self.first_line,
            self.from.ip(),
            ended(exchange)
        )
    }
}

/// How an exchange ended, and how long it took.
fn ended(exchange: &Exchange) -> String {
    let after = match exchange.took {
        Duration::ZERO => "at once".to_owned(),
        took => format!("after {}", ShownTime(took)),
    };
    let forwarded = match &exchange.forwarded {
        Some(request) => format!("forwarded as {}", first_line(request)),
        None => "not forwarded".to_owned(),
    };
    match &exchange.outcome {
        Outcome::Response(response) => format!("{} {after}, {forwarded}", response.status),
        Outcome::Paused(Direction::Request) => {
            format!("the filter holds the request until the client hangs up {after}")
        }
        Outcome::Paused(Direction::Response) => {
            format!("the filter holds the response until the client hangs up {after}, {forwarded}")
        }
        Outcome::Reset => format!("cut off {after}, {forwarded}"),
    }
}

pub(super) fn log_of(exchange: &Exchange) -> Vec<String> {
    exchange.log.iter().map(told_line).collect()
}
