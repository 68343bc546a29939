//! What a host does at intervals: tells how the origin answered, and asks how things stand.

use super::Filter;
use crate::{
    capacity::{Answers, Health},
    ledger::{Change, Ledger, Register},
    line::Line,
    policy::{Access, Meter},
    time::Timestamp,
};
use std::collections::BTreeMap;

/// How one thing stands, for those who operate the filter. Every node that shares a ledger tells the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// Its name as a metric, without the prefix that all have.
    pub name: String,
    /// Its value.
    pub value: u64,
}

impl Filter {
    /// Tells all nodes how the origin answered this one.
    pub fn report(&self, answers: Answers, ledger: &mut dyn Ledger, now: Timestamp) {
        let Some(capacity) = &self.policy.capacity else {
            return;
        };
        if answers == Answers::default() {
            return;
        }
        // What cannot be told is lost; the next report comes soon.
        let capacity = capacity.meter.quota;
        ledger.change(&Change::Tell { answers, capacity }, now);
    }

    /// How everything stands.
    pub fn gauges(&self, ledger: &mut dyn Ledger, now: Timestamp) -> Vec<Gauge> {
        let price = &self.policy.price;
        let minting = ledger.recent_arrival(self.budget_key(&price.overall.meter), now);
        let mut gauges = vec![gauge("price.work", price.work(0, minting, None, now))];
        // Rules without a lane of their own share one.
        let lanes: BTreeMap<&str, &Meter> = self
            .policy
            .rules()
            .filter_map(|rule| match &rule.access {
                Access::FreeLane(lane) => Some((lane.name.as_str(), lane)),
                _ => None,
            })
            .collect();
        for (name, lane) in lanes {
            let arrival = ledger.recent_arrival(self.budget_key(lane), now);
            let fill = lane.quota.fill_permille(arrival, now);
            gauges.push(gauge(
                &format!("free_lane.fill_permille.lane.{}", plain(name)),
                fill,
            ));
        }
        if let Some(capacity) = &self.policy.capacity {
            let health = Health(ledger.read(Register::Health, now));
            let arrival = ledger.recent_arrival(self.budget_key(&capacity.meter), now);
            let fill = capacity.at(health).fill_permille(arrival, now);
            gauges.push(gauge("capacity.fill_permille", fill));
            gauges.push(gauge("capacity.health_permille", health.permille()));
            let line = Line::from(ledger.read(Register::Line, now));
            gauges.push(gauge("line.length", line.length()));
        }
        gauges
    }
}

fn gauge(name: &str, value: u64) -> Gauge {
    Gauge {
        name: name.into(),
        value,
    }
}

/// A name without points, which separate the parts of a metric's name.
fn plain(name: &str) -> String {
    name.replace('.', "_")
}
