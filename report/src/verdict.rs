//! What became of a request, as its client sees it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What became of a request, as its client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The site has answered.
    Forwarded,
    /// Work is asked for, or a wait in its place.
    Challenge,
    /// More than its quota.
    OverQuota,
    /// A place in the waiting line.
    InLine,
    /// The filter's own answer to one of its endpoints: a clearance was granted, a script was served.
    Served,
    /// Turned away for good.
    Refused,
    /// The site, or what stands before it, could not answer.
    Failed,
}

impl Verdict {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Forwarded,
        Self::Challenge,
        Self::OverQuota,
        Self::InLine,
        Self::Served,
        Self::Refused,
        Self::Failed,
    ];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::Challenge => "challenge",
            Self::OverQuota => "over_quota",
            Self::InLine => "in_line",
            Self::Served => "served",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// How many requests met each verdict; one that none met may be missing.
pub type ByVerdict = BTreeMap<Verdict, u64>;
