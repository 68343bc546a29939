//! The figures of one run: the fields that are the same for Levee and for every baseline.

use crate::ByVerdict;
use serde::{Deserialize, Serialize};

/// How something is spread over people: seconds, by nearest rank. All zero when there was nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Of the one in the middle.
    pub p50: f64,
    /// Of the one who is worse off than 95 of a hundred.
    pub p95: f64,
    /// Of the one who is worst off.
    pub most: f64,
}

/// The figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Requests of everybody.
    pub requests: u64,
    /// How long it took to compute or to play, in seconds of the machine's clock.
    pub wall_seconds: f64,
    /// People who came for a number.
    pub patients: u64,
    /// Of them, those who got it.
    pub patients_served: u64,
    /// Payments that the provider reported.
    pub payments: u64,
    /// Of them, those whose report the site has answered.
    pub payments_served: u64,
    /// Errands of apps: one is a number taken by the app.
    pub app_errands: u64,
    /// Of them, those that were done.
    pub app_errands_served: u64,
    /// Requests of crawlers.
    pub crawler_requests: u64,
    /// Of them, those that the site has answered.
    pub crawler_requests_served: u64,
    /// Requests of attacks.
    pub flood_requests: u64,
    /// What became of them.
    pub flood_by_verdict: ByVerdict,
    /// Of them, those that reached the origin.
    pub flood_at_origin: u64,
    /// How many requests without a clearance the free lane lets through in the time of the attacks.
    pub free_lane_allowance: u64,
    /// How many requests of attacks may reach the origin: the free lane's, and with clearances that were worked for the quotas
    /// of those, all together no more than the capacity.
    pub flood_allowance: u64,
    /// Clearances that attacks worked for.
    pub flood_clearances: u64,
    /// Challenges that people met.
    pub challenges_to_people: u64,
    /// Of them, those at a time when there was no attack.
    pub challenges_to_people_quiet: u64,
    /// People who met at least one challenge.
    pub people_challenged: u64,
    /// People who stood in line.
    pub people_in_line: u64,
    /// Seconds that somebody stood in line at most, of those who were let in.
    pub longest_wait_seconds: f64,
    /// People who were passed over in the line: let in later than somebody behind them, by more than the intervals explain at which
    /// they were told to ask.
    pub people_passed_over: u64,
    /// How many seconds earlier at most somebody was let in than somebody before them: pages ask at intervals.
    pub longest_overtaking_seconds: f64,
    /// Seconds that a served person's errand took beyond thinking: answers, work, waiting, asking again.
    pub delay_seconds: Spread,
    /// Seconds that the devices of people who were challenged worked, for each of them.
    pub work_seconds: Spread,
    /// The most requests that reached the origin in one second.
    pub origin_peak_per_second: u64,
    /// Requests of people, apps and providers that the origin could not answer.
    pub origin_failed: u64,
    /// Memory of the filter's virtual machines in the end, in bytes; 0 where there is none.
    pub filter_memory_bytes: u64,
    /// The most memory that was held: of the replaying process, or of what the filter ran in, in bytes; 0 when unknown.
    pub peak_memory_bytes: u64,
}
