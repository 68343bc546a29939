//! What a scenario must not say, although it can be written.

use super::{Arrivals, Curve, Errand, Scenario};
use std::time::Duration;

/// The longest scenario.
const LONGEST: Duration = Duration::from_secs(14 * 24 * 3_600);

/// Most requests of one flood.
const MOST_REQUESTS: u64 = 100_000_000;

/// Most members of a population.
const MOST_PEOPLE: u32 = 1_000_000;

/// All problems of a scenario, each with where it is and what would be right.
pub(super) fn problems(scenario: &Scenario) -> Vec<String> {
    let mut problems = Problems(Vec::new());
    problems.whole(scenario);
    problems.populations(scenario);
    problems.floods(scenario);
    problems.0
}

struct Problems(Vec<String>);

impl Problems {
    fn demand(&mut self, holds: bool, place: &str, right: &str) {
        if !holds {
            self.0.push(format!("{place}: {right}"));
        }
    }

    fn share(&mut self, share: f64, place: &str) {
        self.demand((0.0..=1.0).contains(&share), place, "must be between 0 and 1");
    }

    fn speed(&mut self, hashes_per_second: f64, place: &str) {
        self.demand(
            hashes_per_second.is_finite() && hashes_per_second >= 1.0,
            place,
            "must be 1 or more hashes a second",
        );
    }

    fn whole(&mut self, scenario: &Scenario) {
        let lasts = scenario.lasts.0;
        self.demand(
            !lasts.is_zero() && lasts <= LONGEST,
            "lasts",
            "must be more than nothing and at most 14 days",
        );
        self.demand(
            (1..=64).contains(&scenario.workers),
            "workers",
            "must be between 1 and 64",
        );
        self.demand(
            scenario.work_scale.is_power_of_two(),
            "work_scale",
            "must be a power of two, 1 for no scaling",
        );
        let origin = scenario.origin;
        self.demand(
            !origin.service_time.0.is_zero() && origin.at_once > 0,
            "origin",
            "service_time and at_once must be more than nothing",
        );
        self.demand(
            origin.collapse >= 1.0 && origin.collapse <= 1e6,
            "origin.collapse",
            "must be 1 (no collapse) or more",
        );
    }

    fn populations(&mut self, scenario: &Scenario) {
        for (index, people) in scenario.people.iter().enumerate() {
            let place = |field: &str| format!("people[{index}].{field}");
            self.arrivals(&people.arrivals, scenario, &place("arrive"));
            self.errand(&people.errand, &place("errand"));
            self.demand(
                people.think.0 <= people.think.1,
                &place("think"),
                "the least must not be more than the most",
            );
            let shares: f64 = people.devices.iter().map(|device| device.share.max(0.0)).sum();
            self.demand(
                shares > 0.0 && shares.is_finite(),
                &place("devices"),
                "at least one must have a share above 0",
            );
            for (nth, device) in people.devices.iter().enumerate() {
                self.speed(
                    device.hashes_per_second,
                    &place(&format!("devices[{nth}].hashes_per_second")),
                );
            }
            self.share(people.no_javascript, &place("no_javascript"));
            self.share(people.roaming, &place("roaming"));
            if let Some(nat) = &people.behind_nat {
                self.share(nat.share, &place("behind_nat.share"));
                self.demand(
                    !nat.addresses.is_empty(),
                    &place("behind_nat.addresses"),
                    "must have at least one address",
                );
            }
        }
        for (index, apps) in scenario.apps.iter().enumerate() {
            self.arrivals(&apps.arrivals, scenario, &format!("apps[{index}].arrive"));
            self.errand(&apps.errand, &format!("apps[{index}].errand"));
            self.speed(
                apps.hashes_per_second,
                &format!("apps[{index}].hashes_per_second"),
            );
        }
        for (index, provider) in scenario.call_backs.iter().enumerate() {
            let place = |field: &str| format!("call_backs[{index}].{field}");
            self.arrivals(&provider.arrivals, scenario, &place("arrive"));
            self.path(&provider.path, &place("path"));
            self.demand(
                !provider.addresses.is_empty(),
                &place("addresses"),
                "must have at least one address",
            );
            self.demand(provider.tries > 0, &place("tries"), "must be 1 or more");
        }
        for (index, crawlers) in scenario.crawlers.iter().enumerate() {
            let place = |field: &str| format!("crawlers[{index}].{field}");
            self.arrivals(&crawlers.arrivals, scenario, &place("arrive"));
            self.demand(
                !crawlers.addresses.is_empty() && !crawlers.paths.is_empty(),
                &format!("crawlers[{index}]"),
                "must have at least one path and one address",
            );
            for (nth, path) in crawlers.paths.iter().enumerate() {
                self.path(path, &place(&format!("paths[{nth}]")));
            }
        }
    }

    fn arrivals(&mut self, arrivals: &Arrivals, scenario: &Scenario, place: &str) {
        let times: Vec<_> = arrivals
            .arrive
            .0
            .iter()
            .map(|(at, _)| at.since(scenario.begins))
            .collect();
        self.demand(times.is_sorted(), place, "times must follow one another");
        self.demand(
            arrivals.count == 0 || !Curve::of(&arrivals.arrive, scenario.begins).is_empty(),
            place,
            "must have two points at least, and one of them above 0",
        );
        self.demand(
            times.last().is_none_or(|last| *last <= scenario.lasts.0),
            place,
            "must not go on when the scenario is over",
        );
        self.demand(
            arrivals.count <= MOST_PEOPLE,
            place,
            "count must be at most 1,000,000",
        );
    }

    fn errand(&mut self, errand: &[Errand], place: &str) {
        self.demand(!errand.is_empty(), place, "must have at least one step");
        for (index, step) in errand.iter().enumerate() {
            let place = format!("{place}[{index}]");
            match (&step.get, &step.post) {
                (Some(path), None) | (None, Some(path)) => self.path(path, &place),
                _ => self.demand(false, &place, "must be either `get` or `post`"),
            }
        }
    }

    fn path(&mut self, path: &str, place: &str) {
        self.demand(
            path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()),
            place,
            "must begin with `/` and have no spaces",
        );
    }

    fn floods(&mut self, scenario: &Scenario) {
        for (index, flood) in scenario.floods.iter().enumerate() {
            let place = |field: &str| format!("floods[{index}].{field}");
            let (from, until) = scenario.attack(flood);
            self.demand(
                from < until && until <= scenario.lasts.0,
                &place("until"),
                "must be after `from` and before the scenario is over",
            );
            self.demand(
                flood.requests <= MOST_REQUESTS,
                &place("requests"),
                "must be at most 100,000,000",
            );
            self.demand(
                !scenario.flood_curve(flood).is_empty(),
                &place("curve"),
                "must have two points at least, and one of them above 0",
            );
            self.demand(
                !flood.sources.networks.is_empty() && flood.sources.count > 0,
                &place("sources"),
                "must have a network and a count of 1 or more",
            );
            self.demand(flood.keep_alive > 0, &place("keep_alive"), "must be 1 or more");
            self.demand(
                !flood.shape.paths.is_empty() && !flood.shape.user_agents.is_empty(),
                &place("shape"),
                "must have a path and a user agent",
            );
            for (nth, path) in flood.shape.paths.iter().enumerate() {
                self.path(path, &place(&format!("shape.paths[{nth}]")));
            }
            if let Some(solving) = flood.solves {
                self.speed(solving.hashes_per_second, &place("solves.hashes_per_second"));
            }
        }
    }
}
