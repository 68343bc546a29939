//! What a scenario promises, and whether it was kept.

use crate::Text;
use serde::{Deserialize, Serialize};

/// Which promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The least share of patients who are served, in per cent.
    PatientsServed,
    /// The least share of payments whose report is answered, in per cent.
    PaymentsServed,
    /// The least share of the errands of apps that are done, in per cent.
    AppErrandsServed,
    /// The most requests of attacks that reach the origin, in per cent of what may ([`flood_allowance`](crate::Figures::flood_allowance)).
    FloodAtOrigin,
    /// The most challenges that people meet while there is no attack.
    ChallengesToPeopleQuiet,
    /// The most delay of 95 of a hundred people, in seconds.
    DelayP95,
    /// The most requests that reach the origin within a second.
    OriginPeak,
    /// The least share of patients who are served without meeting a challenge, in per cent.
    PatientsUnchallenged,
    /// The most people who are passed over in the line.
    PeoplePassedOver,
}

impl Bound {
    /// Whether it is the least that is promised, and not the most.
    #[must_use]
    pub const fn is_least(self) -> bool {
        match self {
            Self::PatientsServed
            | Self::PaymentsServed
            | Self::AppErrandsServed
            | Self::PatientsUnchallenged => true,
            Self::FloodAtOrigin
            | Self::ChallengesToPeopleQuiet
            | Self::DelayP95
            | Self::OriginPeak
            | Self::PeoplePassedOver => false,
        }
    }
}

/// A promise, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Which one.
    pub bound: Bound,
    /// The limit, in the bound's unit.
    pub limit: f64,
    /// What was seen.
    pub seen: f64,
    /// Whether it was kept.
    pub held: bool,
    /// What to change, when it was missed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<Text>,
}
