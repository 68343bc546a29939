//! A run, from the first request to the last.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::finding::Finding;
use super::growth::{Kept, steady};
use super::handed::Handed;
use super::rig::{Rig, Stage};
use super::shot::Shot;
use super::shrink::Shrinker;
use super::sketch::Sketch;
use super::soak::{Difference, Soaked, soak};
use super::vocabulary::Vocabulary;
use super::{Budget, Failure, Fuzz, Outcome, Progress, grammar, sweep};
use crate::clock::{Clock as _, ManualClock};
use crate::host::StartError;
use crate::module::{Metering, Module};
use crate::plugin::Plugin;

/// Requests that are kept, in case that something needs a history.
const HISTORY: usize = 300;
/// Cases between two looks at what the filter has asked for.
const BETWEEN_LOOKS: u64 = 50;
/// Exchanges between two looks at what the filter keeps.
const BETWEEN_KEPT: u64 = 20_000;
/// How often a progress is told.
const BETWEEN_REPORTS: Duration = Duration::from_millis(200);

impl Fuzz {
    /// Fuzzes until something is found, or the budget is spent.
    ///
    /// # Errors
    /// When the filter cannot be loaded, or does not start.
    pub fn run(&self, tell: impl FnMut(Progress)) -> Result<Outcome, StartError> {
        let stage = Stage {
            module: Module::compile(&self.module, Metering::Fuel)?,
            plugin: Plugin {
                name: "fuzzed".to_owned(),
                configuration: self.configuration.clone(),
                ..Plugin::default()
            },
            profile: self.profile,
            limits: self.limits,
            workers: self.workers.max(1),
            seed: self.seed,
        };
        let rig = stage.rig(ManualClock::default().now())?;
        let run = Run {
            vocabulary: Vocabulary::new(&self.module, &self.configuration),
            fuzz: self,
            began: Instant::now(),
            told: Instant::now(),
            tell,
            progress: Progress::default(),
            history: VecDeque::new(),
            history_began: rig.now(),
            kept: Vec::new(),
            next_look: 0,
            suspected: None,
            handed: Handed::default(),
            rig,
            stage,
        };
        run.go()
    }
}

struct Run<'a, T> {
    fuzz: &'a Fuzz,
    stage: Stage,
    rig: Rig,
    vocabulary: Vocabulary,
    handed: Handed,
    /// The last requests, and the time of the first of them.
    history: VecDeque<(Duration, Shot)>,
    history_began: Duration,
    /// What was kept at each look, and the exchanges after which the next one is due.
    kept: Vec<Kept>,
    next_look: u64,
    /// What has grown the last time that it was thought about.
    suspected: Option<&'static str>,
    progress: Progress,
    began: Instant,
    told: Instant,
    tell: T,
}

