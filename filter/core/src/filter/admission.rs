//! Whether a request is forwarded: clearance, quota, free lane.

use super::{Exchange, Identity, Outcome};
use crate::{
    clearance::{self, Clearance},
    ledger::{Space, Take},
    policy::{Access, Meter},
    token,
    verdict::Reason,
};

/// How many cookies of the clearance's name are looked at. A browser sends one, or a few where paths or domains overlap;
/// more would only let a client buy MACs.
const MAX_CANDIDATES: usize = 4;

impl<'f> Exchange<'f, '_, '_> {
    pub(super) fn admit(&mut self) -> Outcome<'f> {
        let rule = self.rule;
        match &rule.access {
            Access::Refuse => Outcome::Refuse(Reason::RuleRefuses),
            Access::Open => self.admit_openly(),
            Access::FreeLane(_) | Access::Clearance => match self.presented_clearance() {
                Some(clearance) if clearance.work >= rule.required_work => self.admit_cleared(&clearance),
                Some(_) => self.admit_uncleared(Some(Reason::MoreWorkRequired)),
                None => self.admit_uncleared(None),
            },
        }
    }

    fn admit_openly(&mut self) -> Outcome<'f> {
        let Some(meter) = &self.rule.prefix_meter else {
            return Outcome::Forward(Reason::Open, Identity::Prefix);
        };
        match self.take_for_prefix(meter) {
            Take::Granted { .. } => Outcome::Forward(Reason::Open, Identity::Prefix),
            Take::Denied { retry_after } => Outcome::OverQuota {
                reason: Reason::PrefixOverQuota,
                meter,
                retry_after,
            },
        }
    }

    fn admit_cleared(&mut self, clearance: &Clearance) -> Outcome<'f> {
        let meter = &self.rule.clearance_meter;
        match self.take(Space::Clearance, meter, &clearance.id) {
            Take::Granted { .. } => Outcome::Forward(Reason::Clearance, Identity::Clearance(clearance.id)),
            Take::Denied { retry_after } => Outcome::OverQuota {
                reason: Reason::ClearanceOverQuota,
                meter,
                retry_after,
            },
        }
    }

    /// Without a (sufficient) clearance. A prefix that has sent too much is challenged rather than turned away: those
    /// who share it can pay for a quota of their own.
    fn admit_uncleared(&mut self, insufficient: Option<Reason>) -> Outcome<'f> {
        let rule = self.rule;
        let Access::FreeLane(lane) = &rule.access else {
            return Outcome::Challenge(insufficient.unwrap_or(Reason::ClearanceRequired));
        };
        // The prefix first, so that one that floods does not use up the free lane of all others.
        if let Some(meter) = &rule.prefix_meter
            && let Take::Denied { .. } = self.take_for_prefix(meter)
        {
            return Outcome::Challenge(insufficient.unwrap_or(Reason::PrefixSpent));
        }
        match self.take(Space::Budget, lane, b"") {
            Take::Granted { .. } => Outcome::Forward(Reason::FreeLane, Identity::Prefix),
            Take::Denied { .. } => Outcome::Challenge(insufficient.unwrap_or(Reason::FreeLaneSpent)),
        }
    }

    pub(super) fn take_for_prefix(&mut self, meter: &Meter) -> Take {
        let identity = self.client.identity();
        self.take(Space::Prefix, meter, &identity)
    }

    /// The first valid clearance that came with the request: the header of apps before the cookies of browsers.
    fn presented_clearance(&mut self) -> Option<Clearance> {
        let filter = self.filter;
        let now = self.ports.now.as_seconds();
        let cookies = self.request.cookies(self.cookie_name().as_bytes());
        for text in self
            .request
            .clearance
            .into_iter()
            .chain(cookies)
            .take(MAX_CANDIDATES)
        {
            let opened = token::decode(text, clearance::LENGTH)
                .and_then(|token| Clearance::open(&token, &filter.policy.keys, now));
            match opened {
                Ok(clearance) => {
                    self.refused_clearance = None;
                    return Some(clearance);
                }
                // Of several, the first is told.
                Err(error) => {
                    self.refused_clearance.get_or_insert(error);
                }
            }
        }
        None
    }

    /// The name of the clearance's cookie. On https only the one with the `__Host-` prefix counts: a neighbour on another
    /// subdomain cannot plant it (RFC 6265bis §4.1.3.2).
    pub(super) fn cookie_name(&self) -> &'static str {
        if self.request.is_https() {
            "__Host-levee"
        } else {
            "levee"
        }
    }
}
