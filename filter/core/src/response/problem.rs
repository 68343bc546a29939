//! Problem details: the body of an answer to a client that is no browser (RFC 9457 §3).

use super::{Refusal, Remedy};
use crate::{
    digits::push_decimal,
    verdict::{Reason, Verdict},
};

/// The problem type of an exhausted quota, from the `RateLimit` fields draft
/// (draft-ietf-httpapi-ratelimit-headers, section "Problem Types").
const QUOTA_EXCEEDED: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/// The problem type of an origin that has no room, from the same draft.
const REDUCED_CAPACITY: &str = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

/// The problem details, in JSON.
///
/// They are written as they are, because a serialiser that looks at every character for what has to be escaped would cost
/// more than signing the challenge. Nothing of them comes from outside: texts are ours, tokens base64url, ids hexadecimal,
/// and names of quotas have letters and digits, as the configuration is compiled.
pub(super) fn body(refusal: &Refusal<'_>, status: u16) -> String {
    /// As long as most are.
    const LENGTH: usize = 512;
    let kind = match refusal.reason.verdict() {
        Verdict::OverQuota => QUOTA_EXCEEDED,
        Verdict::Wait => REDUCED_CAPACITY,
        _ => "about:blank",
    };
    let mut json = String::with_capacity(LENGTH);
    let mut push = |parts: &[&str]| parts.iter().for_each(|part| json.push_str(part));
    push(&[
        "{\"type\":\"",
        kind,
        "\",\"title\":\"",
        title(status),
        "\",\"status\":",
    ]);
    push_decimal(&mut json, status.into());
    let mut push = |parts: &[&str]| parts.iter().for_each(|part| json.push_str(part));
    push(&[
        ",\"detail\":\"",
        detail(refusal.reason),
        "\",\"reason\":\"",
        refusal.reason.as_str(),
        "\",\"support_id\":\"",
        refusal.support_id,
        "\"",
    ]);
    match refusal.remedy {
        Remedy::Solve(question) => push(&[
            ",\"challenge\":{\"token\":\"",
            question.token,
            "\",\"solver\":\"",
            question.solver,
            "\",\"redeem\":\"",
            question.redeem,
            "\"}",
        ]),
        Remedy::Wait(waiting) => {
            push(&[",\"line\":{"]);
            if !waiting.ticket.is_empty() {
                push(&["\"ticket\":\"", &waiting.ticket, "\","]);
            }
            push(&["\"place\":"]);
            push_decimal(&mut json, waiting.place);
            json.push_str(",\"expected_seconds\":");
            push_decimal(&mut json, waiting.expected_seconds);
            json.push('}');
        }
        Remedy::ComeBack { meter, .. } => push(&[",\"violated-policies\":[\"", &meter.name, "\"]"]),
        Remedy::OtherMethod { .. } | Remedy::None => {}
    }
    json.push('}');
    json
}

const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        _ => "Service Unavailable",
    }
}

