//! What is done with a request, and why.

use crate::{response::Response, token::TokenError};

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It goes on to the origin.
    Forward,
    /// The client is asked for a clearance.
    Challenge,
    /// The client has used up a quota and is told when to come back.
    OverQuota,
    /// It is refused for good.
    Refuse,
    /// The filter answers itself, at one of its own endpoints.
    Serve,
}

/// Why. Each reason belongs to one verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Forwarded: the rule is open.
    Open,
    /// Forwarded: the client has a clearance.
    Clearance,
    /// Forwarded: there was room in the free lane.
    FreeLane,
    /// Challenged: the rule's free lane is used up.
    FreeLaneSpent,
    /// Challenged: the prefix has used up what it may send without a clearance.
    PrefixSpent,
    /// Challenged: the rule forwards nothing without a clearance.
    ClearanceRequired,
    /// Challenged: the rule asks for more work than the clearance has proven.
    MoreWorkRequired,
    /// Challenged again: the solution came with a challenge that is not ours.
    ChallengeForged,
    /// Challenged again: the challenge is too old.
    ChallengeExpired,
    /// Challenged again: the challenge was put to another prefix.
    ChallengeForAnother,
    /// Challenged again: the solution is wrong.
    SolutionWrong,
    /// Over quota: that of the clearance.
    ClearanceOverQuota,
    /// Over quota: that of the prefix, on an open rule that has one.
    PrefixOverQuota,
    /// Over quota: too many redemptions, of one challenge or refused ones of one prefix.
    RedeemOverQuota,
    /// Refused: the rule forwards nothing.
    RuleRefuses,
    /// Refused: the solution is not laid out as one.
    SolutionMalformed,
    /// Refused: there is no such endpoint.
    UnknownEndpoint,
    /// Refused: the endpoint has another method.
    MethodNotAllowed,
    /// Refused: the host gave no random bytes, without which no challenge can be made.
    NoEntropy,
    /// Served: an asset of the challenge page.
    Asset,
    /// Served: a clearance for a solution.
    Redeemed,
}

impl Verdict {
    /// As metrics, logs and headers say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Challenge => "challenge",
            Self::OverQuota => "over_quota",
            Self::Refuse => "refuse",
            Self::Serve => "serve",
        }
    }
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Self; 21] = [
        Self::Open,
        Self::Clearance,
        Self::FreeLane,
        Self::FreeLaneSpent,
        Self::PrefixSpent,
        Self::ClearanceRequired,
        Self::MoreWorkRequired,
        Self::ChallengeForged,
        Self::ChallengeExpired,
        Self::ChallengeForAnother,
        Self::SolutionWrong,
        Self::ClearanceOverQuota,
        Self::PrefixOverQuota,
        Self::RedeemOverQuota,
        Self::RuleRefuses,
        Self::SolutionMalformed,
        Self::UnknownEndpoint,
        Self::MethodNotAllowed,
        Self::NoEntropy,
        Self::Asset,
        Self::Redeemed,
    ];

    /// The verdict that this is a reason for.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Open | Self::Clearance | Self::FreeLane => Verdict::Forward,
            Self::FreeLaneSpent
            | Self::PrefixSpent
            | Self::ClearanceRequired
            | Self::MoreWorkRequired
            | Self::ChallengeForged
            | Self::ChallengeExpired
            | Self::ChallengeForAnother
            | Self::SolutionWrong => Verdict::Challenge,
            Self::ClearanceOverQuota | Self::PrefixOverQuota | Self::RedeemOverQuota => Verdict::OverQuota,
            Self::RuleRefuses
            | Self::SolutionMalformed
            | Self::UnknownEndpoint
            | Self::MethodNotAllowed
            | Self::NoEntropy => Verdict::Refuse,
            Self::Asset | Self::Redeemed => Verdict::Serve,
        }
    }

    /// As metrics, logs and answers say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Clearance => "clearance",
            Self::FreeLane => "free_lane",
            Self::FreeLaneSpent => "free_lane_spent",
            Self::PrefixSpent => "prefix_spent",
            Self::ClearanceRequired => "clearance_required",
            Self::MoreWorkRequired => "more_work_required",
            Self::ChallengeForged => "challenge_forged",
            Self::ChallengeExpired => "challenge_expired",
            Self::ChallengeForAnother => "challenge_for_another",
            Self::SolutionWrong => "solution_wrong",
            Self::ClearanceOverQuota => "clearance_over_quota",
            Self::PrefixOverQuota => "prefix_over_quota",
            Self::RedeemOverQuota => "redeem_over_quota",
            Self::RuleRefuses => "rule_refuses",
            Self::SolutionMalformed => "solution_malformed",
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NoEntropy => "no_entropy",
            Self::Asset => "asset",
            Self::Redeemed => "redeemed",
        }
    }
}

/// What was decided about one request.
#[derive(Clone, Debug)]
pub struct Decision<'f> {
    /// Why; the verdict follows from it.
    pub reason: Reason,
    /// The name of the rule that the request met.
    pub rule: &'f str,
    /// What was wrong with the clearance that came with the request, if one came and it was refused.
    pub refused_clearance: Option<TokenError>,
    /// Stands in the answer and in the log, so that somebody on the telephone can be helped. Empty when forwarded.
    pub support_id: String,
    /// What the host has to do.
    pub action: Action,
}

impl Decision<'_> {
    /// What is done with the request.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.reason.verdict()
    }

    /// The value of the header `levee-verdict`, as in `forward;reason=free_lane;rule="site"` (a structured field item,
    /// RFC 9651). Set on every request, so that the origin and the host's access log can rely on it.
    #[must_use]
    pub fn field(&self) -> String {
        let (verdict, reason) = (self.verdict().as_str(), self.reason.as_str());
        format!("{verdict};reason={reason};rule=\"{}\"", self.rule)
    }
}

/// What the host has to do.
#[derive(Clone, Debug)]
pub enum Action {
    /// Send the request on to the origin, with these changes to its headers.
    Forward(Forward),
    /// Answer in the origin's place.
    Respond(Response),
}

/// Changes to the headers of a request that goes on to the origin, beside [`Decision::field`] as `levee-verdict`.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Names of headers to remove: everything of the filter's own namespace that the client sent.
    pub remove: Vec<Vec<u8>>,
    /// The value to set `levee-client` to: whose quota the request counts against.
    pub client: String,
}
