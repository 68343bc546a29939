//! What is done with a request, and why.

use crate::{policy::Rule, response::Response, token::TokenError};

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It goes on to the origin.
    Forward,
    /// The client is asked for a clearance.
    Challenge,
    /// The client has used up a quota and is told when to come back.
    OverQuota,
    /// The client has what it needs and waits until the origin has room.
    Wait,
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
    /// Challenged: the origin has no room, and only clients with a clearance can wait for it.
    LaneClosed,
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
    /// Challenged again: the price has risen far above that of the challenge.
    PriceRisen,
    /// Challenged again: the solution is wrong.
    SolutionWrong,
    /// Over quota: that of the clearance.
    ClearanceOverQuota,
    /// Over quota: that of the prefix, on an open rule that has one.
    PrefixOverQuota,
    /// Over quota: that of the rule, which all its clients share.
    RouteOverQuota,
    /// Over quota: too many redemptions, of one challenge or refused ones of one prefix.
    RedeemOverQuota,
    /// Waiting: others came before.
    InLine,
    /// Waiting: it is the client's turn, and the origin has no room at this moment.
    CapacitySpent,
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
    /// Served: a clearance for having waited.
    Waited,
}

impl Verdict {
    /// As metrics, logs and headers say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Challenge => "challenge",
            Self::OverQuota => "over_quota",
            Self::Wait => "wait",
            Self::Refuse => "refuse",
            Self::Serve => "serve",
        }
    }
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Self; 27] = [
        Self::Open,
        Self::Clearance,
        Self::FreeLane,
        Self::FreeLaneSpent,
        Self::PrefixSpent,
        Self::LaneClosed,
        Self::ClearanceRequired,
        Self::MoreWorkRequired,
        Self::ChallengeForged,
        Self::ChallengeExpired,
        Self::ChallengeForAnother,
        Self::PriceRisen,
        Self::SolutionWrong,
        Self::ClearanceOverQuota,
        Self::PrefixOverQuota,
        Self::RouteOverQuota,
        Self::RedeemOverQuota,
        Self::InLine,
        Self::CapacitySpent,
        Self::RuleRefuses,
        Self::SolutionMalformed,
        Self::UnknownEndpoint,
        Self::MethodNotAllowed,
        Self::NoEntropy,
        Self::Asset,
        Self::Redeemed,
        Self::Waited,
    ];

    /// The verdict that this is a reason for.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Open | Self::Clearance | Self::FreeLane => Verdict::Forward,
            Self::FreeLaneSpent
            | Self::PrefixSpent
            | Self::LaneClosed
            | Self::ClearanceRequired
            | Self::MoreWorkRequired
            | Self::ChallengeForged
            | Self::ChallengeExpired
            | Self::ChallengeForAnother
            | Self::PriceRisen
            | Self::SolutionWrong => Verdict::Challenge,
            Self::ClearanceOverQuota
            | Self::PrefixOverQuota
            | Self::RouteOverQuota
            | Self::RedeemOverQuota => Verdict::OverQuota,
            Self::InLine | Self::CapacitySpent => Verdict::Wait,
            Self::RuleRefuses
            | Self::SolutionMalformed
            | Self::UnknownEndpoint
            | Self::MethodNotAllowed
            | Self::NoEntropy => Verdict::Refuse,
            Self::Asset | Self::Redeemed | Self::Waited => Verdict::Serve,
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
            Self::LaneClosed => "lane_closed",
            Self::ClearanceRequired => "clearance_required",
            Self::MoreWorkRequired => "more_work_required",
            Self::ChallengeForged => "challenge_forged",
            Self::ChallengeExpired => "challenge_expired",
            Self::ChallengeForAnother => "challenge_for_another",
            Self::PriceRisen => "price_risen",
            Self::SolutionWrong => "solution_wrong",
            Self::ClearanceOverQuota => "clearance_over_quota",
            Self::PrefixOverQuota => "prefix_over_quota",
            Self::RouteOverQuota => "route_over_quota",
            Self::RedeemOverQuota => "redeem_over_quota",
            Self::InLine => "in_line",
            Self::CapacitySpent => "capacity_spent",
            Self::RuleRefuses => "rule_refuses",
            Self::SolutionMalformed => "solution_malformed",
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NoEntropy => "no_entropy",
            Self::Asset => "asset",
            Self::Redeemed => "redeemed",
            Self::Waited => "waited",
        }
    }
}

/// What was decided about one request.
#[derive(Clone, Debug)]
pub struct Decision<'f> {
    /// Why; the verdict follows from it.
    pub reason: Reason,
    /// The rule that the request met.
    pub rule: &'f Rule,
    /// Whether the decision is only observed: the request is forwarded whatever the verdict.
    pub is_observed: bool,
    /// Whether the request minted a clearance, rather than redeem a solution again.
    pub has_minted: bool,
    /// What was wrong with the clearance that came with the request, if one came and it was refused.
    pub refused_clearance: Option<TokenError>,
    /// Stands in the answer and in the log, so that somebody on the telephone can be helped. Empty when forwarded.
    pub support_id: String,
    /// What the host has to do.
    pub action: Action,
}

impl Decision<'_> {
    /// What is decided; where it is only observed, what would be done.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.reason.verdict()
    }

    /// The value of the header `levee-verdict`, as in `forward;reason=free_lane;rule="site"` (a structured field item,
    /// RFC 9651), or `forward;reason=free_lane_spent;rule="site";observed=challenge` for what would have been done. Set on
    /// every request, so that the origin and the host's access log can rely on it.
    #[must_use]
    pub fn field(&self) -> String {
        let (verdict, reason, rule) = (self.verdict().as_str(), self.reason.as_str(), &self.rule.name);
        if self.is_observed {
            format!("forward;reason={reason};rule=\"{rule}\";observed={verdict}")
        } else {
            [verdict, ";reason=", reason, ";rule=\"", rule, "\""].concat()
        }
    }
}

/// What the host has to do.
#[derive(Clone, Debug)]
pub enum Action {
    /// Send the request on to the origin, with these changes to its headers and to those of its answer.
    Forward(Forward),
    /// Answer in the origin's place.
    Respond(Response),
}

/// Changes to a request that goes on to the origin, beside [`Decision::field`] as `levee-verdict`, and to its answer.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Names of request headers to remove: everything of the filter's own namespace that the client sent.
    pub remove: Vec<Vec<u8>>,
    /// The value to set the request header `levee-client` to: whose quota the request counts against.
    pub client: String,
    /// Headers to set on the answer.
    pub answer: Vec<(&'static str, String)>,
}
