//! What happens in a scenario.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::count::Count;
use super::expect::{Expect, Outcomes};
use super::fields::Fields;
use super::matcher::{Matcher, Pattern};
use super::payload::Body;
use super::quantity::{Size, Time};
use super::text::Text;
use super::written::{Written, spelled_type, written_type};

/// One thing that happens, and what is to be true then. What happens is one of `request`, `requests` and `wait`, or nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Step {
    /// What it shows; for reports.
    pub(crate) name: Option<String>,
    /// A request of a client: `/path`, `POST /path`, or in full.
    pub(crate) request: Option<At<Request>>,
    /// Several requests, one after another or `at_once`.
    pub(crate) requests: Option<Vec<At<Request>>>,
    /// Time that passes. Ticks of the filter come by themselves.
    pub(crate) wait: Option<Time>,
    /// How often the requests are sent; once unless said otherwise.
    pub(crate) repeat: Option<At<u64>>,
    /// Time that passes before each repetition.
    pub(crate) every: Option<At<Time>>,
    /// All requests, with their repetitions, are sent at the same moment. Workers that were given some race for what they
    /// share, in an order that is drawn from the seed.
    pub(crate) at_once: At<bool>,
    /// What each of the exchanges is to be like.
    pub(crate) expect: Option<At<Expect>>,
    /// How many exchanges end how: a status, `paused` or `reset`, each with a number or bounds. None may end otherwise.
    pub(crate) outcomes: Option<At<Outcomes>>,
    /// Parts of the last response that later steps use as `${name}`.
    pub(crate) save: BTreeMap<String, At<Save>>,
    /// Metrics of the filter, by name; of a histogram `name.count` and `name.sum`. `*` stands for any part of a name: then
    /// the sum counts.
    pub(crate) metrics: BTreeMap<String, At<Count>>,
    /// Values in the shared data, by key.
    pub(crate) shared_data: BTreeMap<String, At<Matcher>>,
    /// All lines of the log since the scenario began, each as `level: text`.
    pub(crate) log: Option<At<Matcher>>,
    /// What the filter may have cost since the scenario began.
    pub(crate) budget: Option<TotalBudget>,
}

impl Step {
    /// The requests of one repetition.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &At<Request>> {
        self.request.iter().chain(self.requests.iter().flatten())
    }

    /// How many exchanges there are.
    pub(crate) fn exchanges(&self) -> u64 {
        let one = u64::try_from(self.requests().count()).unwrap_or(u64::MAX);
        one.saturating_mul(self.repeat.as_ref().map_or(1, |repeat| repeat.value))
    }

    /// Whether something is to be true after it.
    pub(crate) fn checks(&self) -> bool {
        !self.metrics.is_empty()
            || !self.shared_data.is_empty()
            || self.log.is_some()
            || self.budget.is_some()
    }
}

/// What the filter may have cost at most since the scenario began, all VMs together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotalBudget {
    /// Linear memory of any one VM.
    pub(crate) memory: Option<At<Size>>,
    /// Keys in the shared data.
    pub(crate) shared_keys: Option<At<u64>>,
    /// Bytes of keys and values in the shared data.
    pub(crate) shared_bytes: Option<At<Size>>,
    /// Metrics of different names.
    pub(crate) metrics: Option<At<u64>>,
    /// VMs that have trapped. A trap that neither this nor an `expect` has room for fails the scenario.
    pub(crate) traps: Option<At<u64>>,
    /// Calls of the filter into the host, per exchange on average.
    pub(crate) host_calls_per_exchange: Option<At<f64>>,
    /// Callbacks of the filter, per exchange on average.
    pub(crate) callbacks_per_exchange: Option<At<f64>>,
    /// How often the host has handed the filter bytes, per exchange on average.
    pub(crate) guest_allocations_per_exchange: Option<At<f64>>,
    /// Work in units of fuel (about one an instruction), per exchange on average.
    pub(crate) fuel_per_exchange: Option<At<f64>>,
}

/// A request of a client.
#[derive(Clone, Debug)]
pub(crate) struct Request(pub(crate) FullRequest);

/// A request of a client, exactly as the filter sees it: no header is added.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullRequest {
    /// GET unless said otherwise.
    pub(crate) method: Text,
    /// Path and query; `/` unless said otherwise.
    pub(crate) path: Text,
    /// `:authority`; booking.example unless said otherwise.
    pub(crate) authority: Option<Text>,
    /// `:scheme`; http unless said otherwise.
    pub(crate) scheme: Option<Text>,
    /// Header fields; a list of values is a field that is repeated.
    pub(crate) headers: Fields,
    /// Bytes, or a list of the pieces in which they arrive.
    pub(crate) body: Body,
    /// Trailer fields.
    pub(crate) trailers: Option<Fields>,
    /// The client's address, with or without a port; 192.0.2.1:40000 unless said otherwise. `each` is another IPv4 address for
    /// every request, `each_ipv6` another /64.
    pub(crate) from: Client,
    /// The number of the worker that gets it, from 0; drawn from the seed unless said otherwise.
    pub(crate) worker: Option<usize>,
    /// How long the client waits before it hangs up; 1m unless said otherwise.
    pub(crate) patience: Time,
}

