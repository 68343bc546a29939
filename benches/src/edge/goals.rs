//! What Levee is meant to cost at the edge.

use crate::{
    figures::Figures,
    goal::{Bound, Goal},
};

/// The goals, held against the figures of a session; a row that was left out leaves its goal open.
#[must_use]
pub fn goals(figures: &[Figures]) -> Vec<Goal> {
    let ratio = |name: &str| {
        let row = figures.iter().find(|row| row.name == name)?;
        Some(row.ratio)
    };
    let at_least = |name: &str, what: &str, least: f64| {
        let what = format!("times the rate of a Worker that passes everything through, {what}");
        Goal::new(what, ratio(name), Bound::AtLeast(least), None)
    };
    vec![
        at_least("admit_clearance", "admitting with a clearance", 0.8),
        at_least("refuse_quota", "refusing by quota", 0.9),
    ]
}
