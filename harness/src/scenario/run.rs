//! Playing one scenario, once.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::at::{At, Place};
use super::expect::Outcomes;
use super::judge::{Judge, first_line, outcome_of, told_line};
use super::matcher::{Matcher, told};
use super::payload::pieces;
use super::quantity::ShownTime;
use super::report::Failure;
use super::setting::Scenario;
use super::shown::shown;
use super::stage::Stage;
use super::step::{Request as WrittenRequest, Save, Step};
use super::text::Saved;
use super::totals;
use crate::exchange::{Exchange, Outcome};
use crate::host::{HostStats, StartError};
use crate::message::Request;
use crate::usage::Usage;
use crate::world::World;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) failures: Vec<Failure>,
    pub(super) exchanges: u64,
    pub(super) passed: Duration,
}

/// Plays a scenario.
///
/// # Errors
/// When it cannot be played: a file cannot be read that it names.
pub(super) fn run(scenario: &At<Scenario>, stage: Stage<'_>) -> Result<Run, String> {
    let folder = stage.folder;
    let world = match (stage.start()?, &scenario.refused) {
        (Err(error), Some(refused)) => return Ok(not_started(refused, &error)),
        (Err(error), None) => return Ok(failed_to_start(scenario.place, &error)),
        (Ok(_), Some(refused)) => {
            let nothing = Saved::new();
            let mut run = Run::default();
            let mut judge = Judge::new(&nothing);
            judge.mismatch(
                refused.place,
                "start",
                &"the filter refuses to start",
                &"it has started",
            );
            run.failures.extend(beginning(refused.place, judge));
            return Ok(run);
        }
        (Ok(world), None) => world,
    };
    let traps_are_counted = scenario
        .steps
        .iter()
        .any(|step| step.budget.as_ref().is_some_and(|budget| budget.traps.is_some()));
    let mut player = Player::new(world, folder, traps_are_counted);
    for (nth, step) in scenario.steps.iter().enumerate() {
        player.step(nth + 1, step)?;
    }
    Ok(player.end())
}

fn beginning(place: Place, judge: Judge<'_>) -> Option<Failure> {
    (!judge.found.is_empty()).then(|| Failure {
        place,
        step: 0,
        name: None,
        happened: "the filter is started".to_owned(),
        failed_exchanges: 0,
        exchanges: 0,
        mismatches: judge.found,
        log: Vec::new(),
    })
}

fn not_started(refused: &At<Matcher>, error: &StartError) -> Run {
    let told = error.to_string();
    let lines: Vec<&[u8]> = told.lines().map(|line| line.trim().as_bytes()).collect();
    let nothing = Saved::new();
    let mut judge = Judge::new(&nothing);
    judge.values(refused.place, "refusal", refused, &lines);
    Run {
        failures: beginning(refused.place, judge).into_iter().collect(),
        ..Run::default()
    }
}

fn failed_to_start(place: Place, error: &StartError) -> Run {
    let nothing = Saved::new();
    let mut judge = Judge::new(&nothing);
    judge.mismatch(place, "start", &"the filter starts", error);
    Run {
        failures: beginning(place, judge).into_iter().collect(),
        ..Run::default()
    }
}

struct Player<'a> {
    world: World,
    stats: HostStats,
    folder: &'a Path,
    traps_are_counted: bool,
    saved: Saved,
    began: Duration,
    usage_at_start: Usage,
    run: Run,
}

/// What a step has seen so far.
#[derive(Default)]
struct Seen {
    exchanges: u64,
    failed: u64,
    /// The first exchange that failed.
    failure: Option<Failure>,
    outcomes: BTreeMap<String, i64>,
    last: Option<Exchange>,
}

impl<'a> Player<'a> {
    fn new(mut world: World, folder: &'a Path, traps_are_counted: bool) -> Self {
        Self {
            stats: world.stats(),
            began: world.now(),
            usage_at_start: world.usage(),
            world,
            folder,
            traps_are_counted,
            saved: Saved::new(),
            run: Run::default(),
        }
    }

    fn end(self) -> Run {
        Run {
            passed: self.world.now().saturating_sub(self.began),
            ..self.run
        }
    }

