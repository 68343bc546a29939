//! What is never challenged: no browser is on the other end, or there is nothing worth asking for.

use super::Start;
use crate::{
    Answer, Message, Site,
    client::earn,
    configuration::{closed, free_lane, narrow, with},
};
use levee_core::time::Timestamp;
use serde_json::{Value, json};

/// A site that forwards nothing without a clearance but what is excluded, with a health check and a call-back of its own.
fn with_call_back() -> Value {
    let exclusions = json!({
        "health": { "path": { "exact": "/alive" }, "clients": ["127.0.60.0/24"] },
        "call_backs": [{ "name": "payment", "path": { "prefix": "/paid" }, "clients": ["127.0.70.0/24", "2001:db8::/32"] }],
    });
    with(closed(), "exclusions", exclusions)
}

/// A site that takes the client's address from a header, so that it can come from anywhere.
fn behind_a_proxy() -> Value {
    let address = json!({ "address": { "header": { "name": "x-edge-client", "trusted_hops": 1 } } });
    with(closed(), "client", address)
}

/// Sends `message` so many times and counts what was forwarded.
fn forwarded(site: &mut dyn Site, message: &Message, times: usize) -> usize {
    (0..times).filter(|_| site.send(message).was_forwarded()).count()
}

/// `passed` is what `budget` and so many units a second since `begin` let through.
fn is_bounded(site: &dyn Site, begin: Timestamp, passed: u64, budget: u64, rate: u64) {
    // Units are leased for up to 10 ms.
    let elapsed = site.now().saturating_since(begin) + 10_000_000;
    let seconds = elapsed.div_ceil(1_000_000_000);
    let most = budget + seconds * rate;
    assert!(
        (budget..=most).contains(&passed),
        "{passed} of a budget of {budget} and {rate} a second for {seconds} s"
    );
}

/// The first answer that is not the origin's: on a slow host a unit may come back before any certain one.
fn first_refused(site: &mut dyn Site, message: &Message) -> Answer {
    let mut answers = (0..3_000).map(|_| site.send(message));
    let Some(refused) = answers.find(|answer| !answer.was_forwarded()) else {
        panic!("never over its quota: {message:?}")
    };
    refused
}

/// However strict the rules are, and without a word in the configuration.
pub fn what_is_excluded_needs_no_clearance_whatever_the_rules_say(start: Start<'_>) {
    let mut configuration = closed();
    configuration["rules"] =
        json!([{ "name": "all", "match": { "path": { "prefix": "/" } }, "access": "refuse" }]);
    for configuration in [closed(), configuration] {
        let mut site = start(&configuration);
        for (target, rule) in [
            ("/.well-known/acme-challenge/c29tZS10b2tlbg", "certificates"),
            ("/robots.txt", "robots"),
            ("/robots.txt?x=1&y=/book", "robots"),
            ("//robots.txt", "robots"),
            ("/%72obots.txt", "robots"),
            ("/favicon.ico", "favicon"),
            ("/favicon.ico?_method=POST", "favicon"),
            ("/healthz", "health"),
        ] {
            let answer = site.send(&Message::get(target));
            assert!(answer.was_forwarded(), "{target}: {answer:?}");
            assert_eq!(
                answer.origin_saw("levee-verdict"),
                [format!("forward;reason=open;rule=\"{rule}\"")]
            );
            assert_eq!(answer.origin_saw("levee-client"), ["prefix:127.0.7.1/32"]);
            assert!(
                site.send(&Message::new("HEAD", target)).was_forwarded(),
                "HEAD {target}"
            );
        }
        for authority in [
            "booking.example:8443",
            "BOOKING.EXAMPLE.",
            "127.0.0.1",
            "other.example",
        ] {
            let message = Message {
                authority: authority.to_owned(),
                ..Message::navigation("/robots.txt")
            };
            assert!(site.send(&message).was_forwarded(), "{authority}");
        }
    }
}