impl<T: FnMut(Progress)> Run<'_, T> {
    fn go(mut self) -> Result<Outcome, StartError> {
        let failure = self.search()?;
        self.note();
        Ok(Outcome {
            progress: self.progress,
            failure,
        })
    }

    fn search(&mut self) -> Result<Option<Failure>, StartError> {
        let names = self.vocabulary.names.clone();
        let first: Vec<Shot> = sweep::of_the_rest(&self.vocabulary)
            .into_iter()
            .chain(sweep::of_names(&names))
            .collect();
        if let Some(failure) = self.one_by_one(first) {
            return Ok(Some(failure));
        }
        if let Some(failure) = self.follow_new_names() {
            return Ok(Some(failure));
        }
        if let Some(failure) = self.soak()? {
            return Ok(Some(failure));
        }
        Ok(self.cases())
    }

    /// Names that the filter has asked for meanwhile are swept too.
    fn follow_new_names(&mut self) -> Option<Failure> {
        let asked = self.rig.asked();
        let new = self.vocabulary.learn(asked);
        self.one_by_one(sweep::of_names(&new).collect())
    }

    fn one_by_one(&mut self, shots: Vec<Shot>) -> Option<Failure> {
        for shot in shots {
            let began = self.rig.now();
            self.remember(&shot);
            let mut handed = Handed::default();
            let outcome = self.rig.play(&shot, &mut handed);
            self.handed.join(&handed);
            if let Err(finding) = outcome {
                return Some(self.shrunk(finding, began, vec![shot], |_| None));
            }
            self.report();
        }
        None
    }

    fn soak(&mut self) -> Result<Option<Failure>, StartError> {
        let differences = Difference::all(&self.vocabulary);
        let (progress, told, tell, began) = (&mut self.progress, &mut self.told, &mut self.tell, self.began);
        let soaked = soak(&self.stage, &mut self.rig, &differences, self.fuzz.soak, |rig| {
            note(progress, rig, began);
            if told.elapsed() > BETWEEN_REPORTS {
                *told = Instant::now();
                tell(*progress);
            }
        })?;
        Ok(soaked.map(|soaked| self.soaked(soaked)))
    }

    fn soaked(&mut self, soaked: Soaked) -> Failure {
        let Soaked {
            finding,
            difference,
            exchanges,
        } = soaked;
        let shot = |number| Shot::new(difference.request(number));
        if let Finding::Grows { .. } = finding {
            return Failure {
                finding,
                shots: vec![shot(0), shot(1)],
                repeated: exchanges.saturating_sub(2),
                confirmed: true,
                exchanges: self.rig.exchanges + exchanges,
                tries: 1,
            };
        }
        let began = self.rig.now();
        self.shrunk(finding, began, vec![shot(exchanges - 1)], |_| None)
    }

    /// Sequences of the grammar, until the budget is spent.
    fn cases(&mut self) -> Option<Failure> {
        let mut strategy = self.strategy();
        while self.goes_on() {
            let number = self.progress.cases;
            self.progress.cases += 1;
            if number.is_multiple_of(BETWEEN_LOOKS) {
                let known = self.vocabulary.names.len();
                if let Some(failure) = self.follow_new_names().or_else(|| self.growth()) {
                    return Some(failure);
                }
                if self.vocabulary.names.len() != known {
                    strategy = self.strategy();
                }
            }
            if let Some(failure) = self.case(&strategy, number) {
                return Some(failure);
            }
            self.report();
        }
        None
    }

    fn strategy(&self) -> BoxedStrategy<Vec<Sketch>> {
        grammar::sequences(&self.vocabulary, self.stage.workers)
    }

    /// Each case has a seed of its own, so that it does not depend on how long the others were.
    fn case(&mut self, strategy: &BoxedStrategy<Vec<Sketch>>, number: u64) -> Option<Failure> {
        let mut seed = [0; 32];
        for (place, byte) in seed.iter_mut().zip(
            self.fuzz
                .seed
                .to_le_bytes()
                .into_iter()
                .chain(number.to_le_bytes()),
        ) {
            *place = byte;
        }
        let mut runner =
            TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        // No strategy here rejects anything.
        let mut tree = strategy.new_tree(&mut runner).ok()?;
        let began = self.rig.now();
        let mut handed = self.handed.clone();
        let mut shots = Vec::new();
        for sketch in tree.current() {
            let shot = sketch.shot(&handed);
            self.remember(&shot);
            let outcome = self.rig.play(&shot, &mut handed);
            shots.push(shot);
            if let Err(finding) = outcome {
                let before = self.handed.clone();
                return Some(self.shrunk(finding, began, shots, |shrinker| {
                    shrinker.simplify(&mut tree, &before)
                }));
            }
        }
        self.handed = handed;
        None
    }

    /// Growth that shows in two looks back, the second one twice as long as the first.
    fn growth(&mut self) -> Option<Failure> {
        let exchanges = self.rig.exchanges;
        if exchanges < self.next_look {
            return None;
        }
        self.next_look = exchanges + BETWEEN_KEPT;
        self.kept.push(self.rig.kept());
        let halves = self.kept.len() - 1;
        if halves < 4 || !halves.is_power_of_two() {
            return None;
        }
        let (begin, middle, end) = (self.kept.first()?, self.kept.get(halves / 2)?, self.kept.last()?);
        let growth = steady(*begin, *middle, *end, halves as u64 * BETWEEN_KEPT);
        let suspected = std::mem::replace(&mut self.suspected, growth.as_ref().map(|growth| growth.what));
        let growth = growth.filter(|growth| suspected == Some(growth.what))?;
        Some(Failure {
            finding: Finding::Grows {
                growth,
                with: "everything that the grammar varies".to_owned(),
            },
            shots: self
                .history
                .iter()
                .map(|(_, shot)| shot.clone())
                .rev()
                .take(3)
                .collect(),
            repeated: 0,
            confirmed: false,
            exchanges,
            tries: 0,
        })
    }

    /// A finding with the shortest sequence that leads to it.
    fn shrunk(
        &mut self,
        finding: Finding,
        began: Duration,
        shots: Vec<Shot>,
        simplify: impl FnOnce(&mut Shrinker<'_>) -> Option<Vec<Shot>>,
    ) -> Failure {
        let exchanges = self.rig.exchanges;
        let mut shrinker = Shrinker::new(&self.stage, began, &finding);
        let mut found = None;
        if shrinker.confirms(&shots).is_some() {
            found = Some(shots.clone());
        }
        if let Some(simpler) = simplify(&mut shrinker) {
            found = Some(simpler);
        }
        if found.is_none() {
            // It needs what went before.
            let history: Vec<Shot> = self.history.iter().map(|(_, shot)| shot.clone()).collect();
            let mut longer = Shrinker::new(&self.stage, self.history_began, &finding);
            if longer.confirms(&history).is_some() {
                found = Some(history);
                shrinker = longer;
            }
        }
        let confirmed = found.is_some();
        let mut shots = found.unwrap_or(shots);
        if confirmed {
            shrinker.strip(&mut shots);
        }
        let finding = shrinker.confirms(&shots).unwrap_or(finding);
        Failure {
            finding,
            shots,
            repeated: 0,
            confirmed,
            exchanges,
            tries: shrinker.tries(),
        }
    }

    fn remember(&mut self, shot: &Shot) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back((self.rig.now(), shot.clone()));
        self.history_began = self.history.front().map_or(self.history_began, |(at, _)| *at);
    }

    fn goes_on(&self) -> bool {
        match self.fuzz.budget {
            Budget::Time(time) => self.began.elapsed() < time,
            Budget::Cases(cases) => self.progress.cases < cases,
        }
    }

    fn report(&mut self) {
        if self.told.elapsed() > BETWEEN_REPORTS {
            self.told = Instant::now();
            self.note();
            (self.tell)(self.progress);
        }
    }

    fn note(&mut self) {
        note(&mut self.progress, &mut self.rig, self.began);
    }
}

fn note(progress: &mut Progress, rig: &mut Rig, began: Instant) {
    let kept = rig.kept();
    progress.exchanges = rig.exchanges;
    progress.memory_bytes = kept.memory_bytes;
    progress.shared_keys = kept.shared_keys;
    progress.elapsed = began.elapsed();
}
