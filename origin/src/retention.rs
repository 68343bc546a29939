//! Forgetting telephone numbers and years of birth once they are of no use any more.

use std::{sync::Arc, time::Duration};

use jiff::civil::Date;
use tokio::time::MissedTickBehavior;

use crate::{Origin, store::StoreError};

/// How often it is looked for what can be forgotten: a day ends once, but the program may be started at any hour and
/// the database be away at any.
const INTERVAL: Duration = Duration::from_secs(60 * 60);

impl Origin {
    /// Forgets what is personal of the tickets of days that are more than the days of retention ago, and tells of how
    /// many tickets.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn forget_expired(&self) -> Result<u64, StoreError> {
        let outcome = self.store.forget_before(self.first_day_kept()).await;
        match &outcome {
            Ok(tickets) => {
                self.metrics.retention_runs.inc();
                self.metrics.forgotten_tickets.inc_by(*tickets);
            }
            Err(_) => {
                self.metrics.retention_failures.inc();
            }
        }
        outcome
    }

    fn first_day_kept(&self) -> Date {
        self.clock.today().saturating_sub(self.retention)
    }
}

/// Forgets now and every hour, until it is dropped.
pub async fn run(origin: Arc<Origin>) {
    let mut hours = tokio::time::interval(INTERVAL);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        match origin.forget_expired().await {
            Ok(0) => {}
            Ok(tickets) => tracing::info!(tickets, "personal data has been forgotten"),
            Err(error) => {
                tracing::error!(%error, "personal data could not be forgotten; trying again in an hour");
            }
        }
    }
}
