//! What can be wrong with a file that is well-formed.

use std::collections::BTreeSet;

use super::at::{At, Place};
use super::read::Problem;
use super::service::{HttpAnswer, Service};
use super::setting::{Root, Scenario, Setting};
use super::step::{Request, Save, Step};
use super::text::is_name;
use super::written::OneOrMany;

/// Most exchanges at the same moment.
const MAX_AT_ONCE: u64 = 100_000;
/// Most workers of a host.
const MAX_WORKERS: usize = 64;

/// All problems of a file, in its order.
pub(super) fn check(root: &Root) -> Vec<Problem> {
    let mut problems = Problems {
        found: Vec::new(),
        field: String::new(),
    };
    problems.setting(&root.setting());
    if root.scenarios.is_empty() {
        problems.add(Place::default(), "scenarios is empty: there is nothing to play");
    }
    let mut names = BTreeSet::new();
    for (nth, scenario) in root.scenarios.iter().enumerate() {
        problems.field = format!("scenarios[{nth}]");
        if !names.insert(&scenario.name) {
            problems.add(
                scenario.place,
                &format!("there is another scenario with the name \"{}\"", scenario.name),
            );
        }
        problems.scenario(root, scenario);
    }
    problems.found.sort_by_key(|problem| problem.place);
    problems.found
}

struct Problems {
    found: Vec<Problem>,
    /// Where we are.
    field: String,
}

impl Problems {
    fn add(&mut self, place: Place, message: &str) {
        self.found.push(Problem {
            place,
            field: self.field.clone(),
            message: message.to_owned(),
        });
    }

    fn setting(&mut self, setting: &Setting<'_>) {
        if let (Some(profile), Some(_)) = (setting.profile, setting.profiles) {
            self.add(profile.place, "profile and profiles exclude each other");
        }
        if let (Some(seed), Some(_)) = (setting.seed, setting.seeds) {
            self.add(seed.place, "seed and seeds exclude each other");
        }
        if let Some(profiles) = setting.profiles.filter(|profiles| profiles.is_empty()) {
            self.add(
                profiles.place,
                "profiles is empty: name some of envoy, strict and ngx",
            );
        }
        if let Some(workers) = setting
            .workers
            .filter(|workers| !(1..=MAX_WORKERS).contains(&workers.value))
        {
            self.add(
                workers.place,
                &format!(
                    "{} workers are out of range: it must be 1 to {MAX_WORKERS}",
                    workers.value
                ),
            );
        }
        if let Some(origin) = setting.origin {
            self.answers(origin.place, origin);
        }
        for service in setting
            .services
            .into_iter()
            .flatten()
            .flat_map(|services| services.values())
        {
            if let Service::Http(answers) = &service.value {
                self.answers(service.place, answers);
            }
        }
    }

    fn answers(&mut self, place: Place, answers: &OneOrMany<HttpAnswer>) {
        if let Some(name) = answer_names(answers).next() {
            let message = format!(
                "${{{name}}} in an answer: only steps use what was saved; write $${{ for the two characters"
            );
            self.add(place, &message);
        }
    }

    fn scenario(&mut self, root: &Root, scenario: &At<Scenario>) {
        let place = scenario.place;
        if scenario.name.trim().is_empty() {
            self.add(
                place,
                "the name is empty: say in a sentence what the scenario shows",
            );
        }
        self.setting(&scenario.setting());
        match (&scenario.refused, scenario.steps.is_empty()) {
            (None, true) if scenario.skip.is_none() => {
                self.add(place, "there is nothing to play: steps is missing, or refused");
            }
            (Some(refused), false) => {
                self.add(
                    refused.place,
                    "refused and steps exclude each other: a filter that does not start has none",
                );
            }
            _ => {}
        }
        let workers = Setting::of(root, scenario)
            .workers
            .map_or(1, |workers| workers.value);
        let mut saved = BTreeSet::new();
        let field = self.field.clone();
        for (nth, step) in scenario.steps.iter().enumerate() {
            self.field = format!("{field}.steps[{nth}]");
            self.step(step, workers, &saved);
            saved.extend(step.save.keys().map(String::as_str));
        }
    }

