//! What one request costs: a unit of each quota that it falls under, or of none.

use super::Exchange;
use crate::{
    digits::push_decimal,
    ledger::{Key, Take},
    policy::Meter,
    quota::Quota,
    time::seconds_ceil,
    verdict::Reason,
};

/// A unit that a request needs.
#[derive(Clone, Copy)]
pub(super) struct Charge<'f> {
    pub(super) meter: &'f Meter,
    pub(super) key: Key,
    /// Usually the meter's own.
    pub(super) quota: Quota,
    /// What a denial means.
    pub(super) denied: Reason,
    /// Whether it is the client's own quota, which answers may tell; a budget that others share is not.
    pub(super) is_own: bool,
}

/// A charge that was denied. Nothing has been taken then.
pub(super) struct Denied<'f> {
    pub(super) reason: Reason,
    pub(super) meter: &'f Meter,
    pub(super) retry_after: u64,
}

/// How a quota of the client stands after a request.
pub(super) struct Standing<'f> {
    meter: &'f Meter,
    remaining: u32,
    full_in: u64,
}

impl<'f> Exchange<'f, '_, '_> {
    /// Takes each of `charges`, or none.
    pub(super) fn take_each(&mut self, charges: &[Charge<'f>]) -> Result<(), Denied<'f>> {
        for (index, charge) in charges.iter().enumerate() {
            let now = self.ports.now;
            match self.ports.ledger.take(charge.key, 1, &charge.quota, now) {
                Take::Granted { remaining, full_in } if charge.is_own => self.standings.push(Standing {
                    meter: charge.meter,
                    remaining,
                    full_in,
                }),
                Take::Granted { .. } => {}
                Take::Denied { retry_after } => {
                    self.give_back_each(charges.get(..index).unwrap_or_default());
                    return Err(Denied {
                        reason: charge.denied,
                        meter: charge.meter,
                        retry_after,
                    });
                }
            }
        }
        Ok(())
    }

    /// Whether this node knows that `charge` would be denied, without asking anybody.
    pub(super) fn known_denied(&mut self, charge: &Charge<'f>) -> Option<Denied<'f>> {
        let now = self.ports.now;
        let retry_after = self.ports.ledger.known_denied(charge.key, &charge.quota, now)?;
        Some(Denied {
            reason: charge.denied,
            meter: charge.meter,
            retry_after,
        })
    }

    /// Returns what was taken for a request that is not forwarded after all.
    pub(super) fn give_back_each(&mut self, charges: &[Charge<'f>]) {
        self.standings.clear();
        for charge in charges {
            let now = self.ports.now;
            self.ports.ledger.give_back(charge.key, 1, &charge.quota, now);
        }
    }

    /// The charges of the rule itself, which all its clients share.
    pub(super) fn route_charges(&self) -> impl Iterator<Item = Charge<'f>> + use<'f> {
        let (filter, meters) = (self.filter, &self.rule.route_meters);
        meters.iter().map(|meter| Charge {
            meter,
            key: filter.budget_key(meter),
            quota: meter.quota,
            denied: Reason::RouteOverQuota,
            is_own: false,
        })
    }

    /// The charges of the client's prefix.
    pub(super) fn prefix_charges(&self, denied: Reason) -> Vec<Charge<'f>> {
        let charge = |meter: &'f Meter| Charge {
            meter,
            key: self.prefix_key(meter),
            quota: meter.quota,
            denied,
            is_own: true,
        };
        self.rule.prefix_meters.iter().map(charge).collect()
    }
}

/// The fields that tell how quotas stand (draft-ietf-httpapi-ratelimit-headers): what each is, how many units are there at
/// this moment, and in how many seconds all of them are.
pub(super) fn fields(standings: &[Standing<'_>]) -> Vec<(&'static str, String)> {
    if standings.is_empty() {
        return Vec::new();
    }
    let list = |item: &dyn Fn(&Standing<'_>) -> String| {
        let items: Vec<String> = standings.iter().map(item).collect();
        items.join(",")
    };
    vec![
        ("ratelimit-policy", list(&|standing| policy(standing.meter))),
        (
            "ratelimit",
            list(&|standing| limit(standing.meter, standing.remaining, standing.full_in)),
        ),
    ]
}

/// The same for one quota that is used up and grants again in so many nanoseconds.
pub(super) fn spent(meter: &Meter, retry_after: u64) -> [(&'static str, String); 2] {
    [
        ("ratelimit-policy", policy(meter)),
        ("ratelimit", limit(meter, 0, retry_after)),
    ]
}

fn policy(Meter { name, quota, .. }: &Meter) -> String {
    parameters(
        name,
        [
            (";q=", quota.limit().into()),
            (";w=", quota.window_seconds().into()),
        ],
    )
}

fn limit(Meter { name, .. }: &Meter, remaining: u32, nanos: u64) -> String {
    parameters(name, [(";r=", remaining.into()), (";t=", seconds_ceil(nanos))])
}

/// A string with two parameters (RFC 9651).
fn parameters(name: &str, parameters: [(&str, u64); 2]) -> String {
    /// What stands behind a name, usually.
    const BEHIND: usize = 32;
    let mut item = String::with_capacity(name.len().saturating_add(BEHIND));
    item.push('"');
    item.push_str(name);
    item.push('"');
    for (parameter, value) in parameters {
        item.push_str(parameter);
        push_decimal(&mut item, value);
    }
    item
}
