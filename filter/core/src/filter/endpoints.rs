//! The filter's own endpoints, below `/.well-known/levee/` (RFC 8615): the page's assets, and redemption.

use super::{Exchange, Outcome};
use crate::{
    challenge::{self, Challenge, Verified},
    clearance::Clearance,
    digits::push_decimal,
    ledger::{Space, Take},
    path::Path,
    policy::{Access, MAX_SUB_PUZZLES},
    price::Price,
    puzzle::{SUB_SOLUTION_LENGTH, WrongSolution},
    response::Response,
    token::{self, TokenError},
    verdict::Reason,
};

/// What the paths of all own endpoints begin with.
pub const OWN_PREFIX: &str = "/.well-known/levee/";

/// Where a solution is exchanged for a clearance, by POST.
pub const REDEEM_PATH: &str = "/.well-known/levee/redeem";

/// Where the site's own pages load the client from. The name stays the same, because they name it.
pub const CLIENT_PATH: &str = "/.well-known/levee/client.js";

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

impl<'f> Exchange<'f, '_, '_> {
    /// What an own endpoint answers; `None` when the request is for none of them, or the rule lets nothing through.
    pub(super) fn own_endpoint(&mut self, path: &Path<'_>) -> Option<Outcome<'f>> {
        if path.is_doubtful()
            || !path.bytes().starts_with(OWN_PREFIX.as_bytes())
            || self.rule.access == Access::Refuse
        {
            return None;
        }
        Some(if path.bytes() == REDEEM_PATH.as_bytes() {
            if self.request.method == b"POST" {
                self.redeem()
            } else {
                Outcome::WrongMethod { allowed: "POST" }
            }
        } else if path.bytes() == self.filter.solver_path.as_bytes() {
            self.asset(Response::immutable(JAVASCRIPT, self.filter.assets.solver).with(
                "content-security-policy",
                "default-src 'none'; script-src 'wasm-unsafe-eval'",
            ))
        } else if path.bytes() == CLIENT_PATH.as_bytes() {
            self.asset(Response::lasting(JAVASCRIPT, self.filter.assets.client))
        } else {
            Outcome::Refuse(Reason::UnknownEndpoint)
        })
    }

    fn asset(&self, response: Response) -> Outcome<'f> {
        if matches!(self.request.method, b"GET" | b"HEAD") {
            Outcome::Serve(
                Reason::Asset,
                response.with("cross-origin-resource-policy", "same-origin"),
            )
        } else {
            Outcome::WrongMethod { allowed: "GET, HEAD" }
        }
    }

    /// Exchanges a solution for a clearance. Checked in order of cost: layout, MAC, age, how often this challenge was tried,
    /// and only then the hashes, up to the first wrong one.
    fn redeem(&mut self) -> Outcome<'f> {
        let filter = self.filter;
        let policy = &filter.policy;
        let most = usize::from(MAX_SUB_PUZZLES)
            .saturating_mul(SUB_SOLUTION_LENGTH)
            .saturating_add(challenge::LENGTH);
        let Some(Ok(bytes)) = self.request.solution.map(|text| token::decode(text, most)) else {
            return Outcome::Refuse(Reason::SolutionMalformed);
        };
        let Some((token, solution)) = bytes.split_at_checked(challenge::LENGTH) else {
            return Outcome::Refuse(Reason::SolutionMalformed);
        };
        let now = self.ports.now.as_seconds();
        let verified = match Challenge::open(token, &policy.keys, now, policy.challenge.lifetime) {
            Ok(verified) => verified,
            Err(TokenError::Expired | TokenError::NotYetValid) => {
                return self.refuse_redemption(Reason::ChallengeExpired);
            }
            Err(_) => return self.refuse_redemption(Reason::ChallengeForged),
        };
        if self.is_for_another(&verified) {
            return self.refuse_redemption(Reason::ChallengeForAnother);
        }
        // In the space of prefixes: challenges cost nothing, so they must not push out what clearances paid for.
        let key = filter.keys.key(
            Space::Prefix,
            policy.redeem.refusals.id,
            &verified.challenge.nonce,
        );
        if let Take::Denied { retry_after } =
            self.ports
                .ledger
                .take(key, 1, &policy.redeem.tries, self.ports.now)
        {
            let meter = &policy.redeem.refusals;
            return Outcome::OverQuota {
                reason: Reason::RedeemOverQuota,
                meter,
                retry_after,
            };
        }
        let least = policy
            .rule_of_scope(verified.challenge.scope)
            .map_or(0, |rule| rule.required_work);
        if !Price::accepts(verified.challenge.work, self.price(least)) {
            return self.refuse_redemption(Reason::PriceRisen);
        }
        let puzzle = verified.puzzle().ok_or(WrongSolution::Length);
        match puzzle.and_then(|puzzle| puzzle.verify(solution)) {
            Ok(()) => {
                self.count_minting(&verified);
                self.grant(&verified)
            }
            Err(WrongSolution::Length) => Outcome::Refuse(Reason::SolutionMalformed),
            Err(WrongSolution::SubSolution(_)) => self.refuse_redemption(Reason::SolutionWrong),
        }
    }

    /// Answers with another challenge, as long as the prefix has not had too many refused.
    fn refuse_redemption(&mut self, reason: Reason) -> Outcome<'f> {
        let meter = &self.filter.policy.redeem.refusals;
        match self.take_for_prefix(meter) {
            Take::Granted { .. } => Outcome::Challenge(reason),
            Take::Denied { retry_after } => Outcome::OverQuota {
                reason: Reason::RedeemOverQuota,
                meter,
                retry_after,
            },
        }
    }

    /// Raises the price for what has been minted, once for each challenge.
    fn count_minting(&mut self, verified: &Verified<'_>) {
        let (filter, now) = (self.filter, self.ports.now);
        let price = &filter.policy.price;
        // Paid for by now, and to be known to all nodes: or one solution could be sent to each of them.
        let first = filter
            .keys
            .key(Space::Clearance, price.prefix.meter.id, &verified.challenge.nonce);
        let minting = &filter.policy.redeem.minting;
        if !self.ports.ledger.take(first, 1, minting, now).is_granted() {
            return;
        }
        self.has_minted = true;
        let (overall, prefix) = (&price.overall.meter, &price.prefix.meter);
        for (key, meter) in [
            (self.prefix_key(prefix), prefix),
            (filter.budget_key(overall), overall),
        ] {
            self.ports.ledger.count(key, &meter.quota, now);
        }
    }

    fn grant(&self, verified: &Verified<'_>) -> Outcome<'f> {
        let clearance = Clearance::earned_by(verified, self.filter.policy.clearance_lifetime);
        let token = token::encode(&clearance.seal(verified.key));
        // Neither has anything that JSON escapes.
        let mut body = ["{\"clearance\":\"", &token, "\",\"expires_at\":"].concat();
        push_decimal(&mut body, clearance.expires_at);
        body.push('}');
        let response = Response::new(200, "application/json", body.into_bytes())
            .with_all(self.cookies_of(&clearance, &token));
        Outcome::Serve(Reason::Redeemed, response)
    }
}
