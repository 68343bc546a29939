//! One per request: asks the core and carries out what it decides.

use crate::{
    clock,
    host::{self, HeaderBlock, HostEntropy},
    plugin::Plugin,
};
use levee_core::{
    Action, Forward, Ports, Request, client::parse_address, response::Response, time::Timestamp,
};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext},
    types::{Action as Next, MapType, Status},
};
use std::rc::Rc;

/// The context of one request. Everything is decided when its headers arrive; what is kept is for its answer.
pub(crate) struct HttpExchange {
    plugin: Option<Rc<Plugin>>,
    forwarded: Option<Forwarded>,
}

/// A request on its way to the origin.
struct Forwarded {
    at: Timestamp,
    /// Whether the time to the answer is the origin's alone: with a body, it would be the client's as well.
    is_timed: bool,
    /// Headers to set on the answer.
    answer: Vec<(&'static str, String)>,
}

impl HttpExchange {
    pub(crate) const fn new(plugin: Option<Rc<Plugin>>) -> Self {
        Self {
            plugin,
            forwarded: None,
        }
    }
}

impl Context for HttpExchange {}

impl HttpContext for HttpExchange {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Next {
        let outcome = match &self.plugin {
            Some(plugin) => decide(plugin, end_of_stream),
            None => Err(Unavailable::NotConfigured),
        };
        match outcome {
            Ok(Some(forwarded)) => {
                self.forwarded = Some(forwarded);
                Next::Continue
            }
            Ok(None) => Next::Pause,
            Err(unavailable) => {
                log::error!("the request is refused: {unavailable:?}");
                // Refused as well if even that fails: the request stays paused and never reaches the origin.
                let _ = hostcalls::send_http_response(503, vec![("retry-after", "1")], None);
                Next::Pause
            }
        }
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Next {
        // The filter's own answers come by here, too; they were never forwarded.
        if let (Some(plugin), Some(forwarded)) = (&self.plugin, self.forwarded.take()) {
            for (name, value) in &forwarded.answer {
                // A list may have members of the origin's own; ours come after them.
                let _ = hostcalls::add_map_value(MapType::HttpResponseHeaders, name, value);
            }
            note_answer(plugin, &forwarded);
        }
        Next::Continue
    }
}

fn note_answer(plugin: &Plugin, forwarded: &Forwarded) {
    if plugin.filter.policy().capacity.is_none() {
        return;
    }
    let status = hostcalls::get_map_value_bytes(MapType::HttpResponseHeaders, ":status")
        .ok()
        .flatten()
        .and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
    let (Some(status), Ok(now)) = (status, clock::now()) else {
        return;
    };
    let nanos = forwarded.is_timed.then(|| now.saturating_since(forwarded.at));
    plugin.note_answer(status, nanos);
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
fn decide(plugin: &Plugin, end_of_stream: bool) -> Result<Option<Forwarded>, Unavailable> {
    let block = HeaderBlock::of_request()?;
    let headers = block.headers();
    let peer = hostcalls::get_property(vec!["source", "address"])?.and_then(|text| parse_address(&text));
    let request = Request::new(&headers, peer);
    let now = clock::now()?;
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
    }
    // On a request that is answered here, too: the host's access log tells it.
    set_request_header("levee-verdict", &decision.field())?;
    let forwarded = match decision.action {
        Action::Forward(changes) => Some(Forwarded {
            at: now,
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

fn forward(changes: &Forward) -> Result<(), Unavailable> {
    for name in &changes.remove {
        host::remove_request_header(name)?;
    }
    set_request_header("levee-client", &changes.client)
}

fn set_request_header(name: &str, value: &str) -> Result<(), Unavailable> {
    Ok(hostcalls::set_map_value(
        MapType::HttpRequestHeaders,
        name,
        Some(value),
    )?)
}

fn respond(response: &Response) -> Result<(), Unavailable> {
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    Ok(hostcalls::send_http_response(
        response.status.into(),
        headers,
        Some(&response.body),
    )?)
}
