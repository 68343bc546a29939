//! A rate limit for each address, as `limit_req` of nginx and the local rate limit of Envoy give it.

use super::{Arrived, Gate, LetThrough};
use levee_core::{
    quota::{Outcome, Quota},
    time::Timestamp,
};
use levee_harness::{Request, Response};
use std::{collections::HashMap, net::IpAddr, num::NonZeroU32, time::Duration};

/// Requests a second of each address, and how many of them at once: generous for one person, as an operator sets it who
/// does not want to lose anybody.
const RATE: (NonZeroU32, NonZeroU32) = (NonZeroU32::new(10).unwrap(), NonZeroU32::new(20).unwrap());

/// A rate limit for each address, and nothing else.
#[derive(Debug)]
pub struct AddressLimit {
    quota: Quota,
    arrivals: HashMap<IpAddr, Timestamp>,
}

impl Default for AddressLimit {
    fn default() -> Self {
        Self {
            quota: Quota::new(RATE.0, NonZeroU32::MIN, RATE.1),
            arrivals: HashMap::new(),
        }
    }
}

impl Gate for AddressLimit {
    fn arrive(&mut self, now: Duration, request: Request, _: u64) -> Arrived {
        let address = request.source.ip();
        let earlier = self.arrivals.get(&address).copied();
        let now = Timestamp::from_nanos(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX));
        match self.quota.take(earlier, 1, now) {
            Outcome::Granted { arrival, .. } => {
                self.arrivals.insert(address, arrival);
                Arrived::LetThrough(LetThrough::Plain)
            }
            Outcome::Denied { .. } => Arrived::Answered(Some(Response::new(429).header("retry-after", "1"))),
        }
    }

    fn answer(&mut self, _: Duration, _: LetThrough, answer: Response) -> Option<Response> {
        Some(answer)
    }
}
