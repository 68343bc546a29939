//! What the origin and the services answer that the filter calls.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::Fields;
use super::matcher::Matcher;
use super::payload::{Body, Payload};
use super::quantity::Time;
use super::written::{OneOrMany, Written, written_type};

/// A service that the filter calls.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    /// Answers HTTP calls. Of a list, the first that applies.
    Http(OneOrMany<HttpAnswer>),
    /// Answers gRPC calls and messages of gRPC streams. Of a list, the first that applies.
    Grpc(OneOrMany<GrpcAnswer>),
    /// Envoy's rate limit service: so many hits of each descriptor in each window.
    RateLimit(RateLimit),
}

/// Envoy's rate limit service, with fixed windows that begin at multiples of their length.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    /// Hits of one descriptor in one window.
    pub(crate) limit: u64,
    /// Length of a window.
    pub(crate) window: Time,
    /// How long each answer takes.
    #[serde(default)]
    pub(crate) after: Time,
}

/// An answer over HTTP: in full, a status, or how it fails.
#[derive(Clone, Debug)]
pub(crate) struct HttpAnswer(pub(crate) FullHttpAnswer);

/// An answer over HTTP.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullHttpAnswer {
    /// Which requests it answers; all unless said otherwise.
    pub(crate) when: When,
    /// How often it answers before it is the turn of the next one; without end unless said otherwise.
    pub(crate) times: Option<u64>,
    /// 200 unless said otherwise.
    pub(crate) status: u16,
    /// Header fields.
    pub(crate) headers: Fields,
    /// Bytes, or a list of the pieces in which they arrive.
    pub(crate) body: Body,
    /// Trailer fields.
    pub(crate) trailers: Option<Fields>,
    /// How long it takes; no time unless said otherwise.
    pub(crate) after: Time,
    /// There is no response, but this.
    pub(crate) fails: Option<Failing>,
}

impl Default for FullHttpAnswer {
    fn default() -> Self {
        Self {
            when: When::default(),
            times: None,
            status: 200,
            headers: Fields::default(),
            body: Body::default(),
            trailers: None,
            after: Time::default(),
            fails: None,
        }
    }
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Failing {
    /// The connection is refused.
    Unreachable,
    /// The proxy knows no host of the service that is well.
    NoHealthyHost,
    /// The connection is cut off before a response.
    Reset,
    /// Nothing ever comes: the caller's time runs out.
    Never,
}

impl Failing {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "unreachable" => Self::Unreachable,
            "no_healthy_host" => Self::NoHealthyHost,
            "reset" => Self::Reset,
            "never" => Self::Never,
            _ => return None,
        })
    }
}

impl Written for HttpAnswer {
    type Full = FullHttpAnswer;
    const EXPECTED: &'static str = "a status, unreachable, no_healthy_host, reset, never, or a map with status, headers, \
                                    body, after, fails, ...";

    fn from_text(text: &str) -> Result<Self, String> {
        if let Some(fails) = Failing::named(text) {
            return Ok(Self(FullHttpAnswer {
                fails: Some(fails),
                ..FullHttpAnswer::default()
            }));
        }
        match text.parse() {
            Ok(status @ 100..=999) => Ok(Self(FullHttpAnswer {
                status,
                ..FullHttpAnswer::default()
            })),
            _ => Err(format!("\"{text}\" is no answer: expected {}", Self::EXPECTED)),
        }
    }

    fn from_full(full: FullHttpAnswer) -> Result<Self, String> {
        if !(100..=999).contains(&full.status) {
            return Err(format!(
                "the status {} is out of range: it must be 100 to 999",
                full.status
            ));
        }
        Ok(Self(full))
    }
}

written_type!(
    HttpAnswer,
    FullHttpAnswer,
    { "type": "integer", "minimum": 100, "maximum": 999 },
    { "enum": ["unreachable", "no_healthy_host", "reset", "never"] }
);

/// Which requests are meant. All of these have to hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct When {
    /// The method; of gRPC, the method's name such as `ShouldRateLimit`.
    pub(crate) method: Option<Matcher>,
    /// Path and query; of gRPC, the service's name.
    pub(crate) path: Option<Matcher>,
    /// Header fields; of gRPC, the initial metadata.
    pub(crate) headers: std::collections::BTreeMap<String, Matcher>,
    /// The body; of gRPC, the message.
    pub(crate) body: Option<Matcher>,
}

/// An answer over gRPC: in full, or how it fails.
#[derive(Clone, Debug)]
pub(crate) struct GrpcAnswer(pub(crate) FullGrpcAnswer);

/// An answer over gRPC.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullGrpcAnswer {
    /// Which calls it answers; all unless said otherwise.
    pub(crate) when: When,
    /// How often it answers before it is the turn of the next one; without end unless said otherwise.
    pub(crate) times: Option<u64>,
    /// The message, without framing; of a stream also several.
    pub(crate) message: OneOrMany<Payload>,
    /// The status of gRPC that ends it. With a message and no status, a call has succeeded, and a stream stays open.
    pub(crate) status: Option<u32>,
    /// The text beside the status.
    pub(crate) status_message: Option<String>,
    /// Initial metadata.
    pub(crate) initial: Fields,
    /// Trailing metadata.
    pub(crate) trailing: Fields,
    /// How long it takes; no time unless said otherwise.
    pub(crate) after: Time,
    /// There is no answer, but this: `unreachable` or `never`.
    pub(crate) fails: Option<Failing>,
}

impl Written for GrpcAnswer {
    type Full = FullGrpcAnswer;
    const EXPECTED: &'static str = "unreachable, never, or a map with message, status, after, fails, ...";

    fn from_text(text: &str) -> Result<Self, String> {
        match Failing::named(text) {
            Some(fails) => Self::from_full(FullGrpcAnswer {
                fails: Some(fails),
                ..FullGrpcAnswer::default()
            }),
            None => Err(format!("\"{text}\" is no answer: expected {}", Self::EXPECTED)),
        }
    }

    fn from_full(full: FullGrpcAnswer) -> Result<Self, String> {
        match full.fails {
            Some(Failing::NoHealthyHost | Failing::Reset) => {
                Err("gRPC calls fail as unreachable or never".to_owned())
            }
            None if full.message.0.is_empty() && full.status.is_none() => Err(format!(
                "there is neither a message nor a status: expected {}",
                Self::EXPECTED
            )),
            _ => Ok(Self(full)),
        }
    }
}

written_type!(GrpcAnswer, FullGrpcAnswer, { "enum": ["unreachable", "never"] });
