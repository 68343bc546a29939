//! The pipeline that joins everything: from a request to a decision.
//!
//! ```text
//! request -> client -> path -> rule -> own endpoints -> clearance -> quota -> free lane -> capacity -> forward | respond
//! ```
//!
//! Each step is total: there is no silent success, and the last branch refuses.

mod admission;
mod charges;
mod cookies;
mod endpoints;
mod known;
mod room;
mod upkeep;
mod waiting_lane;

use crate::{
    challenge::{Challenge, Verified},
    client::LazyClient,
    digits::push_hexadecimal,
    ledger::{Key, KeyHasher, Ledger, Space, Take},
    page::{Imprint, Language, Pages, Visit},
    path::Path,
    policy::{Meter, Policy, RateLimitFields, Rule},
    request::Request,
    response::{Question, Refusal, Remedy, Response, Wait, Waiting},
    time::Timestamp,
    token::{self, TokenError},
    verdict::{Action, Decision, Forward, Reason},
};
use charges::Standing;
use known::Known;
use sha2::{Digest as _, Sha256};

pub use endpoints::{CLIENT_PATH, OWN_PREFIX, REDEEM_PATH};
pub use upkeep::Gauge;

/// A source of random bytes that nobody can predict.
pub trait Entropy {
    /// Sixteen of them; `None` when there are none to be had.
    fn draw(&mut self) -> Option<[u8; 16]>;
}

/// What the host provides for one decision.
pub struct Ports<'p> {
    /// The time.
    pub now: Timestamp,
    /// Where quota state lives.
    pub ledger: &'p mut dyn Ledger,
    /// Where nonces come from.
    pub entropy: &'p mut dyn Entropy,
}

/// The scripts that browsers fetch, for the host to carry.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    /// What the challenge page solves with: one classic script, for windows and Web Workers.
    pub solver: &'static [u8],
    /// What the site's own pages get through with: one classic script.
    pub client: &'static [u8],
}

/// A policy at work.
#[derive(Clone, Debug)]
pub struct Filter {
    policy: Policy,
    assets: Assets,
    solver_path: String,
    pages: Pages,
    keys: KeyHasher,
    known: Known,
}

impl Filter {
    /// A filter that decides by `policy`.
    #[must_use]
    pub fn new(policy: Policy, assets: Assets) -> Self {
        // In the name, so that browsers may keep the file for ever and still get a new one when there is one.
        let digest = Sha256::digest(assets.solver);
        let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let solver_path = format!("{OWN_PREFIX}solver-{hash}.js");
        let pages = Pages::print(&Imprint {
            site: &policy.page.site,
            telephone: policy.page.telephone.as_deref(),
            solver: &solver_path,
            redeem: REDEEM_PATH,
        });
        Self {
            solver_path,
            pages,
            keys: KeyHasher::new(policy.keys.ledger_key()),
            policy,
            assets,
            known: Known::default(),
        }
    }

    /// The policy that it decides by.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The key of a budget, which all clients share. Nobody outside can choose its name, so it needs no secret and stays the
    /// same when keys are rotated.
    const fn budget_key(&self, meter: &Meter) -> Key {
        Key {
            space: Space::Budget,
            hash: meter.id,
            home: 0,
        }
    }

    /// Decides what is done with `request`. The body plays no part, so this can be asked before it arrives.
    pub fn decide<'f>(&'f self, request: &Request<'_>, ports: Ports<'_>) -> Decision<'f> {
        let client = LazyClient::new(&self.policy.identification, request);
        let path = Path::of_target(request.target);
        let rule = self.policy.rule_for(request, &path, &client);
        let exchange = Exchange {
            filter: self,
            request,
            client,
            rule,
            ports,
            refused_clearance: None,
            has_minted: false,
            standings: Vec::new(),
        };
        exchange.decide(&path)
    }
}

/// As long as the text for a client is, usually.
const CLIENT_LENGTH: usize = 48;

/// One request on its way to a decision.
struct Exchange<'f, 'r, 'p> {
    filter: &'f Filter,
    request: &'r Request<'r>,
    client: LazyClient<'r>,
    rule: &'f Rule,
    ports: Ports<'p>,
    refused_clearance: Option<TokenError>,
    has_minted: bool,
    /// How the client's own quotas stand after this request.
    standings: Vec<Standing<'f>>,
}

