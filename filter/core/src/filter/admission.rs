//! Whether a request is forwarded: clearance, quota, free lane.

use super::{
    Exchange, Identity, Outcome,
    charges::{Charge, Denied},
    cookies,
};
use crate::{
    clearance::{self, Clearance, Lane},
    ledger::Space,
    policy::{Access, Meter},
    token,
    verdict::{Reason, Verdict},
};

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
        let route: Vec<Charge<'f>> = self.route_charges().collect();
        // As below: a flood that is over the quota of all anyway touches no client's entry.
        if let Some(denied) = route.iter().find_map(|charge| self.known_denied(charge)) {
            return denied.into();
        }
        let mut charges = self.prefix_charges(Reason::PrefixOverQuota);
        charges.extend(route);
        match self.take_each(&charges) {
            Ok(()) => Outcome::Forward(Reason::Open, Identity::Prefix),
            Err(denied) => denied.into(),
        }
    }

    fn admit_cleared(&mut self, clearance: &Clearance) -> Outcome<'f> {
        let charge = |meter: &'f Meter| Charge {
            meter,
            key: self.key(Space::Clearance, meter, &clearance.id),
            quota: meter.quota,
            denied: Reason::ClearanceOverQuota,
            is_own: true,
        };
        let mut charges: Vec<Charge<'f>> = self.rule.clearance_meters.iter().map(charge).collect();
        if clearance.lane == Lane::Waiting {
            charges.extend(self.filter.policy.waiting_lane.quota.iter().map(charge));
        }
        charges.extend(self.route_charges());
        if let Err(denied) = self.take_each(&charges) {
            return denied.into();
        }
        match self.wait_for_capacity(clearance) {
            None => Outcome::Forward(Reason::Clearance, Identity::Clearance(clearance.id)),
            Some(wait) => {
                // Asking whether it is one's turn is no use of the site.
                self.give_back_each(&charges);
                wait
            }
        }
    }

    /// Without a (sufficient) clearance. A prefix that has sent too much is challenged rather than turned away: those
    /// who share it can pay for a quota of their own.
    fn admit_uncleared(&mut self, insufficient: Option<Reason>) -> Outcome<'f> {
        let challenge = |reason| Outcome::Challenge(insufficient.unwrap_or(reason));
        let Access::FreeLane(lane) = &self.rule.access else {
            return challenge(Reason::ClearanceRequired);
        };
        let lane = Charge {
            meter: lane,
            key: self.filter.budget_key(lane),
            quota: lane.quota,
            denied: Reason::FreeLaneSpent,
            is_own: false,
        };
        // Under a flood this is how nearly all requests end: nothing is looked up for them.
        if self.known_denied(&lane).is_some() {
            return challenge(Reason::FreeLaneSpent);
        }
        if self.is_anybody_waiting() {
            return challenge(Reason::LaneClosed);
        }
        // The prefix first, so that one that floods does not use up the free lane of all others.
        let mut charges = self.prefix_charges(Reason::PrefixSpent);
        charges.push(lane);
        charges.extend(self.route_charges());
        charges.extend(self.newcomer_charge());
        match self.take_each(&charges) {
            Ok(()) => Outcome::Forward(Reason::FreeLane, Identity::Prefix),
            Err(denied) if denied.reason.verdict() == Verdict::Challenge => challenge(denied.reason),
            Err(denied) => denied.into(),
        }
    }

    /// The first valid clearance that came with the request: the header of apps before the cookies of browsers.
    fn presented_clearance(&mut self) -> Option<Clearance> {
        let filter = self.filter;
        let now = self.ports.now.as_seconds();
        for text in self.presented(self.request.clearance, cookies::CLEARANCE) {
            if let Some(clearance) = filter.known.find(text, now) {
                self.refused_clearance = None;
                return Some(clearance);
            }
            let opened = token::decode(text, clearance::LENGTH)
                .and_then(|token| Clearance::open(&token, &filter.policy.keys, now));
            match opened {
                Ok(clearance) => {
                    filter.known.remember(text, &clearance);
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
}

impl<'f> From<Denied<'f>> for Outcome<'f> {
    fn from(denied: Denied<'f>) -> Self {
        Self::OverQuota {
            reason: denied.reason,
            meter: denied.meter,
            retry_after: denied.retry_after,
        }
    }
}
