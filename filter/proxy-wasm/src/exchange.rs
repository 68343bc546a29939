//! One request: asks the core and carries out what it decides. Everything is decided when its headers arrive.

use crate::{
    abi::{
        Status,
        headers::{self, HeaderBlock, Map},
        log,
        random::HostEntropy,
        reply, source, time,
    },
    plugin::Plugin,
};
use levee_core::{
    Action, Forward, Header, Ports, Request, client::parse_address, request::Peer, response::Response,
    time::Timestamp,
};

/// The field that tells the origin, and the host's access log, what was decided.
const VERDICT: &str = "levee-verdict";

/// What is kept of a request on its way to the origin, for its answer.
pub(crate) struct Forwarded {
    at: Timestamp,
    /// Whether the answer says how the origin is.
    is_watched: bool,
    /// Whether the time to the answer is the origin's alone: with a body, it would be the client's as well.
    is_timed: bool,
    /// Headers to set on the answer.
    answer: Vec<(&'static str, String)>,
}

impl Forwarded {
    /// Whether anything will be done with the answer.
    pub(crate) const fn is_of_use(&self) -> bool {
        self.is_watched || !self.answer.is_empty()
    }
}

/// Why no decision was made or carried out. None of these happen in a host that keeps to the specification; should one
/// happen all the same, the request is refused.
#[derive(Debug)]
enum Unavailable {
    NotConfigured,
    LedgerInUse,
    #[expect(dead_code, reason = "read by Debug, for the log")]
    Host(Status),
}

impl From<Status> for Unavailable {
    fn from(status: Status) -> Self {
        Self::Host(status)
    }
}

/// `None` when the request is answered here.
pub(crate) fn decide(plugin: Option<&Plugin>, end_of_stream: bool) -> Option<Forwarded> {
    plugin
        .ok_or(Unavailable::NotConfigured)
        .and_then(|plugin| try_to_decide(plugin, end_of_stream))
        .unwrap_or_else(|unavailable| {
            log::error(&format!("the request is refused: {unavailable:?}"));
            // Refused as well if even that fails: the request stays paused and never reaches the origin.
            let _ = reply::send(503, [("retry-after", "1")].into_iter(), b"");
            None
        })
}

fn try_to_decide(plugin: &Plugin, end_of_stream: bool) -> Result<Option<Forwarded>, Unavailable> {
    let block = HeaderBlock::of_request()?;
    let fields = block.fields();
    let ask = || parse_address(&source::address()?);
    let request = Request::new(&fields, Peer::Asked(&ask));
    let now = time::now()?;
    let mut ledger = plugin
        .ledger
        .try_borrow_mut()
        .map_err(|_| Unavailable::LedgerInUse)?;
    let ports = Ports {
        now,
        ledger: &mut *ledger,
        entropy: &mut HostEntropy,
    };
    let decision = plugin.filter.decide(&request, ports);
    plugin.note(&decision, now);
    if let Action::Forward(changes) = &decision.action {
        forward(changes)?;
    } else {
        remove_claims(&fields)?;
    }
    // On a request that is answered here, too: the host's access log tells it.
    headers::add(Map::Request, VERDICT, &decision.field())?;
    let forwarded = match decision.action {
        Action::Forward(changes) => Some(Forwarded {
            at: now,
            is_watched: plugin.filter.policy().capacity.is_some(),
            is_timed: end_of_stream,
            answer: changes.answer,
        }),
        Action::Respond(response) => {
            respond(&response)?;
            None
        }
    };
    plugin.note_time(now);
    Ok(forwarded)
}

/// Takes what the client has sent of the filter's own out of the request, and says who it is. To add a field where there is
/// none by that name costs Envoy half of what it takes to replace one.
fn forward(changes: &Forward) -> Result<(), Status> {
    for name in &changes.remove {
        headers::remove(Map::Request, name)?;
    }
    headers::add(Map::Request, "levee-client", &changes.client)
}

/// Takes the verdict that a client has written itself out of a request that is answered here.
fn remove_claims(fields: &[Header<'_>]) -> Result<(), Status> {
    if fields.iter().any(|(name, _)| *name == VERDICT.as_bytes()) {
        headers::remove(Map::Request, VERDICT.as_bytes())?;
    }
    Ok(())
}

fn respond(response: &Response) -> Result<(), Status> {
    let fields = response.headers.iter().map(|(name, value)| (*name, &**value));
    reply::send(response.status, fields, &response.body)
}

/// Sets what is to be set on an answer of the origin, and counts it.
pub(crate) fn note_answer(plugin: &Plugin, forwarded: &Forwarded) {
    for (name, value) in &forwarded.answer {
        // A list may have members of the origin's own; ours come after them.
        let _ = headers::add(Map::Response, name, value);
    }
    if !forwarded.is_watched {
        return;
    }
    let status =
        headers::get(Map::Response, ":status").and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
    if let (Some(status), Ok(now)) = (status, time::now()) {
        let nanos = forwarded.is_timed.then(|| now.saturating_since(forwarded.at));
        plugin.note_answer(status, nanos);
    }
}
