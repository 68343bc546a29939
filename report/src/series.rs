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
    /// Requests that reached the origin in each step.
    pub origin: Vec<u64>,
    /// Of those, requests of attacks.
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
}