impl Default for FullRequest {
    fn default() -> Self {
        Self {
            method: Text::plain("GET"),
            path: Text::plain("/"),
            authority: None,
            scheme: None,
            headers: Fields::default(),
            body: Body::default(),
            trailers: None,
            from: Client::default(),
            worker: None,
            patience: Time(std::time::Duration::from_secs(60)),
        }
    }
}

impl FullRequest {
    /// The names that it wants to be saved.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let texts = [
            Some(&self.method),
            Some(&self.path),
            self.authority.as_ref(),
            self.scheme.as_ref(),
        ];
        let fields = std::iter::once(&self.headers).chain(&self.trailers);
        texts
            .into_iter()
            .flatten()
            .flat_map(Text::names)
            .chain(fields.flat_map(Fields::names))
            .chain(self.body.0.iter().flat_map(super::payload::Payload::names))
    }
}

impl Written for Request {
    type Full = FullRequest;
    const EXPECTED: &'static str =
        "/path, METHOD /path, or a map with method, path, headers, body, from, worker, ...";

    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no request: expected {}", Self::EXPECTED);
        let (method, path) = match text.split_once(' ') {
            None => ("GET", text),
            Some((method, path)) => (method, path),
        };
        if !path.starts_with('/') || method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(wrong());
        }
        Ok(Self(FullRequest {
            method: method.parse()?,
            path: path.parse()?,
            ..FullRequest::default()
        }))
    }

    fn from_full(full: FullRequest) -> Result<Self, String> {
        Ok(Self(full))
    }
}

written_type!(Request, FullRequest, { "type": "string", "pattern": "^([A-Z]+ )?/", "examples": ["/", "POST /orders"] });

/// Where a client sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    At(SocketAddr),
    Each,
    EachIpv6,
}

/// The port of clients that have none of their own.
const PORT: u16 = 40_000;

impl Default for Client {
    fn default() -> Self {
        Self::At((Ipv4Addr::new(192, 0, 2, 1), PORT).into())
    }
}

impl FromStr for Client {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "each" => return Ok(Self::Each),
            "each_ipv6" => return Ok(Self::EachIpv6),
            _ => {}
        }
        let address = text.parse::<SocketAddr>();
        let address = address.or_else(|_| text.parse::<IpAddr>().map(|address| (address, PORT).into()));
        address.map(Self::At).map_err(|_| {
            format!("\"{text}\" is no address: it must be one such as 192.0.2.7, 192.0.2.7:40000, 2001:db8::7, each or each_ipv6")
        })
    }
}

spelled_type!(Client, "192.0.2.7");

impl Client {
    /// The address of the client with this number, from 0.
    pub(crate) fn address(self, number: u64) -> SocketAddr {
        match self {
            Self::At(address) => address,
            Self::Each => {
                #[allow(clippy::cast_possible_truncation, reason = "kept below 2^24")]
                let host = ((number + 1) % (1 << 24)) as u32;
                (Ipv4Addr::from_bits(0x0a00_0000 | host), PORT).into()
            }
            Self::EachIpv6 => {
                let network = u128::from((number + 1) % (1 << 32)) << 64;
                let address = (0x2001_0db8_u128 << 96) | network | 1;
                (Ipv6Addr::from_bits(address), PORT).into()
            }
        }
    }
}

/// A part of a response: of a header, or otherwise of the body.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Save {
    /// The header whose first value is meant. Without it, the body is.
    pub(crate) header: Option<String>,
    /// A regular expression: its first group is saved, or all that it matches if it has none. Without it, everything is.
    pub(crate) matches: Option<Pattern>,
    /// A JSON pointer such as `/token/id` into the body.
    pub(crate) json: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_written_as_its_first_line() {
        let Request(request) = Request::from_text("POST /orders?a=1").expect("a request");
        assert_eq!(
            (request.method, request.path),
            (Text::plain("POST"), Text::plain("/orders?a=1"))
        );
        for text in ["orders", "post /orders", " /", ""] {
            assert!(Request::from_text(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn each_client_has_an_address_of_its_own() {
        assert_eq!(Client::Each.address(0).to_string(), "10.0.0.1:40000");
        assert_eq!(Client::Each.address(999_999).to_string(), "10.15.66.64:40000");
        assert_eq!(Client::EachIpv6.address(0).to_string(), "[2001:db8:0:1::1]:40000");
        assert_eq!(
            Client::EachIpv6.address(65_535).to_string(),
            "[2001:db8:1::1]:40000"
        );
    }
}
