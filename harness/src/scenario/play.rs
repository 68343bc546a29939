//! Playing files of scenarios, several at a time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::at::{At, Place};
use super::profiles::ProfileChoice;
use super::read::File;
use super::report::{Failure, FileReport, Played, Report};
use super::run::{Run, run};
use super::setting::{Scenario, Setting};
use super::stage::Stage;
use crate::module::{LoadError, Metering, Module, read_module};

/// What to play, and how.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The module, whatever the files name.
    pub module: Option<PathBuf>,
    /// The profile, whatever the files name.
    pub profile: Option<ProfileChoice>,
    /// The seed, whatever the files name.
    pub seed: Option<u64>,
    /// Only scenarios whose names contain this text.
    pub filter: Option<String>,
    /// How many are played at a time; 0 is taken for 1.
    pub jobs: usize,
}

/// Why scenarios cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlayError {
    /// No file names a module, and neither does the choice.
    #[error("{path}:{place}: there is no module: name one with `module:` in the file, or with --module")]
    NoModule {
        /// The file.
        path: String,
        /// The scenario.
        place: Place,
    },
    /// A module cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No name of a scenario contains the text.
    #[error("no scenario has \"{0}\" in its name")]
    Nothing(String),
    /// A file cannot be read that a scenario names.
    #[error("{path}:{place}: {message}")]
    Scenario {
        /// The file.
        path: String,
        /// The scenario.
        place: Place,
        /// What is wrong.
        message: String,
    },
}

/// A scenario on one profile with one seed.
struct Item<'a> {
    scenario: &'a At<Scenario>,
    setting: Setting<'a>,
    folder: &'a Path,
    module: (PathBuf, Metering),
    profile: ProfileChoice,
    seed: u64,
    /// File, and scenario on a profile in it.
    part: (usize, usize),
}

/// Plays what was chosen of the files. `progress` is told after each run how many are done, and of how many.
///
/// The report is in the order of the files, and but for the time that it took, it is the same whenever the same is played.
///
/// # Errors
/// [`PlayError`], when a module or another file cannot be loaded, or nothing was chosen.
pub fn play(
    files: &[File],
    choice: &Choice,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report, PlayError> {
    let mut report = Report::default();
    let mut items = Vec::new();
    for (nth, file) in files.iter().enumerate() {
        let scenarios = list(file, nth, choice, &mut items)?;
        report.files.push(FileReport {
            path: file.path().to_owned(),
            scenarios,
        });
    }
    if let (true, Some(filter)) = (report.scenarios().next().is_none(), &choice.filter) {
        return Err(PlayError::Nothing(filter.clone()));
    }
    let mut modules = HashMap::new();
    for item in &items {
        if !modules.contains_key(&item.module) {
            let (path, metering) = &item.module;
            modules.insert(
                item.module.clone(),
                Module::compile(&read_module(path)?, *metering)?,
            );
        }
    }
    for (item, result) in items
        .iter()
        .zip(play_all(&items, &modules, choice.jobs, progress))
    {
        let (file, nth) = item.part;
        let (run, took) = result;
        let run = run.map_err(|message| PlayError::Scenario {
            path: report.files[file].path.display().to_string(),
            place: item.scenario.place,
            message,
        })?;
        enter(&mut report.files[file].scenarios[nth], item.seed, run, took);
    }
    Ok(report)
}

/// What is to be played of a file.
fn list<'a>(
    file: &'a File,
    number: usize,
    choice: &Choice,
    items: &mut Vec<Item<'a>>,
) -> Result<Vec<Played>, PlayError> {
    let mut listed = Vec::new();
    let chosen = |scenario: &&At<Scenario>| {
        choice
            .filter
            .as_ref()
            .is_none_or(|filter| scenario.name.contains(filter))
    };
    for scenario in file.root.scenarios.iter().filter(chosen) {
        let setting = Setting::of(&file.root, scenario);
        let own = choice
            .profile
            .as_ref()
            .or_else(|| setting.profile.map(|profile| &profile.value));
        let profiles = match (own, setting.profiles) {
            (Some(profile), _) => vec![profile.clone()],
            (None, Some(profiles)) => profiles.value.clone(),
            (None, None) => vec![ProfileChoice::default()],
        };
        let seeds = match (choice.seed, setting.seed, setting.seeds) {
            (Some(seed), ..) => vec![seed],
            (None, Some(seed), _) => vec![seed.value],
            (None, None, Some(seeds)) => seeds.0.clone(),
            (None, None, None) => vec![0],
        };
        let module = match (&choice.module, setting.module) {
            (Some(module), _) => module.clone(),
            (None, Some(module)) => file.folder.join(module),
            (None, None) => {
                return Err(PlayError::NoModule {
                    path: file.path().display().to_string(),
                    place: scenario.place,
                });
            }
        };
        let metering = if scenario.wants_fuel() {
            Metering::Fuel
        } else {
            Metering::Off
        };
        for profile in profiles {
            if scenario.skip.is_none() {
                items.extend(seeds.iter().map(|seed| Item {
                    scenario,
                    setting,
                    folder: &file.folder,
                    module: (module.clone(), metering),
                    profile: profile.clone(),
                    seed: *seed,
                    part: (number, listed.len()),
                }));
            }
            listed.push(Played {
                name: scenario.name.clone(),
                place: scenario.place,
                profile: profile.name,
                seeds: seeds.clone(),
                skipped: scenario.skip.clone(),
                failed_seeds: Vec::new(),
                failures: Vec::new(),
                exchanges: 0,
                passed: Duration::ZERO,
                took: Duration::ZERO,
            });
        }
    }
    Ok(listed)
}