/// Where a step of the pipeline leaves a request.
enum Outcome<'f> {
    /// To be forwarded, for this reason.
    Forward(Reason, Identity),
    /// To be challenged, for this reason.
    Challenge(Reason),
    /// To come back when the meter grants again.
    OverQuota {
        reason: Reason,
        meter: &'f Meter,
        retry_after: u64,
    },
    /// To wait until the origin has room.
    Wait { reason: Reason, waiting: Waiting },
    /// To be asked with one of these methods.
    WrongMethod { allowed: &'static str },
    /// To be refused for good.
    Refuse(Reason),
    /// Answered.
    Serve(Reason, Response),
}

impl Outcome<'_> {
    /// Why the request is not forwarded; `None` when it is.
    const fn refusal(&self) -> Option<Reason> {
        match self {
            Self::Forward(..) | Self::Serve(..) => None,
            Self::Challenge(reason)
            | Self::Refuse(reason)
            | Self::OverQuota { reason, .. }
            | Self::Wait { reason, .. } => Some(*reason),
            Self::WrongMethod { .. } => Some(Reason::MethodNotAllowed),
        }
    }
}

/// Whose quota a request counts against.
#[derive(Clone, Copy)]
enum Identity {
    Clearance([u8; 16]),
    Prefix,
}

impl<'f> Exchange<'f, '_, '_> {
    fn decide(mut self, path: &Path<'_>) -> Decision<'f> {
        if let Some(outcome) = self.own_endpoint(path) {
            return self.conclude(outcome);
        }
        let outcome = self.admit();
        if self.rule.is_observed
            && let Some(reason) = outcome.refusal()
        {
            return self.forward(reason, Identity::Prefix, true);
        }
        self.conclude(outcome)
    }

    fn conclude(self, outcome: Outcome<'f>) -> Decision<'f> {
        match outcome {
            Outcome::Forward(reason, identity) => self.forward(reason, identity, false),
            Outcome::Serve(reason, response) => self.respond(reason, String::new(), response),
            Outcome::Challenge(reason) => self.challenge(reason),
            Outcome::OverQuota {
                reason,
                meter,
                retry_after,
            } => self.refuse_with_id(reason, Remedy::ComeBack { meter, retry_after }),
            Outcome::Wait { reason, waiting } => self.refuse_with_id(reason, Remedy::Wait(&waiting)),
            Outcome::WrongMethod { allowed } => {
                self.refuse_with_id(Reason::MethodNotAllowed, Remedy::OtherMethod { allowed })
            }
            Outcome::Refuse(reason) => self.refuse_with_id(reason, Remedy::None),
        }
    }

    fn forward(self, reason: Reason, identity: Identity, is_observed: bool) -> Decision<'f> {
        let policy = &self.filter.policy;
        let forward = Forward {
            remove: self.request.own_names().map(<[u8]>::to_vec).collect(),
            client: match identity {
                Identity::Clearance(id) => {
                    let mut client = String::with_capacity(CLIENT_LENGTH);
                    client.push_str("clearance:");
                    push_hexadecimal(&mut client, &id);
                    client
                }
                Identity::Prefix => {
                    let mut client = String::with_capacity(CLIENT_LENGTH);
                    client.push_str("prefix:");
                    self.client.get().push_to(&mut client);
                    client
                }
            },
            answer: match policy.rate_limit_fields {
                RateLimitFields::Always if !is_observed => charges::fields(&self.standings),
                _ => Vec::new(),
            },
        };
        let mut decision = self.decision(reason, String::new(), Action::Forward(forward));
        decision.is_observed = is_observed;
        if is_observed
            && policy.observe_header
            && let field = decision.field()
            && let Action::Forward(forward) = &mut decision.action
        {
            forward.answer.push(("levee-verdict", field));
        }
        decision
    }

    /// Asks the client for a clearance, unless it has waited for one; if no challenge can be made, refuses.
    fn challenge(mut self, reason: Reason) -> Decision<'f> {
        let lane = self.waiting_lane();
        let standing = lane.and_then(|lane| self.standing_in(lane));
        if let Some(waiting_lane::Standing::Over(verified, lane)) = &standing {
            return self.let_in(verified, lane);
        }
        let Some(nonce) = self.draw() else {
            return self.refuse(Reason::NoEntropy, String::new(), Remedy::None);
        };
        let policy = &self.filter.policy;
        let challenge = Challenge {
            issued_at: self.ports.now.as_seconds(),
            work: self.price(self.rule.required_work),
            count: policy.challenge.sub_puzzles,
            scope: self.rule.scope,
            prefix: self.prefix_hash(),
            nonce,
        };
        let token = token::encode(&challenge.seal(policy.keys.signing()));
        let question = Question {
            token: &token,
            solver: &self.filter.solver_path,
            redeem: REDEEM_PATH,
            wait: match standing {
                Some(waiting_lane::Standing::Early(seconds)) => Some(Wait {
                    seconds,
                    is_new: false,
                }),
                _ => lane.map(|lane| self.new_wait(lane, challenge.work)),
            },
        };
        self.refuse(reason, support_id(&nonce), Remedy::Solve(question))
    }

