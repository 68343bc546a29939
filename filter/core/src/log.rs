//! What is written to the log about requests that are not forwarded: one JSON line each, fewer under a flood.

use crate::{
    quota::{Outcome, Quota, at_least_one},
    time::Timestamp,
    token::TokenError,
    verdict::{Decision, Verdict},
};
use core::num::NonZeroU32;
use serde::Serialize;

/// Lines a second that are written while a flood goes on.
const LINES_PER_SECOND: NonZeroU32 = at_least_one(10);

/// Lines that are written before any are left out.
const BURST: NonZeroU32 = at_least_one(100);

/// Chooses which refusals are written, so that a flood of requests is not answered with a flood of lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sampler {
    arrival: Option<Timestamp>,
    left_out: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    verdict: &'static str,
    reason: &'static str,
    rule: &'a str,
    support_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_clearance: Option<&'static str>,
    /// Refusals since the line before this one that were not written.
    left_out: u64,
}

impl Sampler {
    /// The line about `decision`, if it is to be written: only what was not forwarded or served is, and only while there
    /// are not too many.
    pub fn line(&mut self, decision: &Decision<'_>, now: Timestamp) -> Option<String> {
        if matches!(decision.verdict(), Verdict::Forward | Verdict::Serve) {
            return None;
        }
        let Outcome::Granted { arrival, .. } =
            Quota::new(LINES_PER_SECOND, NonZeroU32::MIN, BURST).take(self.arrival, 1, now)
        else {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        };
        self.arrival = Some(arrival);
        let line = Line {
            verdict: decision.verdict().as_str(),
            reason: decision.reason.as_str(),
            rule: decision.rule,
            support_id: &decision.support_id,
            refused_clearance: decision.refused_clearance.map(TokenError::as_str),
            left_out: core::mem::take(&mut self.left_out),
        };
        serde_json::to_string(&line).ok()
    }
}