    fn step(&mut self, number: usize, step: &At<Step>) -> Result<(), String> {
        let mut seen = Seen::default();
        let traps = self.stats.traps();
        if step.at_once.value {
            self.at_once(step, &mut seen)?;
        } else {
            self.one_after_another(step, &mut seen)?;
        }
        let mut happened = String::new();
        if let Some(wait) = step.wait {
            self.world.run_for(wait.0);
            happened = format!("{} pass", ShownTime(wait.0));
        }
        let mut judge = Judge::new(&self.saved);
        if step.expect.as_ref().is_none_or(|expect| expect.trap.is_none())
            && !self.traps_are_counted
            && self.stats.traps() > traps
        {
            let trap = self
                .world
                .host()
                .vms()
                .find_map(|vm| vm.failure().map(ToString::to_string));
            let trap = trap.unwrap_or_else(|| "a trap, and the VM was started anew".to_owned());
            judge.mismatch(step.place, "trap", &"none", &trap);
        }
        if let Some(outcomes) = &step.outcomes {
            judge_outcomes(&mut judge, outcomes, &seen.outcomes);
        }
        totals::metrics(&mut judge, &step.metrics, &self.stats);
        for (key, matcher) in &step.shared_data {
            let value = self.world.host().shared_data(key);
            let values: Vec<&[u8]> = value.iter().map(Vec::as_slice).collect();
            judge.values(matcher.place, &format!("shared data {key}"), matcher, &values);
        }
        if let Some(log) = &step.log {
            judge.lines(log.place, "log", log, &self.world.log());
        }
        if let Some(budget) = &step.budget {
            let usage = self.world.usage() - self.usage_at_start;
            totals::budget(&mut judge, budget, &mut self.world, usage, self.run.exchanges);
        }
        let newly_saved = save(&mut judge, step, seen.last.as_ref());
        let found = judge.found;
        self.saved.extend(newly_saved);
        if seen.failure.is_some() || !found.is_empty() {
            let mut failure = seen.failure.unwrap_or_else(|| Failure {
                place: step.place,
                step: number,
                name: None,
                happened: match seen.exchanges {
                    0 => happened,
                    1 => seen.last.as_ref().map(|last| ended(last)).unwrap_or_default(),
                    count => format!("{count} exchanges"),
                },
                failed_exchanges: 0,
                exchanges: 0,
                mismatches: Vec::new(),
                log: seen
                    .last
                    .filter(|_| seen.exchanges == 1)
                    .map(|last| log_of(&last))
                    .unwrap_or_default(),
            });
            failure.step = number;
            failure.name.clone_from(&step.name);
            failure.failed_exchanges = seen.failed;
            failure.exchanges = seen.exchanges;
            failure.mismatches.extend(found);
            self.run.failures.push(failure);
        }
        Ok(())
    }

    fn one_after_another(&mut self, step: &At<Step>, seen: &mut Seen) -> Result<(), String> {
        let repeat = step.repeat.as_ref().map_or(1, |repeat| repeat.value);
        let requests: Vec<&WrittenRequest> = step.requests().map(|request| &request.value).collect();
        if requests.is_empty() {
            return Ok(());
        }
        let built: Vec<Request> = requests
            .iter()
            .map(|request| self.build(request))
            .collect::<Result<_, _>>()?;
        for nth in 0..repeat {
            if let Some(every) = step.every.as_ref().filter(|_| nth > 0) {
                self.world.run_for(every.value.0);
            }
            for (WrittenRequest(full), request) in requests.iter().zip(&built) {
                let mut request = request.clone();
                request.source = full.from.address(self.run.exchanges);
                let line = LineOf::new(&request);
                let end = self.world.now().saturating_add(full.patience.0);
                let id = match full.worker {
                    Some(worker) => self.world.begin_on(worker, request),
                    None => self.world.begin(request),
                };
                let exchange = self.world.wait_until(id, end);
                self.judge(step, &line, exchange, seen);
            }
        }
        Ok(())
    }

    fn at_once(&mut self, step: &At<Step>, seen: &mut Seen) -> Result<(), String> {
        let repeat = step.repeat.as_ref().map_or(1, |repeat| repeat.value);
        let mut begun = Vec::new();
        for _ in 0..repeat {
            for request in step.requests() {
                let WrittenRequest(full) = &request.value;
                let mut built = self.build(&request.value)?;
                built.source = full.from.address(self.run.exchanges + begun.len() as u64);
                let line = LineOf::new(&built);
                let end = self.world.now().saturating_add(full.patience.0);
                let id = match full.worker {
                    Some(worker) => self.world.begin_on(worker, built),
                    None => self.world.begin(built),
                };
                begun.push((end, id, line));
            }
        }
        // Who hangs up first comes first: waiting for the others would let more time pass than these have.
        begun.sort_by_key(|(end, id, _)| (*end, *id));
        for (end, id, line) in begun {
            let exchange = self.world.wait_until(id, end);
            self.judge(step, &line, exchange, seen);
        }
        Ok(())
    }

    fn judge(&mut self, step: &At<Step>, line: &LineOf, exchange: Exchange, seen: &mut Seen) {
        self.run.exchanges += 1;
        seen.exchanges += 1;
        if step.outcomes.is_some() {
            *seen.outcomes.entry(outcome_of(&exchange)).or_default() += 1;
        }
        if let Some(expect) = &step.expect {
            let mut judge = Judge::new(&self.saved);
            judge.exchange(expect.place, expect, &exchange);
            if !judge.found.is_empty() {
                seen.failed += 1;
                let nth = seen.exchanges;
                let mismatches = judge.found;
                seen.failure.get_or_insert_with(|| Failure {
                    place: step.place,
                    step: 0,
                    name: None,
                    happened: line.told(nth, step.exchanges(), &exchange),
                    failed_exchanges: 0,
                    exchanges: 0,
                    mismatches,
                    log: log_of(&exchange),
                });
            }
        }
        seen.last = Some(exchange);
    }

