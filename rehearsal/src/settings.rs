//! What a filter's configuration says that a replay has to know.

use levee_core::policy::{Access, Policy};
use levee_report::Figures;
use serde_json::Value;
use std::time::Duration;

/// The fields that hold work, which is scaled.
const WORK: [&str; 2] = ["floor", "ceiling"];

/// A configuration of Levee.
#[derive(Clone, Debug)]
pub struct Settings {
    json: Value,
    policy: Policy,
}

/// A configuration that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is not valid:\n  {}", .0.join("\n  "))]
pub struct Invalid(Vec<String>);

impl Settings {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`Invalid`], with everything that is wrong.
    pub fn read(text: &[u8]) -> Result<Self, Invalid> {
        let problems = |problems: Vec<levee_core::policy::Problem>| {
            Invalid(problems.iter().map(ToString::to_string).collect())
        };
        let policy = Policy::from_json(text).map_err(problems)?;
        let json = serde_json::from_slice(text).map_err(|error| Invalid(vec![error.to_string()]))?;
        Ok(Self { json, policy })
    }

    /// The same for a filter that asks for one `scale`th of the work.
    ///
    /// # Errors
    /// [`Invalid`], when so little work cannot be asked for.
    pub fn scaled(&self, scale: u64) -> Result<Vec<u8>, Invalid> {
        let mut json = self.json.clone();
        if let Some(root) = json.as_object_mut() {
            let price = root
                .entry("price")
                .or_insert_with(|| Value::Object(serde_json::Map::new()));
            let whole = [self.policy.price.floor, self.policy.price.ceiling];
            for (field, whole) in WORK.iter().zip(whole) {
                if let Some(price) = price.as_object_mut() {
                    price.insert((*field).to_owned(), (whole / scale.max(1)).into());
                }
            }
            for rule in root
                .get_mut("rules")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                if let Some(work) = rule.get("work").and_then(Value::as_u64) {
                    rule["work"] = (work / scale.max(1)).into();
                }
            }
        }
        let text = serde_json::to_vec(&json).unwrap_or_default();
        Policy::from_json(&text).map_err(|problems| {
            Invalid(
                problems
                    .iter()
                    .map(|problem| format!("with `work_scale: {scale}`: {problem}"))
                    .collect(),
            )
        })?;
        Ok(text)
    }

    /// As it may be shown to others: without its secrets.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut json = self.json.clone();
        for key in json
            .get_mut("keys")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(secret) = key.get_mut("secret") {
                *secret = Value::from("(left out)");
            }
        }
        serde_json::to_string_pretty(&json).unwrap_or_default()
    }

    /// Writes what attacks that took so long may do into the figures of a run.
    pub(crate) fn allow(&self, attacks: &[Duration], figures: &mut Figures) {
        figures.free_lane_allowance = self.free_lane_allowance(attacks);
        figures.flood_allowance = self.flood_allowance(attacks, figures.flood_clearances);
    }

    /// How many requests without a clearance the free lanes let through while attacks last.
    fn free_lane_allowance(&self, attacks: &[Duration]) -> u64 {
        attacks
            .iter()
            .map(|time| {
                self.free_lanes()
                    .map(|quota| allowance(quota, *time))
                    .sum::<u64>()
            })
            .sum()
    }

    /// How many requests of attacks may reach the origin: the free lanes', and with as many clearances the quotas of those, all
    /// together no more than the capacity.
    fn flood_allowance(&self, attacks: &[Duration], clearances: u64) -> u64 {
        let free = self.free_lane_allowance(attacks);
        if clearances == 0 {
            return free;
        }
        let quotas: u64 = attacks
            .iter()
            .map(|time| {
                let each = self
                    .policy
                    .rules()
                    .flat_map(|rule| rule.clearance_meters.first())
                    .map(|meter| allowance(&meter.quota, *time))
                    .max();
                clearances.saturating_mul(each.unwrap_or(u64::MAX))
            })
            .fold(0, u64::saturating_add);
        let capacity = match &self.policy.capacity {
            Some(capacity) => attacks
                .iter()
                .map(|time| allowance(&capacity.meter.quota, *time))
                .fold(0, u64::saturating_add),
            None => u64::MAX,
        };
        free.saturating_add(quotas).min(capacity.max(free))
    }

    fn free_lanes(&self) -> impl Iterator<Item = &levee_core::quota::Quota> {
        let mut known = std::collections::HashSet::new();
        self.policy
            .rules()
            .filter_map(|rule| match &rule.access {
                Access::FreeLane(lane) => Some(lane),
                Access::Open | Access::Clearance | Access::Refuse => None,
            })
            .filter(move |lane| known.insert(lane.id))
            .map(|lane| &lane.quota)
    }
}

/// How many requests a quota lets through in this time.
fn allowance(quota: &levee_core::quota::Quota, time: Duration) -> u64 {
    let window_ms = u128::from(quota.window_seconds().max(1)) * 1_000;
    let refilled = u128::from(quota.limit()) * time.as_millis() / window_ms;
    u64::from(quota.burst()).saturating_add(u64::try_from(refilled).unwrap_or(u64::MAX))
}
