//! One per request: asks the core and carries out what it decides.

use crate::{
    host::{self, HeaderBlock, HostEntropy},
    root::Plugin,
};
use levee_core::{
    Action, Decision, Forward, Ports, Request, client::parse_address, response::Response, time::Timestamp,
};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext},
    types::{Action as Next, MapType, Status},
};
use std::rc::Rc;

/// The context of one request. Holds nothing about the request: everything is decided when its headers arrive.
pub(crate) struct HttpExchange {
    plugin: Option<Rc<Plugin>>,
}

impl HttpExchange {
    pub(crate) const fn new(plugin: Option<Rc<Plugin>>) -> Self {
        Self { plugin }
    }
}

impl Context for HttpExchange {}

impl HttpContext for HttpExchange {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Next {
        let outcome = match &self.plugin {
            Some(plugin) => decide(plugin),
            None => Err(Unavailable::NotConfigured),
        };
        outcome.unwrap_or_else(|unavailable| {
            log::error!("the request is refused: {unavailable:?}");
            // Refused as well if even that fails: the request stays paused and never reaches the origin.
            let _ = hostcalls::send_http_response(503, vec![("retry-after", "1")], None);
            Next::Pause
        })
    }
}

/// Why no decision was made or carried out. None of these happen in a host that keeps to the specification; should one
/// happen all the same, the request is refused.
#[derive(Debug)]
enum Unavailable {
    NotConfigured,
    LedgerInUse,
    Clock,
    #[expect(dead_code, reason = "read by Debug, for the log")]
    Host(Status),
}

impl From<Status> for Unavailable {
    fn from(status: Status) -> Self {
        Self::Host(status)
    }
}

fn decide(plugin: &Plugin) -> Result<Next, Unavailable> {
    let block = HeaderBlock::of_request()?;
    let headers = block.headers();
    let peer = hostcalls::get_property(vec!["source", "address"])?.and_then(|text| parse_address(&text));
    let request = Request::new(&headers, peer);
    let now = now()?;
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
    log_refusal(plugin, &decision, now);
    if let Action::Forward(changes) = &decision.action {
        forward(changes)?;
    }
    // On a request that is answered here, too: the host's access log tells it.
    set_request_header("levee-verdict", &decision.field())?;
    match &decision.action {
        Action::Forward(_) => Ok(Next::Continue),
        Action::Respond(response) => respond(response),
    }
}

fn now() -> Result<Timestamp, Unavailable> {
    let since_epoch = hostcalls::get_current_time()?
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|_| Unavailable::Clock)?;
    u64::try_from(since_epoch.as_nanos())
        .map(Timestamp::from_nanos)
        .map_err(|_| Unavailable::Clock)
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

fn respond(response: &Response) -> Result<Next, Unavailable> {
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    hostcalls::send_http_response(response.status.into(), headers, Some(&response.body))?;
    Ok(Next::Pause)
}

fn log_refusal(plugin: &Plugin, decision: &Decision<'_>, now: Timestamp) {
    let mut sampler = plugin.sampler.get();
    if let Some(line) = sampler.line(decision, now) {
        log::info!("{line}");
    }
    plugin.sampler.set(sampler);
}
