//! Populations that come in peace: people, apps, the payment provider, crawlers.

use super::{Points, Span};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, net::IpAddr};

/// When members of a population come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrivals<'a> {
    /// How many.
    pub count: u32,
    /// When.
    pub arrive: &'a Points,
}

/// One thing that somebody does on the site.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// The path of a page to look at.
    pub get: Option<String>,
    /// The path of a form to send. Where the page before has a form for this path, it is filled in with what it offers.
    pub post: Option<String>,
    /// What the form says where no page has told.
    #[serde(default)]
    pub form: BTreeMap<String, String>,
}

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The share of people who have one, in relation to the other shares.
    pub share: f64,
    /// Hashes of a puzzle that its browser computes in a second.
    pub hashes_per_second: f64,
}

/// People who share addresses.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nat {
    /// The share of people behind these addresses, 0 to 1; the others have an address of their own.
    pub share: f64,
    /// The addresses; a flood may come from one of them, too.
    pub addresses: Vec<IpAddr>,
}

/// People with browsers.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// What they are called.
    pub name: String,
    /// How many.
    pub count: u32,
    /// When: points of a line, time and height, whose height is how many come at that time in relation to other times.
    pub arrive: Points,
    /// What they do, one after the other. When all is done they are served.
    pub errand: Vec<Errand>,
    /// The least and the most time between two of these.
    #[serde(default = "think")]
    pub think: (Span, Span),
    /// Their devices.
    #[serde(default = "devices")]
    pub devices: Vec<Device>,
    /// The share whose browsers run no script, 0 to 1.
    #[serde(default)]
    pub no_javascript: f64,
    /// Those who share addresses.
    #[serde(default)]
    pub behind_nat: Option<Nat>,
    /// The share who have another address at each step, 0 to 1.
    #[serde(default)]
    pub roaming: f64,
    /// How long somebody tries before giving up.
    #[serde(default = "give_up_after")]
    pub give_up_after: Span,
}

/// Apps: they understand problem details, and send no `Accept: text/html`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Apps {
    /// What they are called.
    pub name: String,
    /// How many.
    pub count: u32,
    /// When: points of a line, time and height, whose height is how many come at that time in relation to other times.
    pub arrive: Points,
    /// What they ask for, one after the other.
    pub errand: Vec<Errand>,
    /// Hashes of a puzzle that the device computes in a second.
    #[serde(default = "app_speed")]
    pub hashes_per_second: f64,
    /// How long one tries before giving up.
    #[serde(default = "give_up_after")]
    pub give_up_after: Span,
}

/// A provider that reports payments. It understands nothing but success, and tries again otherwise.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBacks {
    /// What it is called.
    pub name: String,
    /// How many.
    pub count: u32,
    /// When: points of a line, time and height, whose height is how many come at that time in relation to other times.
    pub arrive: Points,
    /// The path that is reported to, with POST.
    pub path: String,
    /// The addresses that the provider reports from, in turn.
    pub addresses: Vec<IpAddr>,
    /// How often it is tried in all.
    #[serde(default = "tries")]
    pub tries: u32,
    /// How long it waits before it tries again.
    #[serde(default = "retry_after")]
    pub retry_after: Span,
    /// In a rehearsal: what people book is what is reported, one payment for each that was booked, signed with the key of
    /// `--payment-key-file`. A replay, whose site is a model, reports without.
    #[serde(default)]
    pub pays: Option<Pays>,
}

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pays {
    /// How much, in the currency's smallest unit.
    pub amount: u64,
    /// Where the last page that somebody sees says what their payment is for: a CSS selector. Letters and digits count.
    pub purpose: String,
}

/// Crawlers, health checks and other machines that come again and again.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crawlers {
    /// What they are called.
    pub name: String,
    /// How many requests.
    pub count: u32,
    /// When: points of a line, as for people.
    pub arrive: Points,
    /// The paths, in turn.
    pub paths: Vec<String>,
    /// Where they come from, in turn.
    pub addresses: Vec<IpAddr>,
    /// What they call themselves.
    #[serde(default = "crawler")]
    pub user_agent: String,
}

impl People {
    /// How many come, and when.
    #[must_use]
    pub const fn arrivals(&self) -> Arrivals<'_> {
        Arrivals {
            count: self.count,
            arrive: &self.arrive,
        }
    }
}

impl Apps {
    /// How many come, and when.
    #[must_use]
    pub const fn arrivals(&self) -> Arrivals<'_> {
        Arrivals {
            count: self.count,
            arrive: &self.arrive,
        }
    }
}

impl CallBacks {
    /// How many come, and when.
    #[must_use]
    pub const fn arrivals(&self) -> Arrivals<'_> {
        Arrivals {
            count: self.count,
            arrive: &self.arrive,
        }
    }
}

impl Crawlers {
    /// How many come, and when.
    #[must_use]
    pub const fn arrivals(&self) -> Arrivals<'_> {
        Arrivals {
            count: self.count,
            arrive: &self.arrive,
        }
    }
}

fn think() -> (Span, Span) {
    (seconds(3), seconds(20))
}

/// Rates measured and published for `docs/solver.md` and by users of such puzzles: a recent phone, an older one, and one
/// whose browser has no WebAssembly.
fn devices() -> Vec<Device> {
    [(0.6, 4.0e6), (0.3, 1.0e6), (0.1, 1.5e5)]
        .map(|(share, hashes_per_second)| Device {
            share,
            hashes_per_second,
        })
        .to_vec()
}

const fn app_speed() -> f64 {
    2.0e6
}

fn give_up_after() -> Span {
    seconds(180)
}

const fn tries() -> u32 {
    5
}

fn retry_after() -> Span {
    seconds(60)
}

fn crawler() -> String {
    "Mozilla/5.0 (compatible; ExampleBot/1.0; +https://bot.example/)".to_owned()
}

const fn seconds(seconds: u64) -> Span {
    Span(std::time::Duration::from_secs(seconds))
}
