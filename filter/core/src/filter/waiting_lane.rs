//! The waiting lane: a browser that runs no script is let in when it has waited long enough.

use super::{Exchange, cookies, support_id};
use crate::{
    challenge::{self, Challenge, Verified},
    clearance::Clearance,
    ledger::{Space, Take},
    response::{Response, Wait},
    time::seconds_ceil,
    token,
    verdict::{Action, Decision, Reason},
    waiting_lane::WaitingLane,
};

/// Where a browser stands in the lane that comes back with the challenge that it was given.
pub(super) enum Standing<'f> {
    /// It has to wait for so many seconds more.
    Early(u64),
    /// It has waited long enough, and has been granted what its challenge is exchanged for.
    Over(Verified<'f>, &'f WaitingLane),
}

impl<'f> Exchange<'f, '_, '_> {
    /// The lane, if it is open to this request: to a browser that navigates, where a rule does not insist on work.
    pub(super) fn waiting_lane(&self) -> Option<&'f WaitingLane> {
        let lane = &self.filter.policy.waiting_lane;
        (lane.is_open && self.request.is_navigation() && self.rule.required_work == 0).then_some(lane)
    }

    /// Where the browser stands that comes back with a challenge; `None` when it comes with none.
    pub(super) fn standing_in(&mut self, lane: &'f WaitingLane) -> Option<Standing<'f>> {
        let verified = self.waited_for(lane)?;
        let now = self.ports.now.as_seconds();
        let Challenge { issued_at, work, .. } = verified.challenge;
        let wait = lane.wait(work, self.filter.policy.price.floor);
        let left = issued_at.saturating_add(wait).saturating_sub(now);
        if left > 0 {
            return Some(Standing::Early(left));
        }
        Some(match self.take_grant(lane, &verified) {
            Ok(()) => Standing::Over(verified, lane),
            // Never at once: the page would load itself without end.
            Err(retry_after) => Standing::Early(seconds_ceil(retry_after).max(1)),
        })
    }

    /// The wait that begins with a new challenge of `work`.
    pub(super) fn new_wait(&self, lane: &WaitingLane, work: u64) -> Wait {
        Wait {
            seconds: lane.wait(work, self.filter.policy.price.floor),
            is_new: true,
        }
    }

    /// The challenge that the browser has kept, if a clearance for it would still be in force.
    fn waited_for(&self, lane: &WaitingLane) -> Option<Verified<'f>> {
        let policy = &self.filter.policy;
        let now = self.ports.now.as_seconds();
        self.presented(None, cookies::WAIT)
            .filter_map(|text| token::decode(text, challenge::LENGTH).ok())
            .filter_map(|token| Challenge::open(&token, &policy.keys, now, lane.lifetime).ok())
            .find(|verified| !self.is_for_another(verified))
    }

    /// Takes one of the lane's grants, unless this challenge has had one. The prefix's first, so that one that waits for
    /// many does not use up those of all others.
    ///
    /// # Errors
    ///
    /// The nanoseconds until there may be another.
    fn take_grant(&mut self, lane: &WaitingLane, verified: &Verified<'_>) -> Result<(), u64> {
        let now = self.ports.now;
        let once = self.key(Space::Prefix, &lane.grants, &verified.challenge.nonce);
        if self.ports.ledger.check(once, &lane.once, now).is_some() {
            return Ok(());
        }
        if let Take::Denied { retry_after } = self.take_for_prefix(&lane.prefix_grants) {
            return Err(retry_after);
        }
        let overall = self.filter.budget_key(&lane.grants);
        let ledger = &mut self.ports.ledger;
        if let Take::Denied { retry_after } = ledger.take(overall, 1, &lane.grants.quota, now) {
            let prefix = self.prefix_key(&lane.prefix_grants);
            self.ports
                .ledger
                .give_back(prefix, 1, &lane.prefix_grants.quota, now);
            return Err(retry_after);
        }
        ledger.take(once, 1, &lane.once, now);
        Ok(())
    }

    /// Gives the clearance that was waited for, with a page that loads the address again.
    pub(super) fn let_in(self, verified: &Verified<'_>, lane: &WaitingLane) -> Decision<'f> {
        let clearance = Clearance::waited_for(verified, lane.lifetime);
        let token = token::encode(&clearance.seal(verified.key));
        let support_id = support_id(&verified.challenge.nonce);
        let visit = self.visit(&support_id);
        let response = Response::html(200, self.filter.pages.admitted(&visit))
            .with_all(self.cookies_of(&clearance, &token));
        self.decision(Reason::Waited, support_id, Action::Respond(response))
    }

    /// The cookie that keeps a challenge for as long as it can be exchanged.
    pub(super) fn waiting_cookie(&self, token: &str) -> String {
        let lifetime = self.filter.policy.waiting_lane.lifetime;
        self.set_cookie(cookies::WAIT, token, lifetime)
    }

    /// What a browser is to keep of a clearance and its token. If it waits for one, its wait is over.
    pub(super) fn cookies_of(&self, clearance: &Clearance, token: &str) -> Vec<(&'static str, String)> {
        let max_age = clearance.expires_at.saturating_sub(self.ports.now.as_seconds());
        let mut cookies = vec![self.set_cookie(cookies::CLEARANCE, token, max_age)];
        if self.presented(None, cookies::WAIT).next().is_some() {
            cookies.push(self.set_cookie(cookies::WAIT, "", 0));
        }
        cookies.into_iter().map(|cookie| ("set-cookie", cookie)).collect()
    }
}
