//! The course of time: counts for each step, and the busiest second.

use levee_report::{Series, Verdict};
use std::{collections::BTreeMap, time::Duration};

/// Most steps of a course.
const MOST_STEPS: u64 = 3_600;

/// Samples of work that are kept for each step.
const SAMPLES: usize = 32;

/// What happened when.
#[derive(Clone, Debug)]
pub(super) struct Course {
    step: Duration,
    steps: usize,
    verdicts: BTreeMap<Verdict, Vec<u64>>,
    flood: Vec<u64>,
    origin: Vec<u64>,
    origin_flood: Vec<u64>,
    origin_failed: Vec<u64>,
    came: Vec<u64>,
    served: Vec<u64>,
    lost: Vec<u64>,
    work: BTreeMap<usize, Vec<u64>>,
    /// Requests at the origin in each second.
    seconds: Vec<u32>,
}

impl Course {
    pub(super) fn of(length: Duration) -> Self {
        let step = Duration::from_secs(length.as_secs().div_ceil(MOST_STEPS).max(1));
        let steps = length.as_secs().div_ceil(step.as_secs()).max(1) as usize;
        let none = vec![0; steps];
        Self {
            step,
            steps,
            verdicts: BTreeMap::new(),
            flood: none.clone(),
            origin: none.clone(),
            origin_flood: none.clone(),
            origin_failed: none.clone(),
            came: none.clone(),
            served: none.clone(),
            lost: none,
            work: BTreeMap::new(),
            seconds: vec![0; length.as_secs() as usize + 1],
        }
    }

    /// The step of a time; what comes behind the end belongs to the last.
    fn at(&self, now: Duration) -> usize {
        ((now.as_secs() / self.step.as_secs()) as usize).min(self.steps - 1)
    }

    pub(super) fn answered(&mut self, is_flood: bool, verdict: Verdict, now: Duration) {
        let (step, steps) = (self.at(now), self.steps);
        if is_flood {
            count(&mut self.flood, step);
        }
        let column = self.verdicts.entry(verdict).or_insert_with(|| vec![0; steps]);
        count(column, step);
    }

    pub(super) fn at_origin(&mut self, is_flood: bool, well: bool, now: Duration) {
        let step = self.at(now);
        count(&mut self.origin, step);
        if is_flood {
            count(&mut self.origin_flood, step);
        }
        if !well {
            count(&mut self.origin_failed, step);
        }
        let second = (now.as_secs() as usize).min(self.seconds.len().saturating_sub(1));
        if let Some(second) = self.seconds.get_mut(second) {
            *second += 1;
        }
    }

    pub(super) fn patient_came(&mut self, now: Duration) {
        let step = self.at(now);
        count(&mut self.came, step);
    }

    pub(super) fn patient_left(&mut self, served: bool, now: Duration) {
        let step = self.at(now);
        count(if served { &mut self.served } else { &mut self.lost }, step);
    }

    pub(super) fn work_asked(&mut self, work: u64, now: Duration) {
        let step = self.at(now);
        let samples = self.work.entry(step).or_default();
        if samples.len() < SAMPLES {
            samples.push(work);
        }
    }

    pub(super) fn origin_peak(&self) -> u64 {
        self.seconds.iter().copied().max().unwrap_or_default().into()
    }

    pub(super) fn add(&mut self, other: Self) {
        for (verdict, column) in other.verdicts {
            let steps = self.steps;
            add(
                self.verdicts.entry(verdict).or_insert_with(|| vec![0; steps]),
                &column,
            );
        }
        add(&mut self.flood, &other.flood);
        add(&mut self.origin, &other.origin);
        add(&mut self.origin_flood, &other.origin_flood);
        add(&mut self.origin_failed, &other.origin_failed);
        add(&mut self.came, &other.came);
        add(&mut self.served, &other.served);
        add(&mut self.lost, &other.lost);
        for (step, samples) in other.work {
            self.work.entry(step).or_default().extend(samples);
        }
        for (mine, more) in self.seconds.iter_mut().zip(&other.seconds) {
            *mine += more;
        }
    }

    pub(super) fn series(self) -> Series {
        Series {
            step_seconds: self.step.as_secs_f64(),
            verdicts: self.verdicts,
            flood: self.flood,
            origin: self.origin,
            origin_flood: self.origin_flood,
            origin_failed: self.origin_failed,
            patients_arrived: from_the_beginning(&self.came),
            patients_served: from_the_beginning(&self.served),
            patients_lost: from_the_beginning(&self.lost),
            work_asked: (0..self.steps)
                .map(|step| self.work.get(&step).and_then(|samples| median(samples)))
                .collect(),
        }
    }
}

fn count(column: &mut [u64], step: usize) {
    if let Some(count) = column.get_mut(step) {
        *count += 1;
    }
}

fn add(column: &mut [u64], more: &[u64]) {
    for (mine, more) in column.iter_mut().zip(more) {
        *mine += more;
    }
}

fn from_the_beginning(counts: &[u64]) -> Vec<u64> {
    counts
        .iter()
        .scan(0, |all, count| {
            *all += count;
            Some(*all)
        })
        .collect()
}

fn median(samples: &[u64]) -> Option<u64> {
    let mut samples = samples.to_vec();
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied()
}
