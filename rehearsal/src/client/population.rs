//! Everybody who comes, in the order in which they come.

use super::{Client, app::App, call_back::CallBack, crawler::Crawler, person::Person};
use crate::scenario::{Apps, Arrivals, CallBacks, Crawlers, Curve, People, Scenario};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

/// What kind of client somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person with a browser: a patient.
    Person,
    /// An app.
    App,
    /// The report of a payment.
    CallBack,
    /// A crawler.
    Crawler,
    /// A flood.
    Flood,
}

/// Somebody who is going to come.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When, from the beginning on.
    pub at: Duration,
    /// Their number among all who come.
    pub nth: u64,
    who: Who,
}

#[derive(Clone, Debug)]
enum Who {
    Person(Arc<People>),
    App(Arc<Apps>),
    CallBack(Arc<CallBacks>),
    Crawler(Arc<Crawlers>),
}

impl Arrival {
    /// What kind of client it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.who {
            Who::Person(_) => Kind::Person,
            Who::App(_) => Kind::App,
            Who::CallBack(_) => Kind::CallBack,
            Who::Crawler(_) => Kind::Crawler,
        }
    }

    /// Whether it reports that something has been paid for.
    #[must_use]
    pub fn pays(&self) -> bool {
        matches!(&self.who, Who::CallBack(provider) if provider.pays.is_some())
    }

    /// The client, who has come.
    pub fn client(&self, draw: &mut StdRng) -> Box<dyn Client> {
        match &self.who {
            Who::Person(people) => Box::new(Person::new(people, self.nth, self.at, draw)),
            Who::App(apps) => Box::new(App::new(apps, self.nth, self.at)),
            Who::CallBack(provider) => Box::new(CallBack::new(provider, self.nth, self.at)),
            Who::Crawler(crawlers) => Box::new(Crawler::new(crawlers, self.nth)),
        }
    }
}

/// Everybody who comes in a scenario, floods apart, in the order of time.
#[must_use]
pub fn arrivals(scenario: &Scenario) -> Vec<Arrival> {
    let mut draw = StdRng::seed_from_u64(scenario.seed);
    let mut coming: Vec<(Duration, Who)> = Vec::new();
    let mut add = |arrivals: Arrivals<'_>, who: Who| {
        let times = times(arrivals, scenario, &mut draw);
        coming.extend(times.map(|at| (at, who.clone())));
    };
    for people in &scenario.people {
        add(people.arrivals(), Who::Person(Arc::new(people.clone())));
    }
    for apps in &scenario.apps {
        add(apps.arrivals(), Who::App(Arc::new(apps.clone())));
    }
    for provider in &scenario.call_backs {
        add(provider.arrivals(), Who::CallBack(Arc::new(provider.clone())));
    }
    for crawlers in &scenario.crawlers {
        add(crawlers.arrivals(), Who::Crawler(Arc::new(crawlers.clone())));
    }
    coming.sort_by_key(|(at, _)| *at);
    coming
        .into_iter()
        .zip(0..)
        .map(|((at, who), nth)| Arrival { at, nth, who })
        .collect()
}

/// As many times as arrive, each drawn within its share of the curve: neither all alike nor all at once.
fn times<'d>(
    arrivals: Arrivals<'_>,
    scenario: &Scenario,
    draw: &'d mut StdRng,
) -> impl Iterator<Item = Duration> + use<'d> {
    let curve = Curve::of(arrivals.arrive, scenario.begins);
    let count = arrivals.count;
    (0..count).map(move |nth| curve.time_of((f64::from(nth) + draw.random::<f64>()) / f64::from(count)))
}
