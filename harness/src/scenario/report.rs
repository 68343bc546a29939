//! What came of playing scenarios.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::at::Place;

/// What came of playing some files.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The files, in the order in which they were given.
    pub files: Vec<FileReport>,
}

/// What came of playing a file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// Its scenarios, in order, on each profile that they are played on.
    pub scenarios: Vec<Played>,
}

/// What came of playing a scenario on one profile, with all its seeds.
#[derive(Clone, Debug, Serialize)]
pub struct Played {
    /// The scenario's name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// The profile it was played on.
    pub profile: String,
    /// The seeds it was played with, in order.
    pub seeds: Vec<u64>,
    /// Why it was not played, if it was not.
    pub skipped: Option<String>,
    /// Seeds with which it failed, in order.
    pub failed_seeds: Vec<u64>,
    /// What went wrong with the first of those; empty if it passed.
    pub failures: Vec<Failure>,
    /// Exchanges with all seeds together.
    pub exchanges: u64,
    /// How much time passed in it with its first seed, in its own time.
    #[serde(rename = "virtual_seconds", serialize_with = "seconds")]
    pub passed: Duration,
    /// How long it took to play it, with all seeds together.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub took: Duration,
}

/// A step, or the beginning, of which something was not as it was to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Where the step is written.
    pub place: Place,
    /// The step, from 1; 0 is the beginning.
    pub step: usize,
    /// What it shows, if it says so.
    pub name: Option<String>,
    /// What happened in it: the first exchange that failed, or otherwise what it waited for.
    pub happened: String,
    /// Exchanges of the step that were not as they were to be.
    pub failed_exchanges: u64,
    /// All exchanges of the step.
    pub exchanges: u64,
    /// What was not as it was to be.
    pub mismatches: Vec<Mismatch>,
    /// What the filter logged meanwhile.
    pub log: Vec<String>,
}

/// Something that was not as it was to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Where it is written what was expected.
    pub place: Place,
    /// What it is about, such as `status` or `header location`.
    pub what: String,
    /// What was expected, in words.
    pub expected: String,
    /// What was there instead.
    pub actual: String,
}

impl Played {
    /// Whether all was as it was to be, or nothing was played.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Report {
    /// All scenarios with their files, in order.
    pub fn scenarios(&self) -> impl Iterator<Item = (&FileReport, &Played)> {
        self.files
            .iter()
            .flat_map(|file| file.scenarios.iter().map(move |played| (file, played)))
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.scenarios().all(|(_, played)| played.passed())
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}