/// Another case, a slash too many, or a path on which servers disagree: the rules decide, and of doubtful paths the
/// strictest.
pub fn what_only_looks_excluded_meets_the_rules(start: Start<'_>) {
    let mut site = start(&with_call_back());
    let known = |target: &str| Message::new("POST", target).from(70, 1);
    for target in [
        "/ROBOTS.TXT",
        "/Robots.txt",
        "/robots.txt/",
        "/robots.txt/x",
        "/robots.txt.bak",
        "/robots.txt%20",
        "/x/robots.txt",
        "/?/robots.txt",
        "/favicon.ico/book",
        "/.well-known/acme-challenge",
        "/.well-known/acme-challenges/x",
        "/.WELL-KNOWN/acme-challenge/x",
        "/alivex",
        "/paid",
    ] {
        let answer = site.send(&Message::get(target));
        assert_eq!(answer.reason(), "clearance_required", "{target}");
    }
    for target in [
        "/robots.txt%00",
        "/robots.txt%2f",
        "/robots.txt%2F..%2Fbook",
        "/robots.txt;x",
        "/robots.txt%3b/book",
        "/robots.txt/../book",
        "/robots.txt/%2e%2e/book",
        "/%2frobots.txt",
        "/x/../robots.txt",
        "/./robots.txt",
        "/%2e/robots.txt",
        "/%2572obots.txt",
        "/robots.txt%23",
        "/robots.txt%",
        "/\\robots.txt",
        "/.well-known/acme-challenge/../../book",
        "/.well-known/acme-challenge/%2e%2e/%2E%2E/book",
        "/.well-known/acme-challenge/..%2f..%2fbook",
        "/.well-known/acme-challenge/x%00",
        "/paid/../book",
        "/paid/..%2fbook",
    ] {
        for message in [Message::get(target), known(target)] {
            let answer = site.send(&message);
            assert!(!answer.was_forwarded(), "{target} reached the origin: {answer:?}");
            assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
        }
    }
}

/// A flood of POST is as little for reading files as any other, and some servers take a method or a target out of a header.
pub fn another_method_or_a_header_that_claims_one_is_not_excluded(start: Start<'_>) {
    let mut site = start(&with_call_back());
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = site.send(&Message::new(method, "/robots.txt"));
        assert_eq!(answer.reason(), "clearance_required", "{method}");
        let claiming = Message::new(method, "/robots.txt").with("x-http-method-override", "GET");
        assert_eq!(site.send(&claiming).reason(), "clearance_required", "{method}");
    }
    for (name, value) in [
        ("x-http-method-override", "POST"),
        ("X-HTTP-Method", "DELETE"),
        ("x-method-override", "GET"),
        ("x-original-url", "/book"),
        ("X-Rewrite-Url", "/book"),
        ("x_original_url", "/book"),
    ] {
        for message in [
            Message::get("/robots.txt"),
            Message::new("POST", "/paid").from(70, 1),
        ] {
            let answer = site.send(&message.with(name, value));
            assert_eq!(answer.reason(), "clearance_required", "{name}");
        }
    }
}

/// One address gets a part of what all get together, and all together no more than the origin carries in its sleep.
pub fn a_flood_of_what_is_excluded_is_bounded(start: Start<'_>) {
    let mut site = start(&closed());
    let begin = site.now();
    let one = forwarded(&mut *site, &Message::get("/favicon.ico"), 200) as u64;
    is_bounded(&*site, begin, one, 30, 5);
    let answer = first_refused(&mut *site, &Message::get("/favicon.ico"));
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (429, "prefix_over_quota")
    );
    assert!(
        site.send(&Message::get("/favicon.ico").from(20, 1))
            .was_forwarded()
    );
    // What is asked for elsewhere is counted elsewhere.
    assert!(site.send(&Message::get("/robots.txt")).was_forwarded());

    let mut site = start(&closed());
    let begin = site.now();
    let mut passed = 0;
    let mut refused = None;
    for nth in 0..600_u16 {
        let [network, host] = nth.to_be_bytes();
        let answer = site.send(&Message::get("/robots.txt").from(20 + network, host));
        if answer.was_forwarded() {
            passed += 1;
        } else {
            refused = Some(answer);
        }
    }
    is_bounded(&*site, begin, passed, 100, 50);
    let Some(refused) = refused else {
        panic!("the flood is not over its quota")
    };
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (429, "route_over_quota")
    );
    assert_eq!(refused.header("retry-after"), "1");
}