    /// Refuses without a challenge, whose nonce would have given the support id.
    fn refuse_with_id(mut self, reason: Reason, remedy: Remedy<'_>) -> Decision<'f> {
        let support_id = self.draw().as_ref().map(support_id).unwrap_or_default();
        self.refuse(reason, support_id, remedy)
    }

    fn refuse(self, reason: Reason, support_id: String, remedy: Remedy<'_>) -> Decision<'f> {
        let refusal = Refusal {
            reason,
            support_id: &support_id,
            remedy,
        };
        let response = if self.request.is_navigation() && !self.rule.is_exclusion {
            Response::page(&self.filter.pages, &self.visit(&support_id), &refusal)
        } else {
            Response::problem(&refusal)
        };
        let response = match remedy {
            Remedy::Wait(waiting) => response.with_optional("set-cookie", self.ticket_cookie(waiting)),
            Remedy::Solve(Question {
                token,
                wait: Some(Wait { is_new: true, .. }),
                ..
            }) => response.with("set-cookie", self.waiting_cookie(token)),
            Remedy::ComeBack { meter, retry_after }
                if self.filter.policy.rate_limit_fields != RateLimitFields::Never =>
            {
                response.with_all(charges::spent(meter, retry_after))
            }
            _ => response,
        };
        self.respond(reason, support_id, response)
    }

    /// Who is shown a page.
    fn visit<'v>(&'v self, support_id: &'v str) -> Visit<'v> {
        let page = &self.filter.policy.page;
        Visit {
            language: Language::negotiate(self.request.accept_language, page.default_language),
            target: self.request.target,
            support_id,
        }
    }

    fn respond(self, reason: Reason, support_id: String, mut response: Response) -> Decision<'f> {
        if self.request.method == b"HEAD" {
            response.body = Default::default();
        }
        self.decision(reason, support_id, Action::Respond(response))
    }

    fn decision(self, reason: Reason, support_id: String, action: Action) -> Decision<'f> {
        let Self {
            rule,
            refused_clearance,
            has_minted,
            ..
        } = self;
        Decision {
            reason,
            rule,
            is_observed: false,
            has_minted,
            refused_clearance,
            support_id,
            action,
        }
    }

    fn draw(&mut self) -> Option<[u8; 16]> {
        self.ports.entropy.draw()
    }

    fn key(&self, space: Space, meter: &Meter, identity: &[u8]) -> Key {
        self.filter.keys.key(space, meter.id, identity)
    }

    fn prefix_key(&self, meter: &Meter) -> Key {
        self.key(Space::Prefix, meter, &self.client.get().identity())
    }

    /// Takes one unit of `meter` for the client's prefix.
    fn take_for_prefix(&mut self, meter: &Meter) -> Take {
        let key = self.prefix_key(meter);
        self.ports.ledger.take(key, 1, &meter.quota, self.ports.now)
    }

    /// The work that a challenge asks this client for at present, where a rule wants at least `least`.
    fn price(&mut self, least: u64) -> u64 {
        let price = &self.filter.policy.price;
        let overall = self.filter.budget_key(&price.overall.meter);
        let prefix = self.prefix_key(&price.prefix.meter);
        let Ports { now, ledger, .. } = &mut self.ports;
        let overall = ledger.recent_arrival(overall, *now);
        let prefix = ledger.recent_arrival(prefix, *now);
        price.work(least, overall, prefix, *now)
    }

    /// Whether a challenge was put to another prefix than the client's, where that matters.
    fn is_for_another(&self, verified: &Verified<'_>) -> bool {
        self.filter.policy.challenge.bind_to_prefix && verified.challenge.prefix != self.prefix_hash()
    }

    /// What stands for the client's prefix in a challenge, so that no address can be read out of a token.
    fn prefix_hash(&self) -> u64 {
        self.filter
            .keys
            .key(Space::Prefix, 0, &self.client.get().identity())
            .hash
    }
}

/// Short enough to be read out on the telephone, long enough to be found in a log.
fn support_id(nonce: &[u8; 16]) -> String {
    let [a, b, c, d, e, ..] = *nonce;
    let mut id = String::new();
    push_hexadecimal(&mut id, &[a, b, c, d, e]);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_support_id_is_the_beginning_of_the_nonce() {
        assert_eq!(support_id(&[0xfe; 16]), "fefefefefe");
    }
}
