//! Populations that attack.

use super::{Moment, Points};
use ipnet::IpNet;
use levee_report::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where a flood comes from.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Networks that the addresses are in, by turns: `203.0.113.66/32`, `198.18.0.0/15`, `2001:db8::/48`.
    #[schemars(with = "Vec<String>")]
    pub networks: Vec<IpNet>,
    /// How many addresses of them.
    #[serde(default = "one")]
    pub count: u64,
    /// Whether each request comes from another address of the /64 that its IPv6 address is in.
    #[serde(default)]
    pub rotate_in_64: bool,
}

/// What a flood's requests look like.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shape {
    /// The method.
    pub method: String,
    /// The paths, in turn.
    pub paths: Vec<String>,
    /// What it calls itself, by turns.
    pub user_agents: Vec<String>,
    /// The field `Accept`: with `text/html` it is answered with pages, otherwise with problem details.
    pub accept: String,
}

/// What a flood does about challenges.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Solving {
    /// Hashes that all its machines compute in a second.
    pub hashes_per_second: f64,
    /// Whether a clearance is used from all of its addresses, and not from the one alone that has worked for it.
    #[serde(default)]
    pub shares_clearances: bool,
    /// How many clearances it works for at most; it then spends what it has.
    #[serde(default = "any")]
    pub clearances: u64,
}

/// A flood.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flood {
    /// What it is called.
    pub name: String,
    /// What the report calls it, in English and Vietnamese; its name if not given.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub title: Option<Text>,
    /// When it begins.
    pub from: Moment,
    /// When it ends.
    pub until: Moment,
    /// How many requests it sends.
    pub requests: u64,
    /// How they are spread over that time, as `arrive` of people is; evenly if not given.
    #[serde(default)]
    pub curve: Option<Points>,
    /// Where it comes from.
    pub sources: Sources,
    /// Requests on a connection before another is opened.
    #[serde(default = "hundred")]
    pub keep_alive: u32,
    /// What its requests look like.
    #[serde(default)]
    pub shape: Shape,
    /// What it does about challenges; nothing if not given.
    #[serde(default)]
    pub solves: Option<Solving>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            paths: vec!["/".to_owned()],
            user_agents: vec!["python-requests/2.31.0".to_owned()],
            accept: "*/*".to_owned(),
        }
    }
}

const fn one() -> u64 {
    1
}

const fn hundred() -> u32 {
    100
}

const fn any() -> u64 {
    u64::MAX
}