/// A health check, a call-back and a search engine are no browsers, whatever they say they accept.
pub fn beyond_its_quota_what_is_excluded_gets_problem_details_and_never_a_page(start: Start<'_>) {
    let mut site = start(&with_call_back());
    for target in ["/favicon.ico", "/robots.txt", "/.well-known/acme-challenge/x"] {
        let navigation = Message::navigation(target);
        let answer = first_refused(&mut *site, &navigation);
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (429, "prefix_over_quota")
        );
        assert!(!answer.header("retry-after").is_empty());
        assert!(answer.problem().get("challenge").is_none(), "{answer:?}");
    }
    let refused = first_refused(&mut *site, &Message::navigation("/alive").from(60, 1));
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (429, "route_over_quota")
    );
    // A browser that meets the rules there gets its page.
    let elsewhere = site.send(&Message::navigation("/alive"));
    assert_eq!(elsewhere.header("content-type"), "text/html; charset=utf-8");
}

/// Or whatever relies on it takes a site out of service that is well.
pub fn a_flood_of_the_health_check_does_not_make_it_fail(start: Start<'_>) {
    let mut site = start(&behind_a_proxy());
    let from = |address: String| Message::get("/healthz").with("x-edge-client", address);
    let begin = site.now();
    let mut passed = 0;
    for nth in 0..600_u16 {
        let [a, b] = nth.to_be_bytes();
        let answer = site.send(&from(format!("198.51.{a}.{b}")));
        if answer.was_forwarded() {
            passed += 1;
            assert_eq!(
                answer.origin_saw("levee-verdict"),
                ["forward;reason=open;rule=\"health_public\""]
            );
        } else {
            assert_eq!(answer.reason(), "route_over_quota");
        }
    }
    is_bounded(&*site, begin, passed, 100, 50);
    for address in ["10.1.2.3", "192.168.0.9:4711", "[fd12:3456::7]", "::1"] {
        let answer = site.send(&from(address.to_owned()));
        assert_eq!(
            answer.origin_saw("levee-verdict"),
            ["forward;reason=open;rule=\"health\""]
        );
    }
}

/// Then for everybody else it is an address like any other.
pub fn a_health_check_can_have_another_path_and_be_that_of_certain_clients(start: Start<'_>) {
    let mut site = start(&with_call_back());
    let answer = site.send(&Message::get("/alive").from(60, 200));
    assert_eq!(
        answer.origin_saw("levee-verdict"),
        ["forward;reason=open;rule=\"health\""]
    );
    for message in [
        Message::get("/alive"),
        Message::get("/alive").from(61, 1),
        Message::get("/alive").with("x-forwarded-for", "127.0.60.1"),
        Message::get("/healthz").from(60, 1),
        Message::new("POST", "/alive").from(60, 1),
    ] {
        assert_eq!(site.send(&message).reason(), "clearance_required", "{message:?}");
    }
}

