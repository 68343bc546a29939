//! What is found, for programs.

use crate::{Findings, Run};
use serde_json::Value;

/// Most steps that a run's series keeps: four runs stay well below a megabyte, pretty-printed too.
const MAX_STEPS: usize = 500;

/// All of it as JSON: the figures of the run with the filter at the top, those of the baselines by their names in `baselines`.
///
/// Series are [condensed](crate::Series::condensed), so that it stays small.
///
/// # Errors
///
/// None that is known: every field of the findings has a form in JSON.
pub fn value(findings: &Findings) -> serde_json::Result<Value> {
    let mut findings = findings.clone();
    condense(&mut findings.run);
    findings.baselines.values_mut().for_each(condense);
    serde_json::to_value(findings)
}

fn condense(run: &mut Run) {
    run.series = run.series.condensed(MAX_STEPS);
}
