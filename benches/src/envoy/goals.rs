//! What Levee is meant to cost in Envoy.

use super::footprint::Footprint;
use crate::{
    figures::Figures,
    goal::{Bound, Goal},
};

/// The goals, held against the figures of a session; a row that was left out leaves its goal open.
#[must_use]
pub fn of_rows(figures: &[Figures]) -> Vec<Goal> {
    let added = |name: &str| {
        let row = figures.iter().find(|row| row.name == name)?;
        Some(row.added_us)
    };
    let at_most = |name: &str, what: &str, most: f64, aim: Option<f64>| {
        Goal::new(
            format!("us added to {what}"),
            added(name),
            Bound::AtMost(most),
            aim,
        )
    };
    let over = |name: &str, other: &str| Some(added(name)? - added(other)?);
    let cost = |name: &str| {
        let row = figures.iter().find(|row| row.name == name)?;
        Some(row.us)
    };
    vec![
        at_most(
            "admit_clearance",
            "a request that is admitted with a clearance",
            6.0,
            Some(5.0),
        ),
        at_most(
            "admit_free_lane",
            "a request that is admitted in the free lane",
            6.0,
            None,
        ),
        at_most("refuse_quota", "a request that is refused by quota", 5.5, None),
        at_most(
            "challenge_page",
            "a request that is answered with the challenge page",
            7.0,
            None,
        ),
        at_most("redeem", "a redemption of 32 sub-puzzles", 35.0, None),
        Goal::new(
            "us that observing a request that is admitted takes more than admitting it".to_owned(),
            over("observe", "admit_clearance"),
            Bound::AtMost(0.0),
            None,
        ),
        Goal::new(
            "us that observing a refusal takes more than refusing".to_owned(),
            over("observe_refusal", "refuse_quota"),
            Bound::AtMost(0.0),
            None,
        ),
        Goal::new(
            "us that 1,000 rules take more than 10".to_owned(),
            over("rules_1000", "rules_10"),
            Bound::AtMost(1.0),
            None,
        ),
        Goal::new(
            "times the cost of 1,000 clients, with 1,000,000".to_owned(),
            cost("admit_clearance")
                .zip(cost("admit_clearance_1k"))
                .map(|(many, few)| many / few),
            Bound::AtMost(1.1),
            None,
        ),
    ]
}

/// The same for what it takes before the first request, and for the size of the module, in bytes.
#[must_use]
pub fn of_footprint(footprint: &Footprint, raw: usize, gzip: usize) -> Vec<Goal> {
    let kilobytes = |bytes: usize| Some(bytes as f64 / 1_000.0);
    vec![
        Goal::new(
            "bytes of memory for each client that the ledger has room for".to_owned(),
            Some(footprint.bytes_per_client),
            Bound::AtMost(32.0),
            None,
        ),
        Goal::new(
            "s that Envoy starts later".to_owned(),
            Some(footprint.start_seconds),
            Bound::AtMost(0.25),
            None,
        ),
        Goal::new(
            "KB of module".to_owned(),
            kilobytes(raw),
            Bound::AtMost(200.0),
            None,
        ),
        Goal::new(
            "KB of module, compressed".to_owned(),
            kilobytes(gzip),
            Bound::AtMost(80.0),
            None,
        ),
    ]
}