/// By path, method and address; from elsewhere it is a request like any other.
pub fn a_call_back_is_excluded_from_its_addresses_only(start: Start<'_>) {
    let mut site = start(&with_call_back());
    let call = |target: &str| Message::new("POST", target).from(70, 1);
    for target in ["/paid", "/paid/1?x=y", "/paid/"] {
        let answer = site.send(&call(target).with("accept", "text/html"));
        assert_eq!(
            answer.origin_saw("levee-verdict"),
            ["forward;reason=open;rule=\"payment\""]
        );
        assert_eq!(answer.origin_saw("levee-client"), ["prefix:127.0.70.1/32"]);
    }
    for message in [
        Message::new("POST", "/paid"),
        Message::new("POST", "/paid").from(71, 1),
        Message::new("POST", "/paid").with("x-forwarded-for", "127.0.70.1"),
        Message::new("POST", "/paid").with("x-edge-client", "127.0.70.1"),
        Message::get("/paid").from(70, 1),
        Message::new("PUT", "/paid").from(70, 1),
        call("/PAID"),
        call("/paidx"),
        call("/"),
    ] {
        let answer = site.send(&message);
        assert_eq!(answer.reason(), "clearance_required", "{message:?}");
    }
    // With a clearance everybody may, and pays for it.
    let clearance = earn(&mut *site, &Message::get("/"));
    let cleared = Message::new("POST", "/paid").cleared(&clearance);
    assert_eq!(forwarded(&mut *site, &cleared, 9), 3);

    let mut site = start(&with_call_back());
    let begin = site.now();
    let passed = forwarded(&mut *site, &call("/paid"), 1_000) as u64;
    is_bounded(&*site, begin, passed, 200, 100);
}

/// Neither does a flood elsewhere keep them out, nor do they use up what others need.
pub fn what_is_excluded_neither_uses_the_free_lane_nor_waits_in_line(start: Start<'_>) {
    let mut site = start(&free_lane(5, 5));
    assert_eq!(forwarded(&mut *site, &Message::get("/robots.txt"), 20), 20);
    assert_eq!(forwarded(&mut *site, &Message::get("/").from(20, 1), 20), 5);
    assert_eq!(
        site.send(&Message::get("/").from(20, 2)).reason(),
        "free_lane_spent"
    );
    assert!(
        site.send(&Message::get("/favicon.ico").from(20, 1))
            .was_forwarded()
    );

    let mut site = start(&narrow());
    let waiting = (0..20)
        .map(|_| earn(&mut *site, &Message::get("/")))
        .collect::<Vec<_>>()
        .iter()
        .filter(|clearance| site.send(&Message::get("/").cleared(clearance)).status == 503)
        .count();
    assert!(waiting > 5, "{waiting}");
    for target in ["/healthz", "/favicon.ico", "/.well-known/acme-challenge/x"] {
        assert_eq!(forwarded(&mut *site, &Message::get(target), 20), 20, "{target}");
    }
}

/// One by one; a rule may then say something else.
pub fn an_exclusion_that_is_switched_off_leaves_its_requests_to_the_rules(start: Start<'_>) {
    let targets = [
        ("certificates", "/.well-known/acme-challenge/x"),
        ("robots", "/robots.txt"),
        ("favicon", "/favicon.ico"),
        ("health", "/healthz"),
    ];
    for (name, target) in targets {
        let mut configuration = with(closed(), "exclusions", json!({ name: false }));
        configuration["rules"] = json!([
            { "name": name, "match": { "path": { "exact": target } }, "access": "refuse" },
            { "name": "site", "access": "clearance" },
        ]);
        let mut site = start(&configuration);
        assert_eq!(
            site.send(&Message::get(target)).reason(),
            "rule_refuses",
            "{name}"
        );
        for (other, target) in targets.iter().filter(|(other, _)| *other != name) {
            assert!(site.send(&Message::get(target)).was_forwarded(), "{other}");
        }
    }
}

/// What would be refused is told under the exclusion's name.
pub fn the_quota_of_an_exclusion_can_be_observed(start: Start<'_>) {
    let mut site = start(&with(closed(), "mode", json!("observe")));
    let mut ask = || {
        site.send(&Message::get("/favicon.ico"))
            .origin_saw("levee-verdict")
    };
    assert_eq!(ask(), ["forward;reason=open;rule=\"favicon\""]);
    // Its quota, and what comes back of it meanwhile, and what a host adds whose ledger answers late.
    let beyond = (0..400).map(|_| ask()).find(|verdicts| {
        assert_eq!(verdicts.len(), 1, "not forwarded");
        verdicts[0] != "forward;reason=open;rule=\"favicon\""
    });
    assert_eq!(
        beyond.unwrap_or_default(),
        ["forward;reason=prefix_over_quota;rule=\"favicon\";observed=over_quota"]
    );
}
