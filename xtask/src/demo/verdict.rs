//! What became of a request of an attack.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What became of a request, as its sender can tell; `levee rehearse` tells it by these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The origin has answered.
    Forwarded,
    /// The filter has answered: a solution was redeemed.
    Served,
    /// Asked for a clearance first.
    Challenge,
    /// Over a quota.
    OverQuota,
    /// Told to wait in the line.
    InLine,
    /// Refused without a challenge.
    Refused,
    /// No answer, or none that helps.
    Failed,
}

impl Verdict {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 7] = [
        Self::Forwarded,
        Self::Served,
        Self::Challenge,
        Self::OverQuota,
        Self::InLine,
        Self::Refused,
        Self::Failed,
    ];
}

/// How many requests met each verdict.
pub(crate) type ByVerdict = BTreeMap<Verdict, u64>;
