//! Which stretches of time are shown: all of it, and each attack larger.

use crate::{Attack, Findings};
use std::ops::Range;

/// Most points of a line: a point for each pixel or two of a chart.
const MAX_POINTS: usize = 300;

/// Most attacks that are shown larger: more would be a page of charts that nobody compares.
pub(crate) const MAX_ATTACKS: usize = 4;

/// What is shown before and after an attack, as a part of its length.
const MARGIN: f64 = 0.25;

/// Attacks are shown larger if they take less than this part of the whole.
const SHORT: f64 = 0.5;

/// A stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    /// From when on, in seconds.
    pub(crate) from: f64,
    /// Until when.
    pub(crate) until: f64,
    /// Its steps.
    pub(crate) steps: Range<usize>,
    /// How many steps share a point.
    pub(crate) steps_per_point: usize,
    /// The attacks that it is about, by their places in the findings; none for the whole.
    pub(crate) attacks: Vec<usize>,
}

/// The whole first, then the attacks in the order of time where they are short; those that come close to each other share one.
pub(crate) fn windows(findings: &Findings) -> Vec<Window> {
    let series = &findings.run.series;
    let whole = (series.len() as f64 * series.step_seconds).max(findings.seconds);
    if series.is_empty() || !(whole > 0.0 && series.step_seconds > 0.0 && whole.is_finite()) {
        return Vec::new();
    }
    let mut stretches: Vec<(f64, f64, Vec<usize>)> = Vec::new();
    for (index, from, until) in largest(&findings.attacks, whole) {
        match stretches.last_mut() {
            Some(last) if from <= last.1 => {
                last.1 = last.1.max(until);
                last.2.push(index);
            }
            _ => stretches.push((from, until, vec![index])),
        }
    }
    stretches.retain(|(from, until, _)| until - from < whole * SHORT);
    std::iter::once((0.0, whole, Vec::new()))
        .chain(stretches)
        .map(|(from, until, attacks)| window(from, until, attacks, series.step_seconds, series.len()))
        .filter(|window| !window.steps.is_empty())
        .collect()
}

/// The attacks with the most requests in the order of time: which, and from when until when they are shown.
fn largest(attacks: &[Attack], whole: f64) -> Vec<(usize, f64, f64)> {
    let mut order: Vec<usize> = (0..attacks.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(attacks.get(*index).map(|attack| attack.requests)));
    order.truncate(MAX_ATTACKS);
    let mut shown: Vec<(usize, f64, f64)> = order
        .into_iter()
        .filter_map(|index| {
            let attack = attacks.get(index)?;
            let margin = (attack.until - attack.from) * MARGIN;
            let (from, until) = (
                (attack.from - margin).max(0.0),
                (attack.until + margin).min(whole),
            );
            (until > from).then_some((index, from, until))
        })
        .collect();
    shown.sort_by(|one, other| one.1.total_cmp(&other.1));
    shown
}

fn window(from: f64, until: f64, attacks: Vec<usize>, step_seconds: f64, len: usize) -> Window {
    let first = ((from / step_seconds).floor() as usize).min(len);
    let end = ((until / step_seconds).ceil() as usize).min(len);
    Window {
        from,
        until,
        steps: first..end,
        steps_per_point: (end - first).div_ceil(MAX_POINTS).max(1),
        attacks,
    }
}
