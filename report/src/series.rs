//! How it went in the course of time.

use crate::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Figures for one step of time after the other, all columns of the same length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// How long a step is, in seconds.
    pub step_seconds: f64,
    /// Requests of everybody in each step, by what became of them; a verdict that none met has no column.
    pub verdicts: BTreeMap<Verdict, Vec<u64>>,
    /// Of those, requests of attacks.
    pub flood: Vec<u64>,
    /// Requests that reached the origin in each step.
    pub origin: Vec<u64>,
    /// Of those that reached the origin, requests of attacks.
    pub origin_flood: Vec<u64>,
    /// Requests in each step that the origin could not answer: refused, or too late.
    pub origin_failed: Vec<u64>,
    /// Patients who arrived until the end of each step, from the beginning on.
    pub patients_arrived: Vec<u64>,
    /// Patients who had what they came for at the end of each step.
    pub patients_served: Vec<u64>,
    /// Patients who had given up at the end of each step. Who is neither is still waiting.
    pub patients_lost: Vec<u64>,
    /// The median work of the challenges of each step, in expected hashes; `None` where there were none.
    pub work_asked: Vec<Option<u64>>,
}

impl Series {
    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.origin.len()
    }

    /// Whether there is no step at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.origin.is_empty()
    }

    /// The same in no more than so many steps, each as long as several of these: their requests are added up, patients are those
    /// at the end, and the work is the highest of the medians. As it is, if it is short enough already.
    #[must_use]
    pub fn condensed(&self, max_steps: usize) -> Self {
        let several = self.len().div_ceil(max_steps.max(1)).max(1);
        let sum = |column: &[u64]| column.chunks(several).map(sum).collect();
        let last = |column: &[u64]| {
            column
                .chunks(several)
                .filter_map(|steps| steps.last().copied())
                .collect()
        };
        Self {
            step_seconds: self.step_seconds * several as f64,
            verdicts: self
                .verdicts
                .iter()
                .map(|(verdict, column)| (*verdict, sum(column)))
                .collect(),
            flood: sum(&self.flood),
            origin: sum(&self.origin),
            origin_flood: sum(&self.origin_flood),
            origin_failed: sum(&self.origin_failed),
            patients_arrived: last(&self.patients_arrived),
            patients_served: last(&self.patients_served),
            patients_lost: last(&self.patients_lost),
            work_asked: self
                .work_asked
                .chunks(several)
                .map(|steps| steps.iter().copied().flatten().max())
                .collect(),
        }
    }
}

/// All of them together. Who counts beyond the range of numbers is told the end of it.
pub(crate) fn sum(steps: &[u64]) -> u64 {
    steps.iter().fold(0, |sum, step| sum.saturating_add(*step))
}
