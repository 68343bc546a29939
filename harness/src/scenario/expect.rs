//! What an exchange is to be like.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::count::Count;
use super::matcher::Matcher;
use super::quantity::Time;
use super::written::{Nothing, Written, written_type};

/// What an exchange is to be like. What is not named here may be anything; yet the client is to get a response, unless
/// `outcome` says otherwise, and the filter is not to trap, unless `trap` does.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expect {
    /// The status of the response: one, or a list of those that will do.
    pub(crate) status: Option<At<Statuses>>,
    /// Header fields of the response.
    pub(crate) headers: BTreeMap<String, At<Matcher>>,
    /// The body of the response.
    pub(crate) body: Option<At<Matcher>>,
    /// Trailer fields of the response.
    pub(crate) trailers: BTreeMap<String, At<Matcher>>,
    /// What reaches the origin: `true`, `false`, or what it is to be like.
    pub(crate) forwarded: Option<At<Forwarded>>,
    /// How it ends for the client.
    pub(crate) outcome: Option<At<Ending>>,
    /// The longest it may last, in the scenario's time.
    pub(crate) within: Option<At<Time>>,
    /// What the filter logs meanwhile: lines, each as `level: text`.
    pub(crate) log: Option<At<Matcher>>,
    /// The filter traps, with this description.
    pub(crate) trap: Option<At<Matcher>>,
    /// What it may cost the filter.
    pub(crate) budget: Option<Budget>,
}

/// What one exchange may cost the filter at most.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budget {
    /// Calls of the filter into the host.
    pub(crate) host_calls: Option<At<u64>>,
    /// Callbacks of the filter.
    pub(crate) callbacks: Option<At<u64>>,
    /// How often the host hands the filter bytes.
    pub(crate) guest_allocations: Option<At<u64>>,
    /// How many bytes the host hands the filter.
    pub(crate) guest_allocated_bytes: Option<At<u64>>,
    /// Work in units of fuel, about one an instruction.
    pub(crate) fuel: Option<At<u64>>,
}

/// Statuses that will do.
#[derive(Clone, Debug)]
pub(crate) struct Statuses(pub(crate) Vec<u16>);

impl Written for Statuses {
    type Full = Nothing;
    const EXPECTED: &'static str = "a status from 100 to 999, or a list of them";

    fn from_text(text: &str) -> Result<Self, String> {
        Self::from_list(vec![text.to_owned()])
    }

    fn from_list(list: Vec<String>) -> Result<Self, String> {
        let statuses: Result<_, _> = list
            .iter()
            .map(|text| match text.parse() {
                Ok(status @ 100..=999) => Ok(status),
                _ => Err(format!("\"{text}\" is no status: expected {}", Self::EXPECTED)),
            })
            .collect();
        statuses.map(Self)
    }

    fn from_full(_: Nothing) -> Result<Self, String> {
        Err(format!("a map does not belong here: expected {}", Self::EXPECTED))
    }
}

written_type!(
    Statuses;
    { "type": "integer", "minimum": 100, "maximum": 999 },
    { "type": "array", "items": { "type": "integer", "minimum": 100, "maximum": 999 } }
);

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<String> = self.0.iter().map(u16::to_string).collect();
        f.write_str(&statuses.join(" or "))
    }
}

/// What reaches the origin.
#[derive(Clone, Debug)]
pub(crate) enum Forwarded {
    Nothing,
    Anything,
    Like(Box<FullForwarded>),
}

/// What the request is to be like that reaches the origin.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullForwarded {
    /// The method.
    pub(crate) method: Option<Matcher>,
    /// Path and query.
    pub(crate) path: Option<Matcher>,
    /// `:authority`.
    pub(crate) authority: Option<Matcher>,
    /// `:scheme`.
    pub(crate) scheme: Option<Matcher>,
    /// Header fields.
    pub(crate) headers: BTreeMap<String, Matcher>,
    /// The body.
    pub(crate) body: Option<Matcher>,
    /// Trailer fields.
    pub(crate) trailers: BTreeMap<String, Matcher>,
}

impl Written for Forwarded {
    type Full = FullForwarded;
    const EXPECTED: &'static str = "true, false, or a map with method, path, headers, body, ...";

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(Self::Anything),
            "false" => Ok(Self::Nothing),
            _ => Err(format!(
                "\"{text}\" does not belong here: expected {}",
                Self::EXPECTED
            )),
        }
    }

    fn from_full(full: FullForwarded) -> Result<Self, String> {
        Ok(Self::Like(Box::new(full)))
    }
}

written_type!(Forwarded, FullForwarded, { "type": "boolean" });

/// How an exchange ends for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// It gets a response.
    Response,
    /// The filter holds it until the client hangs up.
    Paused,
    /// The connection is cut off.
    Reset,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Response => "response",
            Self::Paused => "paused",
            Self::Reset => "reset",
        })
    }
}

/// How many exchanges end how: by status, `paused` or `reset`.
pub(crate) type Outcomes = BTreeMap<String, Count>;

impl Expect {
    /// Whether something of a response is expected.
    pub(crate) fn wants_response(&self) -> bool {
        self.status.is_some() || self.body.is_some() || !self.headers.is_empty() || !self.trailers.is_empty()
    }

    /// The names that it wants to be saved.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let fields = self.headers.values().chain(self.trailers.values());
        let own = fields
            .chain(&self.body)
            .chain(&self.log)
            .chain(&self.trap)
            .map(|matcher| &matcher.value);
        let forwarded = self
            .forwarded
            .iter()
            .filter_map(|forwarded| match &forwarded.value {
                Forwarded::Like(full) => Some(full),
                Forwarded::Nothing | Forwarded::Anything => None,
            });
        let forwarded = forwarded.flat_map(|full| {
            let parts = [
                &full.method,
                &full.path,
                &full.authority,
                &full.scheme,
                &full.body,
            ];
            let parts = parts.into_iter().flatten();
            parts.chain(full.headers.values()).chain(full.trailers.values())
        });
        own.chain(forwarded).flat_map(Matcher::names)
    }
}
