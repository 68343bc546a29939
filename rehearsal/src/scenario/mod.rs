//! Scenarios: who comes when, who attacks, what the site is like, and what is promised.

mod check;
mod curve;
mod flood;
mod origin;
mod people;
mod read;
mod shipped;
mod time;

pub use curve::{Curve, Points};
pub use flood::{Flood, Shape, Solving, Sources};
pub use origin::Origin;
pub use people::{Apps, Arrivals, CallBacks, Crawlers, Device, Errand, Nat, Pays, People};
pub use read::Unreadable;
pub use shipped::{Shipped, shipped};
pub use time::{Moment, Span};

use jiff::civil;
use levee_report::{Bound, Text};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};

/// A scenario.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is about, in one line, in English and Vietnamese.
    #[schemars(with = "BTreeMap<String, String>")]
    pub title: Text,
    /// What it is about, in a paragraph.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub about: Text,
    /// The local time at which it begins.
    #[schemars(with = "String")]
    pub begins: civil::DateTime,
    /// How long it lasts.
    pub lasts: Span,
    /// Where chance comes from: the same seed gives the same replay.
    #[serde(default = "one")]
    pub seed: u64,
    /// Workers of the proxy, each with a VM of its own; clients are divided among them by connection.
    #[serde(default = "workers")]
    #[schemars(range(min = 1, max = 64))]
    pub workers: usize,
    /// A replay has the filter ask for this part of the work, and gives devices this part of their speed: so nothing changes
    /// but the machine's own work. A power of two; a rehearsal does all the work.
    #[serde(default = "work_scale")]
    pub work_scale: u64,
    /// The site.
    #[serde(default)]
    pub origin: Origin,
    /// People with browsers: the patients of the figures.
    #[serde(default)]
    pub people: Vec<People>,
    /// Apps.
    #[serde(default)]
    pub apps: Vec<Apps>,
    /// Providers that report payments.
    #[serde(default)]
    pub call_backs: Vec<CallBacks>,
    /// Machines that come again and again.
    #[serde(default)]
    pub crawlers: Vec<Crawlers>,
    /// Attacks.
    #[serde(default)]
    pub floods: Vec<Flood>,
    /// What is promised.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, f64>")]
    pub bounds: BTreeMap<Bound, f64>,
}

/// The JSON Schema of scenarios, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Scenario).to_value()
}

impl Scenario {
    /// When a flood attacks, from the beginning on.
    #[must_use]
    pub fn attack(&self, flood: &Flood) -> (Duration, Duration) {
        (flood.from.since(self.begins), flood.until.since(self.begins))
    }

    /// How the requests of a flood are spread over time.
    #[must_use]
    pub fn flood_curve(&self, flood: &Flood) -> Curve {
        flood.curve.as_ref().map_or_else(
            || {
                let (from, until) = self.attack(flood);
                Curve::even(from, until)
            },
            |points| Curve::of(points, self.begins),
        )
    }

    /// The same with so many times as many requests of floods, at the same times, and everybody else as before.
    #[must_use]
    pub fn with_floods_scaled(mut self, factor: f64) -> Self {
        for flood in &mut self.floods {
            flood.requests = (flood.requests as f64 * factor).round().max(1.0) as u64;
        }
        self
    }
}

const fn one() -> u64 {
    1
}

const fn workers() -> usize {
    2
}

const fn work_scale() -> u64 {
    256
}
