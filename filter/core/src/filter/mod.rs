//! The pipeline that joins everything: from a request to a decision.
//!
//! ```text
//! request -> client -> path -> rule -> own endpoints -> clearance -> quota -> free lane -> forward | respond
//! ```
//!
//! Each step is total: there is no silent success, and the last branch refuses.

mod admission;
mod endpoints;

use crate::{
    challenge::Challenge,
    client::Client,
    ledger::{KeyHasher, Ledger, Space, Take},
    page::{Language, Visit},
    path::Path,
    policy::{Meter, Policy, Rule},
    request::Request,
    response::{Question, Refusal, Remedy, Response},
    time::Timestamp,
    token::{self, TokenError},
    verdict::{Action, Decision, Forward, Reason},
};
use sha2::{Digest as _, Sha256};

pub use endpoints::{OWN_PREFIX, REDEEM_PATH};

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

/// What the challenge page fetches, as built for the host to carry.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    /// The solver: one classic Web Worker script.
    pub solver: &'static [u8],
}

/// A policy at work.
#[derive(Clone, Debug)]
pub struct Filter {
    policy: Policy,
    assets: Assets,
    solver_path: String,
    keys: KeyHasher,
}

impl Filter {
    /// A filter that decides by `policy`.
    #[must_use]
    pub fn new(policy: Policy, assets: Assets) -> Self {
        // In the name, so that browsers may keep the file for ever and still get a new one when there is one.
        let digest = Sha256::digest(assets.solver);
        let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self {
            solver_path: format!("{OWN_PREFIX}solver-{hash}.js"),
            keys: KeyHasher::new(policy.keys.ledger_key()),
            policy,
            assets,
        }
    }

    /// The policy that it decides by.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides what is done with `request`. The body plays no part, so this can be asked before it arrives.
    pub fn decide<'f>(&'f self, request: &Request<'_>, ports: Ports<'_>) -> Decision<'f> {
        let client = self.policy.identification.client(request);
        let path = Path::of_target(request.target);
        let rule = self.policy.rule_for(request, &path, &client);
        let exchange = Exchange {
            filter: self,
            request,
            client,
            rule,
            ports,
            refused_clearance: None,
        };
        exchange.decide(&path)
    }
}

/// One request on its way to a decision.
struct Exchange<'f, 'r, 'p> {
    filter: &'f Filter,
    request: &'r Request<'r>,
    client: Client,
    rule: &'f Rule,
    ports: Ports<'p>,
    refused_clearance: Option<TokenError>,
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
    /// To be asked with one of these methods.
    WrongMethod { allowed: &'static str },
    /// To be refused for good.
    Refuse(Reason),
    /// Answered.
    Serve(Reason, Response),
}

/// Whose quota a request counts against.
#[derive(Clone, Copy)]
enum Identity {
    Clearance([u8; 16]),
    Prefix,
}

impl<'f> Exchange<'f, '_, '_> {
    fn decide(mut self, path: &Path<'_>) -> Decision<'f> {
        let outcome = match self.own_endpoint(path) {
            Some(outcome) => outcome,
            None => self.admit(),
        };
        match outcome {
            Outcome::Forward(reason, identity) => self.forward(reason, identity),
            Outcome::Serve(reason, response) => self.respond(reason, String::new(), response),
            Outcome::Challenge(reason) => self.challenge(reason),
            Outcome::OverQuota {
                reason,
                meter,
                retry_after,
            } => self.refuse_with_id(reason, Remedy::ComeBack { meter, retry_after }),
            Outcome::WrongMethod { allowed } => {
                self.refuse_with_id(Reason::MethodNotAllowed, Remedy::OtherMethod { allowed })
            }
            Outcome::Refuse(reason) => self.refuse_with_id(reason, Remedy::None),
        }
    }

    fn forward(self, reason: Reason, identity: Identity) -> Decision<'f> {
        let forward = Forward {
            remove: self.request.own_names().map(<[u8]>::to_vec).collect(),
            client: match identity {
                Identity::Clearance(id) => format!("clearance:{}", Hex(id)),
                Identity::Prefix => format!("prefix:{}", self.client),
            },
        };
        self.decision(reason, String::new(), Action::Forward(forward))
    }

    /// Asks the client for a clearance; if no challenge can be made, refuses.
    fn challenge(mut self, reason: Reason) -> Decision<'f> {
        let Some(nonce) = self.draw() else {
            return self.refuse(Reason::NoEntropy, String::new(), Remedy::None);
        };
        let policy = &self.filter.policy;
        let challenge = Challenge {
            issued_at: self.ports.now.as_seconds(),
            work: policy.challenge.work.max(self.rule.required_work),
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
        let response = if self.request.is_navigation() {
            let page = &self.filter.policy.page;
            let visit = Visit {
                language: Language::negotiate(self.request.accept_language, page.default_language),
                site: &page.site,
                telephone: page.telephone.as_deref(),
                support_id: &support_id,
            };
            Response::page(&visit, &refusal)
        } else {
            Response::problem(&refusal)
        };
        self.respond(reason, support_id, response)
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
            ..
        } = self;
        Decision {
            reason,
            rule: &rule.name,
            refused_clearance,
            support_id,
            action,
        }
    }

    fn draw(&mut self) -> Option<[u8; 16]> {
        self.ports.entropy.draw()
    }

    /// Takes one unit of `meter` for `identity`.
    fn take(&mut self, space: Space, meter: &Meter, identity: &[u8]) -> Take {
        let key = self.filter.keys.key(space, meter.id, identity);
        self.ports.ledger.take(key, 1, &meter.quota, self.ports.now)
    }

    /// What stands for the client's prefix in a challenge, so that no address can be read out of a token.
    fn prefix_hash(&self) -> u64 {
        self.filter
            .keys
            .key(Space::Prefix, 0, &self.client.identity())
            .hash
    }
}

/// Short enough to be read out on the telephone, long enough to be found in a log.
fn support_id(nonce: &[u8; 16]) -> String {
    let [a, b, c, d, e, ..] = *nonce;
    Hex([a, b, c, d, e]).to_string()
}

/// Bytes in hexadecimal.
struct Hex<const N: usize>([u8; N]);

impl<const N: usize> core::fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
