//! What is written to the log about requests that are not forwarded: one JSON line each, fewer under a flood.

use crate::{
    quota::{Outcome, Quota, at_least_one},
    time::Timestamp,
    token::TokenError,
    verdict::{Decision, Verdict},
};
use serde::Serialize;

/// Ten lines a second are written while a flood goes on, and a hundred before any are left out.
const LINES: Quota = Quota::new(at_least_one(10), at_least_one(1), at_least_one(100));

/// Chooses which refusals are written, so that a flood of requests is not answered with a flood of lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sampler {
    arrival: Option<Timestamp>,
    left_out: u64,
    left_out_in_all: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    verdict: &'static str,
    reason: &'static str,
    rule: &'a str,
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    observed: bool,
    support_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_clearance: Option<&'static str>,
    /// Refusals since the line before this one that were not written.
    left_out: u64,
}

impl Sampler {
    /// Refusals that were not written since this was last asked.
    pub const fn take_left_out(&mut self) -> u64 {
        core::mem::replace(&mut self.left_out_in_all, 0)
    }

    /// The line about `decision`, if it is to be written: only what was not forwarded or served is, and only while there
    /// are not too many.
    pub fn line(&mut self, decision: &Decision<'_>, now: Timestamp) -> Option<String> {
        if matches!(decision.verdict(), Verdict::Forward | Verdict::Serve) {
            return None;
        }
        let Outcome::Granted { arrival, .. } = LINES.take(self.arrival, 1, now) else {
            self.left_out = self.left_out.saturating_add(1);
            self.left_out_in_all = self.left_out_in_all.saturating_add(1);
            return None;
        };
        self.arrival = Some(arrival);
        let line = Line {
            verdict: decision.verdict().as_str(),
            reason: decision.reason.as_str(),
            rule: &decision.rule.name,
            observed: decision.is_observed,
            support_id: &decision.support_id,
            refused_clearance: decision.refused_clearance.map(TokenError::as_str),
            left_out: core::mem::take(&mut self.left_out),
        };
        serde_json::to_string(&line).ok()
    }
}