    fn step(&mut self, step: &At<Step>, workers: usize, saved: &BTreeSet<&str>) {
        let requests: Vec<&At<Request>> = step.requests().collect();
        let traffic = step.request.is_some() || step.requests.is_some();
        let does = [
            step.request.is_some(),
            step.requests.is_some(),
            step.wait.is_some(),
        ];
        if does.iter().filter(|does| **does).count() > 1 {
            self.add(
                step.place,
                "request, requests and wait exclude each other: write a step for each",
            );
        }
        if !does.contains(&true) && !step.checks() {
            self.add(
                step.place,
                "nothing happens: expected request, requests, wait, or something that is to be true",
            );
        }
        if step.requests.as_ref().is_some_and(Vec::is_empty) {
            self.add(step.place, "requests is empty");
        }
        if !traffic {
            let given = [
                ("repeat", step.repeat.as_ref().map(|at| at.place)),
                ("every", step.every.as_ref().map(|at| at.place)),
                ("at_once", step.at_once.value.then_some(step.at_once.place)),
                ("expect", step.expect.as_ref().map(|at| at.place)),
                ("outcomes", step.outcomes.as_ref().map(|at| at.place)),
                ("save", step.save.values().next().map(|at| at.place)),
            ];
            for (name, place) in given {
                if let Some(place) = place {
                    self.add(
                        place,
                        &format!("{name} needs a request or requests in the same step"),
                    );
                }
            }
        }
        if let Some(repeat) = step.repeat.as_ref().filter(|repeat| repeat.value == 0) {
            self.add(repeat.place, "repeat must be at least 1");
        }
        let exchanges = step.exchanges();
        if step.at_once.value && exchanges > MAX_AT_ONCE {
            let message = format!("{exchanges} exchanges at once are too many: at most {MAX_AT_ONCE}");
            self.add(step.at_once.place, &message);
        }
        if let Some(every) = step.every.as_ref().filter(|_| step.at_once.value) {
            self.add(every.place, "every and at_once exclude each other");
        }
        for request in requests {
            let Request(full) = &request.value;
            if let Some(worker) = full.worker.filter(|worker| *worker >= workers) {
                let message = format!(
                    "there is no worker {worker}: there are {workers}, from 0; `workers` says how many"
                );
                self.add(request.place, &message);
            }
            self.saved(request.place, full.names(), saved);
        }
        if let Some(expect) = &step.expect {
            self.saved(expect.place, expect.names(), saved);
            if let Some(outcome) = expect.outcome.as_ref().filter(|_| expect.wants_response())
                && outcome.value != super::expect::Ending::Response
            {
                self.add(
                    outcome.place,
                    "without a response there is no status, header, body or trailer to expect",
                );
            }
        }
        let matchers = step.log.iter().chain(step.shared_data.values());
        for matcher in matchers {
            self.saved(matcher.place, matcher.names(), saved);
        }
        for key in step.outcomes.iter().flat_map(|outcomes| outcomes.keys()) {
            let known =
                matches!(key.as_str(), "paused" | "reset") || matches!(key.parse(), Ok(100..=999_u16));
            if !known {
                let place = step
                    .outcomes
                    .as_ref()
                    .map_or(step.place, |outcomes| outcomes.place);
                self.add(
                    place,
                    &format!("there is no outcome \"{key}\": it must be a status, paused or reset"),
                );
            }
        }
        for (name, save) in &step.save {
            self.save(name, save);
        }
    }

    fn save(&mut self, name: &str, save: &At<Save>) {
        if !is_name(name) {
            self.add(
                save.place,
                &format!("\"{name}\" is no name to save under: it must be of letters, digits, _ and -"),
            );
        }
        if save.json.is_some() && (save.header.is_some() || save.matches.is_some()) {
            self.add(
                save.place,
                "json excludes header and matches: it points into the body",
            );
        }
        if save
            .json
            .as_ref()
            .is_some_and(|json| !json.is_empty() && !json.starts_with('/'))
        {
            self.add(save.place, "json must be a JSON pointer such as /token/id");
        }
    }

    fn saved<'a>(&mut self, place: Place, names: impl Iterator<Item = &'a str>, saved: &BTreeSet<&str>) {
        let unknown: BTreeSet<&str> = names.filter(|name| !saved.contains(name)).collect();
        for name in unknown {
            let message = format!("no step before has saved ${{{name}}}; write $${{ for the two characters");
            self.add(place, &message);
        }
    }
}

fn answer_names(answers: &OneOrMany<HttpAnswer>) -> impl Iterator<Item = &str> {
    answers.0.iter().flat_map(|HttpAnswer(answer)| {
        let body = answer.body.0.iter().flat_map(super::payload::Payload::names);
        answer.headers.names().chain(body)
    })
}
