//! Playing one scenario, once.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::at::{At, Place};
use super::expect::Outcomes;
use super::judge::{Judge, outcome_of};
use super::line::{LineOf, log_of};
use super::matcher::Matcher;
use super::payload::pieces;
use super::quantity::ShownTime;
use super::report::{Failure, Mismatch};
use super::save::save;
use super::setting::Scenario;
use super::stage::Stage;
use super::step::{Request as WrittenRequest, Step};
use super::text::Saved;
use super::totals;
use crate::exchange::Exchange;
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
    last: Option<(LineOf, Exchange)>,
}

impl Seen {
    /// What is told of the step, if anything was not as it was to be.
    fn into_failure(self, number: usize, step: &At<Step>, found: Vec<Mismatch>) -> Option<Failure> {
        if self.failure.is_none() && found.is_empty() {
            return None;
        }
        let mut failure = self.failure.unwrap_or_else(|| {
            let (happened, log) = match (self.exchanges, &self.last) {
                (1, Some((line, last))) => (line.told(1, 1, last), log_of(last)),
                (0, _) => (
                    step.wait
                        .map(|wait| format!("{} pass", ShownTime(wait.0)))
                        .unwrap_or_default(),
                    Vec::new(),
                ),
                (count, _) => (format!("{count} exchanges"), Vec::new()),
            };
            Failure {
                place: step.place,
                step: number,
                name: None,
                happened,
                failed_exchanges: 0,
                exchanges: 0,
                mismatches: Vec::new(),
                log,
            }
        });
        failure.step = number;
        failure.name.clone_from(&step.name);
        failure.failed_exchanges = self.failed;
        failure.exchanges = self.exchanges;
        failure.mismatches.extend(found);
        Some(failure)
    }
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
        if let Some(wait) = step.wait {
            self.world.run_for(wait.0);
        }
        let mut judge = Judge::new(&self.saved);
        let traps_are_expected = step.expect.as_ref().is_some_and(|expect| expect.trap.is_some());
        if self.stats.traps() > traps && !traps_are_expected && !self.traps_are_counted {
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
        totals::judge(
            &mut judge,
            step,
            &mut self.world,
            self.usage_at_start,
            self.run.exchanges,
        );
        let newly_saved = save(&mut judge, step, seen.last.as_ref().map(|(_, last)| last));
        let found = judge.found;
        self.saved.extend(newly_saved);
        self.run.failures.extend(seen.into_failure(number, step, found));
        Ok(())
    }

    fn one_after_another(&mut self, step: &At<Step>, seen: &mut Seen) -> Result<(), String> {
        let repeat = step.repeat.as_ref().map_or(1, |repeat| repeat.value);
        let requests: Vec<&WrittenRequest> = step.requests().map(|request| &request.value).collect();
        if requests.is_empty() {
            return Ok(());
        }
        let build = |request: &&WrittenRequest| self.build(request).map(|built| (LineOf::new(&built), built));
        let built: Vec<(LineOf, Request)> = requests.iter().map(build).collect::<Result<_, _>>()?;
        for nth in 0..repeat {
            if let Some(every) = step.every.as_ref().filter(|_| nth > 0) {
                self.world.run_for(every.value.0);
            }
            for (WrittenRequest(full), (line, request)) in requests.iter().zip(&built) {
                let mut request = request.clone();
                request.source = full.from.address(self.run.exchanges);
                let line = line.from(request.source);
                let end = self.world.now().saturating_add(full.patience.0);
                let id = match full.worker {
                    Some(worker) => self.world.begin_on(worker, request),
                    None => self.world.begin(request),
                };
                let exchange = self.world.wait_until(id, end);
                self.judge(step, line, exchange, seen);
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
            self.judge(step, line, exchange, seen);
        }
        Ok(())
    }

    fn judge(&mut self, step: &At<Step>, line: LineOf, exchange: Exchange, seen: &mut Seen) {
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
        seen.last = Some((line, exchange));
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
