//! What a scenario must not say, although it can be written.

use super::{Arrivals, Curve, Errand, Points, Scenario, Span};
use scraper::Selector;
use std::time::Duration;

/// The longest scenario.
const LONGEST: Duration = Duration::from_secs(14 * 24 * 3_600);

/// The longest that anything else takes.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// The highest point of a curve.
const HIGHEST: f64 = 1e12;

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

    fn wait(&mut self, time: Span, place: &str) {
        self.demand(time.0 <= LONGEST_WAIT, place, "must be at most a day");
    }

    fn points(&mut self, points: &Points, scenario: &Scenario, within: (Duration, Duration), place: &str) {
        let times: Vec<_> = points.0.iter().map(|(at, _)| at.since(scenario.begins)).collect();
        self.demand(times.is_sorted(), place, "times must follow one another");
        self.demand(
            times.iter().all(|at| (within.0..=within.1).contains(at)),
            place,
            "times must lie between the beginning and the end",
        );
        self.demand(
            points
                .0
                .iter()
                .all(|(_, height)| (0.0..=HIGHEST).contains(height)),
            place,
            "heights must be numbers from 0 to 1e12",
        );
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
        self.wait(origin.service_time, "origin.service_time");
        self.wait(origin.patience, "origin.patience");
        self.demand(
            origin.collapse >= 1.0 && origin.collapse <= 1e6,
            "origin.collapse",
            "must be 1 (no collapse) or more",
        );
    }

    fn populations(&mut self, scenario: &Scenario) {
        for (index, people) in scenario.people.iter().enumerate() {
            let place = |field: &str| format!("people[{index}].{field}");
            self.arrivals(people.arrivals(), scenario, &place("arrive"));
            self.errand(&people.errand, &place("errand"));
            self.demand(
                people.think.0 <= people.think.1,
                &place("think"),
                "the least must not be more than the most",
            );
            self.wait(people.think.1, &place("think"));
            self.wait(people.give_up_after, &place("give_up_after"));
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
            self.arrivals(apps.arrivals(), scenario, &format!("apps[{index}].arrive"));
            self.errand(&apps.errand, &format!("apps[{index}].errand"));
            self.wait(apps.give_up_after, &format!("apps[{index}].give_up_after"));
            self.speed(
                apps.hashes_per_second,
                &format!("apps[{index}].hashes_per_second"),
            );
        }
        for (index, provider) in scenario.call_backs.iter().enumerate() {
            let place = |field: &str| format!("call_backs[{index}].{field}");
            self.arrivals(provider.arrivals(), scenario, &place("arrive"));
            self.path(&provider.path, &place("path"));
            self.demand(
                !provider.addresses.is_empty(),
                &place("addresses"),
                "must have at least one address",
            );
            self.wait(provider.retry_after, &place("retry_after"));
            self.demand(provider.tries > 0, &place("tries"), "must be 1 or more");
            if let Some(pays) = &provider.pays {
                self.demand(
                    Selector::parse(&pays.purpose).is_ok(),
                    &place("pays.purpose"),
                    "must be a CSS selector, as in \".ticket .code\"",
                );
            }
        }
        let paying = scenario
            .call_backs
            .iter()
            .filter(|provider| provider.pays.is_some());
        self.demand(
            paying.count() <= 1,
            "call_backs",
            "must have `pays` once at most: what was booked is paid for once",
        );
        for (index, crawlers) in scenario.crawlers.iter().enumerate() {
            let place = |field: &str| format!("crawlers[{index}].{field}");
            self.arrivals(crawlers.arrivals(), scenario, &place("arrive"));
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

    fn arrivals(&mut self, arrivals: Arrivals<'_>, scenario: &Scenario, place: &str) {
        let whole = (Duration::ZERO, scenario.lasts.0);
        self.points(arrivals.arrive, scenario, whole, place);
        self.demand(
            arrivals.count == 0 || !Curve::of(arrivals.arrive, scenario.begins).is_empty(),
            place,
            "must have two points at least, and one of them above 0",
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
            if let Some(points) = &flood.curve {
                self.points(points, scenario, (from, until), &place("curve"));
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: &str = r#"
title: { en: a, vi: b }
begins: 2024-03-11T06:00
lasts: 1 h
people:
  - name: patients
    count: 1
    arrive: [["06:10", 1], ["06:20", 1]]
    errand: [{ get: / }]
floods:
  - name: flood
    from: "06:30"
    until: "06:40"
    requests: 10
    curve: [["06:30", 1], ["06:40", 1]]
    sources: { networks: [198.18.0.0/15] }
"#;

    fn told(scenario: &str) -> String {
        Scenario::parse("test", scenario).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn what_would_break_a_replay_is_refused_with_its_place() {
        assert_eq!(told(WELL), "");
        for (right, wrong, place) in [
            ("lasts: 1 h", "lasts: 0 s", "lasts"),
            ("lasts: 1 h", "lasts: 400 h", "lasts"),
            ("lasts: 1 h", "lasts: 1 h\nwork_scale: 3", "work_scale"),
            ("lasts: 1 h", "lasts: 1 h\nworkers: 0", "workers"),
            (
                "lasts: 1 h",
                "lasts: 1 h\norigin: { service_time: 9000000 h }",
                "origin.service_time",
            ),
            (
                "lasts: 1 h",
                "lasts: 1 h\norigin: { collapse: .nan }",
                "origin.collapse",
            ),
            ("\"06:20\", 1]", "\"06:20\", .nan]", "people[0].arrive"),
            ("\"06:20\", 1]", "\"06:20\", .inf]", "people[0].arrive"),
            ("\"06:20\", 1]", "\"06:05\", 1]", "people[0].arrive"),
            ("\"06:20\", 1]", "\"09:05\", 1]", "people[0].arrive"),
            ("errand: [{ get: / }]", "errand: []", "people[0].errand"),
            (
                "errand: [{ get: / }]",
                "errand: [{ get: /, post: / }]",
                "people[0].errand[0]",
            ),
            (
                "errand: [{ get: / }]",
                "errand: [{ get: \"/ a\" }]",
                "people[0].errand[0]",
            ),
            ("count: 1", "count: 1\n    roaming: 2", "people[0].roaming"),
            (
                "count: 1",
                "count: 1\n    devices: [{ share: 1, hashes_per_second: 0 }]",
                "people[0].devices[0]",
            ),
            ("until: \"06:40\"", "until: \"06:20\"", "floods[0].until"),
            ("[\"06:40\", 1]]", "[\"06:50\", 1]]", "floods[0].curve"),
            ("requests: 10", "requests: 1000000000", "floods[0].requests"),
            ("networks: [198.18.0.0/15]", "networks: []", "floods[0].sources"),
        ] {
            assert!(WELL.contains(right), "{right}");
            let told = told(&WELL.replace(right, wrong));
            assert!(told.contains(place), "{wrong}: {told}");
        }
    }

    #[test]
    fn what_is_not_known_or_no_yaml_is_refused_with_its_line() {
        for (right, wrong) in [
            ("lasts: 1 h", "lasts: 1 h\nspeed: 1"),
            ("lasts: 1 h", "lasts: soon"),
            ("count: 1", "count: 1\n    speed: 1"),
            ("198.18.0.0/15", "198.18.0.0/40"),
            ("requests: 10", "requests: -1"),
            ("title:", "title: ]"),
        ] {
            let told = told(&WELL.replace(right, wrong));
            assert!(told.contains("line"), "{wrong}: {told}");
        }
    }
}