/// What the reason means, for whoever writes the client.
const fn detail(reason: Reason) -> &'static str {
    match reason {
        Reason::Open
        | Reason::Clearance
        | Reason::FreeLane
        | Reason::Asset
        | Reason::Redeemed
        | Reason::Waited => "",
        Reason::FreeLaneSpent => {
            "The site is under load. Solve the challenge and repeat the request with the clearance."
        }
        Reason::PrefixSpent => {
            "Your network has sent much. Solve the challenge and repeat the request with the clearance."
        }
        Reason::LaneClosed => {
            "The site is full. Solve the challenge and repeat the request with the clearance, to wait in line."
        }
        Reason::ClearanceRequired => "Solve the challenge and repeat the request with the clearance.",
        Reason::MoreWorkRequired => {
            "This resource needs a clearance with more work. Solve the challenge and repeat the request."
        }
        Reason::ChallengeForged => "The challenge was not issued here. Solve this one.",
        Reason::ChallengeExpired => "The challenge is too old. Solve this one.",
        Reason::ChallengeForAnother => "The challenge was issued to another network. Solve this one.",
        Reason::PriceRisen => "The work asked for has risen since. Solve this challenge.",
        Reason::SolutionWrong => "The solution is wrong. Solve this challenge.",
        Reason::ClearanceOverQuota | Reason::PrefixOverQuota => {
            "Too many requests. Come back after the time in Retry-After."
        }
        Reason::RouteOverQuota => {
            "All visitors together have sent too many requests here. Come back after the time in Retry-After."
        }
        Reason::InLine => {
            "The site is full. Repeat the request after the time in Retry-After with the header levee-ticket, or its \
             cookie, to keep the place in line."
        }
        Reason::CapacitySpent => "It is your turn. Repeat the request after the time in Retry-After.",
        Reason::RedeemOverQuota => "Too many solutions. Come back after the time in Retry-After.",
        Reason::RuleRefuses => "This resource is not served here.",
        Reason::SolutionMalformed => {
            "Send the solution in the header levee-solution: base64url, without padding, of the challenge's bytes and one \
             big-endian 64-bit number for each sub-puzzle."
        }
        Reason::UnknownEndpoint => "There is no such endpoint.",
        Reason::MethodNotAllowed => "Use the method in Allow.",
        Reason::NoEntropy => "The filter cannot make a challenge at the moment.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::Meter,
        quota::{Quota, at_least_one},
        response::{Question, Waiting},
    };
    use serde_json::{Value, json};

    fn read(reason: Reason, remedy: Remedy<'_>) -> Value {
        let refusal = Refusal {
            reason,
            support_id: "00fa5e12cd",
            remedy,
        };
        serde_json::from_str(&body(&refusal, 403)).unwrap()
    }

    #[test]
    fn every_reason_is_told_in_json() {
        for reason in Reason::ALL {
            let problem = read(reason, Remedy::None);
            assert_eq!(problem["title"], "Forbidden");
            assert_eq!(problem["status"], 403);
            assert_eq!(problem["detail"], detail(reason));
            assert_eq!(problem["reason"], reason.as_str());
            assert_eq!(problem["support_id"], "00fa5e12cd");
            assert_eq!(problem.as_object().unwrap().len(), 6, "{problem}");
        }
    }

    #[test]
    fn what_the_client_can_do_is_told_in_json() {
        let question = Question {
            token: "AQEB-_",
            solver: "/.well-known/levee/solver-0.js",
            redeem: "/.well-known/levee/redeem",
            wait: None,
        };
        assert_eq!(
            read(Reason::FreeLaneSpent, Remedy::Solve(question))["challenge"],
            json!({ "token": "AQEB-_", "solver": question.solver, "redeem": question.redeem })
        );
        let meter = Meter {
            name: "site.pay-1".into(),
            id: 0,
            quota: Quota::new(at_least_one(1), at_least_one(1), at_least_one(1)),
        };
        let remedy = Remedy::ComeBack {
            meter: &meter,
            retry_after: 1,
        };
        let problem = read(Reason::RouteOverQuota, remedy);
        assert_eq!(problem["violated-policies"], json!(["site.pay-1"]));
        assert_eq!(problem["type"], QUOTA_EXCEEDED);
        let mut waiting = Waiting {
            ticket: "AQMB".into(),
            place: 12,
            expected_seconds: 87,
            retry_seconds: 10,
        };
        let problem = read(Reason::InLine, Remedy::Wait(&waiting));
        assert_eq!(
            problem["line"],
            json!({ "ticket": "AQMB", "place": 12, "expected_seconds": 87 })
        );
        assert_eq!(problem["type"], REDUCED_CAPACITY);
        waiting.ticket.clear();
        let problem = read(Reason::InLine, Remedy::Wait(&waiting));
        assert_eq!(problem["line"], json!({ "place": 12, "expected_seconds": 87 }));
    }
}
