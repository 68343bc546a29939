//! A visit that is over, for whoever wants to know of each.

use crate::client::{Account, Arrival, Kind};
use serde::Serialize;
use std::time::Duration;

/// A visit that is over. Times are seconds since the beginning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Visit {
    /// Who it was.
    pub kind: Kind,
    /// Their number among all who come.
    pub nth: u64,
    /// When they came.
    pub came: f64,
    /// When they left.
    pub left: f64,
    /// Whether they had what they came for.
    pub served: bool,
    /// Why not, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gave_up: Option<String>,
    /// Challenges that they met.
    pub challenges: u32,
    /// Whether they stood in line.
    pub stood_in_line: bool,
    /// Seconds that it took beyond thinking.
    pub delay: f64,
    /// Seconds that their device worked.
    pub work: f64,
    /// The last form that they sent, as `application/x-www-form-urlencoded`.
    pub form: String,
    /// The last page of the site that they saw; bytes that are not UTF-8 are replaced.
    pub page: String,
}

impl Visit {
    pub(super) fn new(arrival: &Arrival, account: Account, came: Duration, left: Duration) -> Self {
        Self {
            kind: arrival.kind(),
            nth: arrival.nth,
            came: came.as_secs_f64(),
            left: left.as_secs_f64(),
            served: account.served,
            gave_up: account.gave_up.map(|why| why.to_string()),
            challenges: account.challenges,
            stood_in_line: account.stood_in_line,
            delay: account.delay.as_secs_f64(),
            work: account.work.as_secs_f64(),
            form: account.last_form,
            page: String::from_utf8_lossy(&account.last_page).into_owned(),
        }
    }
}
