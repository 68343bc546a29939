//! What is to be true of all exchanges together.

use std::collections::BTreeMap;
use std::fmt;

use super::at::At;
use super::count::Count;
use super::judge::Judge;
use super::quantity::{ShownSize, Size};
use super::step::{Step, TotalBudget};
use crate::host::HostStats;
use crate::usage::Usage;
use crate::world::World;

/// Judges all that a step says of everything so far.
pub(super) fn judge(judge: &mut Judge<'_>, step: &Step, world: &mut World, at_start: Usage, exchanges: u64) {
    metrics(judge, &step.metrics, &world.stats());
    for (key, matcher) in &step.shared_data {
        let value = world.host().shared_data(key);
        let values: Vec<&[u8]> = value.iter().map(Vec::as_slice).collect();
        judge.values(matcher.place, &format!("shared data {key}"), matcher, &values);
    }
    if let Some(log) = &step.log {
        judge.lines(log.place, "log", log, &world.log());
    }
    if let Some(limits) = &step.budget {
        let usage = world.usage() - at_start;
        budget(judge, limits, world, usage, exchanges);
    }
}

fn metrics(judge: &mut Judge<'_>, expected: &BTreeMap<String, At<Count>>, stats: &HostStats) {
    if expected.is_empty() {
        return;
    }
    let metrics = stats.metrics();
    for (name, count) in expected {
        let found: Vec<i64> = metrics
            .iter()
            .filter(|(other, _)| is_like(name, other))
            .map(|(_, value)| *value)
            .collect();
        let what = format!("metric {name}");
        if found.is_empty() {
            let names: Vec<&str> = metrics.iter().map(|(name, _)| name.as_str()).collect();
            let names = if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            };
            judge.mismatch(
                count.place,
                &what,
                &count.value,
                &format_args!("not defined; there are: {names}"),
            );
            continue;
        }
        let sum = found.into_iter().fold(0, i64::saturating_add);
        if !count.holds(sum) {
            judge.mismatch(count.place, &what, &count.value, &sum);
        }
    }
}

/// Whether a name is like a pattern in which `*` stands for any part.
fn is_like(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| is_like(after, &rest[at..]))
        }),
    }
}

pub(super) fn budget(
    judge: &mut Judge<'_>,
    budget: &TotalBudget,
    world: &mut World,
    usage: Usage,
    exchanges: u64,
) {
    let stats = world.stats();
    let memory = world
        .host()
        .vms()
        .map(|vm| vm.stats().memory_bytes())
        .max()
        .unwrap_or_default();
    let (keys, bytes) = stats.shared_data_size();
    sizes(judge, budget.memory.as_ref(), "memory", memory);
    judge.at_most(budget.shared_keys.as_ref(), "shared keys", keys as u64);
    sizes(judge, budget.shared_bytes.as_ref(), "shared bytes", bytes as u64);
    if budget.metrics.is_some() {
        judge.at_most(budget.metrics.as_ref(), "metrics", stats.metrics().len() as u64);
    }
    judge.at_most(budget.traps.as_ref(), "traps", stats.traps());
    means(
        judge,
        budget.host_calls_per_exchange.as_ref(),
        "host calls per exchange",
        usage.host_calls,
        exchanges,
    );
    means(
        judge,
        budget.callbacks_per_exchange.as_ref(),
        "callbacks per exchange",
        usage.callbacks,
        exchanges,
    );
    means(
        judge,
        budget.guest_allocations_per_exchange.as_ref(),
        "guest allocations per exchange",
        usage.guest_allocations,
        exchanges,
    );
    means(
        judge,
        budget.fuel_per_exchange.as_ref(),
        "fuel per exchange",
        usage.fuel,
        exchanges,
    );
}

fn sizes(judge: &mut Judge<'_>, limit: Option<&At<Size>>, what: &str, actual: u64) {
    if let Some(limit) = limit.filter(|limit| actual > limit.value.0) {
        let limit_ = ShownSize(limit.value.0);
        judge.mismatch(
            limit.place,
            what,
            &format_args!("at most {limit_}"),
            &ShownSize(actual),
        );
    }
}

#[allow(clippy::cast_precision_loss, reason = "a mean need not be exact beyond 2^53")]
fn means(judge: &mut Judge<'_>, limit: Option<&At<f64>>, what: &str, sum: u64, exchanges: u64) {
    let mean = sum as f64 / exchanges.max(1) as f64;
    if let Some(limit) = limit.filter(|limit| mean > limit.value) {
        judge.mismatch(
            limit.place,
            what,
            &format_args!("at most {}", limit.value),
            &Mean(mean),
        );
    }
}

struct Mean(f64);

impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", (self.0 * 1000.0).round() / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_name() {
        for (pattern, name) in [
            ("a", "a"),
            ("a.*", "a.b.c"),
            ("*", ""),
            ("*.b", "a.b"),
            ("a.*.c", "a.b.c"),
        ] {
            assert!(is_like(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "ab"), ("a.*", "a"), ("a.*.c", "a.b.d")] {
            assert!(!is_like(pattern, name), "{pattern} {name}");
        }
    }
}