    fn build(&self, WrittenRequest(full): &WrittenRequest) -> Result<Request, String> {
        let mut request = Request::new(
            &full.method.fill(&self.saved),
            full.path.fill(&self.saved).as_bytes(),
        );
        if let Some(authority) = &full.authority {
            request.authority = authority.fill(&self.saved).as_bytes().to_vec();
        }
        if let Some(scheme) = &full.scheme {
            request.scheme = scheme.fill(&self.saved).as_bytes().to_vec();
        }
        request.headers = full.headers.headers(self.folder, &self.saved)?;
        request.body = pieces(&full.body, self.folder, &self.saved)?;
        let trailers = full
            .trailers
            .as_ref()
            .map(|fields| fields.headers(self.folder, &self.saved));
        request.trailers = trailers.transpose()?;
        Ok(request)
    }
}

/// What is told of a request that failed; made before it is sent, so it has to be cheap.
struct LineOf {
    method_and_path: (Vec<u8>, Vec<u8>),
    from: std::net::SocketAddr,
}

impl LineOf {
    fn new(request: &Request) -> Self {
        Self {
            method_and_path: (request.method.clone(), request.path.clone()),
            from: request.source,
        }
    }

    fn told(&self, nth: u64, of: u64, exchange: &Exchange) -> String {
        let (method, path) = &self.method_and_path;
        let line = format!("{} {}", shown(method), shown(path));
        let count = if of > 1 {
            format!(", {nth} of {of}")
        } else {
            String::new()
        };
        format!("{line} from {}{count}: {}", self.from.ip(), ended(exchange))
    }
}

/// How an exchange ended, and how long it took.
fn ended(exchange: &Exchange) -> String {
    let after = match exchange.took {
        Duration::ZERO => "at once".to_owned(),
        took => format!("after {}", ShownTime(took)),
    };
    let forwarded = match &exchange.forwarded {
        Some(request) => format!("forwarded as {}", first_line(request)),
        None => "not forwarded".to_owned(),
    };
    match &exchange.outcome {
        Outcome::Response(response) => format!("{} {after}, {forwarded}", response.status),
        Outcome::Paused(direction) => {
            format!("the filter holds the {direction:?} until the client hangs up {after}, {forwarded}")
                .replace("Request", "request")
                .replace("Response", "response")
        }
        Outcome::Reset => format!("cut off {after}, {forwarded}"),
    }
}

fn log_of(exchange: &Exchange) -> Vec<String> {
    exchange.log.iter().map(told_line).collect()
}

fn judge_outcomes(judge: &mut Judge<'_>, expected: &At<Outcomes>, actual: &BTreeMap<String, i64>) {
    let counted = expected
        .iter()
        .all(|(outcome, count)| count.holds(actual.get(outcome).copied().unwrap_or(0)));
    if counted && actual.keys().all(|outcome| expected.contains_key(outcome)) {
        return;
    }
    let lines = |counts: Vec<String>| counts.join(", ");
    judge.mismatch(
        expected.place,
        "outcomes",
        &lines(
            expected
                .iter()
                .map(|(outcome, count)| format!("{outcome}: {count}"))
                .collect(),
        ),
        &lines(
            actual
                .iter()
                .map(|(outcome, count)| format!("{outcome}: {count}"))
                .collect(),
        ),
    );
}

/// What the step saves of its last response.
fn save(judge: &mut Judge<'_>, step: &Step, last: Option<&Exchange>) -> Saved {
    let mut saved = Saved::new();
    for (name, part) in &step.save {
        let response = last.and_then(|last| match &last.outcome {
            Outcome::Response(response) => Some(response),
            Outcome::Paused(_) | Outcome::Reset => None,
        });
        let Some(response) = response else {
            judge.mismatch(part.place, &format!("save {name}"), &"a response", &"none");
            continue;
        };
        let body = response.body_bytes();
        let source: Vec<&[u8]> = match &part.header {
            Some(header) => response.headers.get_all(header.as_bytes()).collect(),
            None => vec![&body],
        };
        match source.iter().find_map(|value| part.find(value)) {
            Some(value) => {
                saved.insert(name.clone(), value);
            }
            None => judge.mismatch(part.place, &format!("save {name}"), &part.asked(), &told(&source)),
        }
    }
    saved
}

impl Save {
    fn find(&self, value: &[u8]) -> Option<String> {
        if let Some(pointer) = &self.json {
            let json: serde_json::Value = serde_json::from_slice(value).ok()?;
            return json.pointer(pointer).map(|found| match found {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
        let found = match &self.matches {
            None => value,
            Some(pattern) => {
                let groups = pattern.0.captures(value)?;
                groups.get(1).or_else(|| groups.get(0))?.as_bytes()
            }
        };
        Some(String::from_utf8_lossy(found).into_owned())
    }

    fn asked(&self) -> String {
        let from = self
            .header
            .as_ref()
            .map_or_else(|| "the body".to_owned(), |header| format!("header {header}"));
        match (&self.matches, &self.json) {
            (Some(pattern), _) => format!("{from} matches {pattern}"),
            (None, Some(pointer)) => format!("JSON with {pointer}"),
            (None, None) => from,
        }
    }
}