type Outcome = (Result<Run, String>, Duration);

fn play_all(
    items: &[Item<'_>],
    modules: &HashMap<(PathBuf, Metering), Module>,
    jobs: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Outcome> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let outcomes: Mutex<Vec<Option<Outcome>>> = Mutex::new(items.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(nth) else { break };
                    let Some(module) = modules.get(&item.module) else {
                        break;
                    };
                    let begin = Instant::now();
                    let outcome = run(item.scenario, item.stage(module));
                    let mut outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                    outcomes[nth] = Some((outcome, begin.elapsed()));
                    drop(outcomes);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, items.len());
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.into_iter().flatten().collect()
}

impl<'a> Item<'a> {
    fn stage(&self, module: &Module) -> Stage<'a> {
        let (path, _) = &self.module;
        Stage {
            setting: self.setting,
            folder: self.folder,
            module: module.clone(),
            plugin: path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default(),
            profile: self.profile.profile,
            seed: self.seed,
        }
    }
}

/// Enters a run of one seed. Of several that failed, the first is told in full.
fn enter(played: &mut Played, seed: u64, run: Run, took: Duration) {
    let Run {
        failures,
        exchanges,
        passed,
    } = run;
    if played.exchanges == 0 && played.failed_seeds.is_empty() {
        played.passed = passed;
    }
    played.exchanges += exchanges;
    played.took += took;
    if !failures.is_empty() {
        if played.failed_seeds.is_empty() {
            played.failures = shortened(failures);
        }
        played.failed_seeds.push(seed);
    }
}

/// Most steps of a scenario that are told.
const MAX_FAILURES: usize = 10;

fn shortened(mut failures: Vec<Failure>) -> Vec<Failure> {
    failures.truncate(MAX_FAILURES);
    failures
}

impl Scenario {
    fn wants_fuel(&self) -> bool {
        self.steps.iter().any(|step| {
            let each = step.expect.as_ref().and_then(|expect| expect.budget.as_ref());
            each.is_some_and(|budget| budget.fuel.is_some())
                || step
                    .budget
                    .as_ref()
                    .is_some_and(|budget| budget.fuel_per_exchange.is_some())
        })
    }
}
