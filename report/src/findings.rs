//! All that is known when a replay or a rehearsal is over.

use crate::{Figures, Judged, Series};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The same in the languages of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Vietnamese.
    pub vi: String,
}

/// How it was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// In virtual time, in the harness.
    Replay,
    /// On real sockets.
    Rehearsal,
}

/// A time at which something attacks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attack {
    /// What the scenario calls it.
    pub name: String,
    /// What it is called in the report.
    pub title: Text,
    /// From when on, in seconds from the beginning.
    pub from: f64,
    /// Until when.
    pub until: f64,
    /// How many addresses it comes from.
    pub addresses: u64,
    /// Requests that it sends in all.
    pub requests: u64,
}

/// One run of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// How it went in the course of time.
    pub series: Series,
}

/// What stands before the origin for comparison, by name: `no_filter`, `address_limit` (a rate limit for each address),
/// `challenge_all` (a challenge for everybody, always).
pub type Baselines = BTreeMap<String, Run>;

/// All that is known when a replay or a rehearsal is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The name of the scenario.
    pub scenario: String,
    /// What it is about, in one line.
    pub title: Text,
    /// What it is about, in a paragraph.
    pub about: Text,
    /// How it was played.
    pub method: Method,
    /// What randomness was drawn from: the same seed, scenario, module and configuration give the same findings.
    pub seed: u64,
    /// Workers, each with a VM of its own.
    pub workers: usize,
    /// What stands for the site: the address that was rehearsed against, or nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<String>,
    /// The local time at which it begins, as in `2024-03-11T06:00:00`.
    pub begins: String,
    /// How long it lasts in its own time, in seconds.
    pub seconds: f64,
    /// Requests a second that the origin can carry.
    pub origin_capacity: f64,
    /// The part of the work that was really done; the rest is scaled: 256 means that one hash of 256 was computed.
    pub work_scale: u64,
    /// When something attacks.
    pub attacks: Vec<Attack>,
    /// The filter's configuration as it was used, with its secrets left out. Pretty JSON where it is JSON.
    pub configuration: String,
    /// The scenario as it was played, as YAML.
    pub scenario_text: String,
    /// The run with the filter.
    #[serde(flatten)]
    pub run: Run,
    /// What was promised, and whether it was kept.
    pub bounds: Vec<Judged>,
    /// The same with something else in the filter's place. Empty in a rehearsal.
    pub baselines: Baselines,
}

impl Findings {
    /// Whether every promise was kept.
    #[must_use]
    pub fn held(&self) -> bool {
        self.bounds.iter().all(|judged| judged.held)
    }
}
