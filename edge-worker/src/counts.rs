//! What was counted, for the log and for Analytics Engine.

use levee_core::{
    Decision, Policy,
    filter::Gauge,
    ledger::Events,
    metrics::{self, Tally},
};
use serde_json::json;
use std::collections::BTreeMap;
use worker::{AnalyticsEngineDataPointBuilder, Env, console_error, console_log};

/// The binding of the dataset, which may be missing.
const DATASET: &str = "LEVEE_METRICS";

/// Data points that one invocation may write to Analytics Engine; some of Cloudflare's 250 are left to gauges.
const MOST_POINTS: usize = 200;

/// Counts since they were last handed over.
#[derive(Default)]
pub(crate) struct Counts {
    tally: Tally,
    /// The names of metrics, each at the number that the tally knows it by.
    names: Vec<String>,
    is_changed: bool,
}

impl Counts {
    pub(crate) fn count(&mut self, decision: &Decision<'_>) {
        self.tally.count(decision);
        self.is_changed = true;
    }

    /// Writes what was counted as one line to the log and, where there is a dataset, as a data point each: named by its index
    /// and first blob, its value the first double, `counter` or `gauge` the second blob. Nothing when there is nothing new.
    pub(crate) fn hand_over(
        &mut self,
        env: &Env,
        policy: &Policy,
        gauges: &[Gauge],
        events: Events,
        left_out: u64,
    ) {
        if !core::mem::take(&mut self.is_changed) {
            return;
        }
        let mut counters = self.counters(policy);
        for (name, value) in [
            (metrics::EVICTIONS, events.evictions),
            (metrics::GIVE_UPS, events.give_ups),
            (metrics::FAILURES, events.failures),
            (metrics::LINES_LEFT_OUT, left_out),
        ] {
            if value > 0 {
                counters.insert(name.to_owned(), value);
            }
        }
        let gauges: BTreeMap<String, u64> = gauges
            .iter()
            .map(|gauge| (format!("{}{}", metrics::PREFIX, gauge.name), gauge.value))
            .collect();
        let line = json!({ "counters": counters, "gauges": gauges });
        console_log!("{line}");
        for (values, kind) in [(&counters, "counter"), (&gauges, "gauge")] {
            if let Err(error) = write_points(env, values, kind) {
                console_error!("{DATASET} takes no metrics: {error}");
            }
        }
    }

    fn counters(&mut self, policy: &Policy) -> BTreeMap<String, u64> {
        let mut counters = BTreeMap::new();
        let minted = self.tally.take_minted();
        if minted > 0 {
            counters.insert(metrics::MINTED.to_owned(), minted);
        }
        let rule_name = |index| policy.rules().nth(index).map(|rule| rule.name.as_str());
        let mut added = Vec::new();
        let names = &mut self.names;
        self.tally.flush(
            rule_name,
            |name| {
                let number = u32::try_from(names.len()).ok()?;
                names.push(name.to_owned());
                Some(number)
            },
            |number, value| {
                let has_room = added.len() < MOST_POINTS;
                if has_room {
                    added.push((number, value));
                }
                has_room
            },
        );
        // What there was no room for is kept for the next time.
        self.is_changed |= added.len() == MOST_POINTS;
        for (number, value) in added {
            let name = usize::try_from(number).ok().and_then(|n| self.names.get(n));
            if let Some(name) = name {
                counters.insert(name.clone(), value);
            }
        }
        counters
    }
}

fn write_points(env: &Env, values: &BTreeMap<String, u64>, kind: &str) -> worker::Result<()> {
    let Ok(dataset) = env.analytics_engine(DATASET) else {
        return Ok(());
    };
    for (name, value) in values {
        #[expect(
            clippy::cast_precision_loss,
            reason = "Analytics Engine has no whole numbers, and no count reaches where they differ"
        )]
        let value = *value as f64;
        AnalyticsEngineDataPointBuilder::new()
            // An index has room for 96 bytes.
            .indexes([name.get(..96).unwrap_or(name)])
            .blobs([name.as_str(), kind])
            .doubles([value])
            .write_to(&dataset)?;
    }
    Ok(())
}
