//! English.

use super::{Challenge, Line, Messages, Notice};

pub(super) const MESSAGES: Messages = Messages {
    challenge: Challenge {
        title: "One moment, please",
        reason: "{site} is receiving a very large number of automated requests. Your browser is doing a small \
                 calculation to show that you are visiting. It takes a few seconds, and no personal data is \
                 collected. The page you asked for then opens by itself.",
        progress: "Progress of the calculation",
        no_script: "This check needs JavaScript, which is switched off in your browser. Please switch it on and \
                    load the page again.",
        working: "Calculating…",
        done: "Done. Your page is opening.",
        retrying: "The site is very busy. Trying again by itself…",
        no_cookies: "Your browser does not accept cookies, so it cannot keep the result. Please allow cookies for \
                     this site and try again.",
        no_workers: "Your browser does not let this page calculate. Please update it, or use another browser.",
        failed: "The check did not succeed. Your browser may be blocking cookies, or the connection is unstable. \
                 Please try again in a moment.",
        again: "Try again",
    },
    line: Line {
        title: "You are in line",
        text: "{site} has more visitors at the moment than it can serve. The page opens by itself when it is your turn. \
               You keep your place, also when you load the page again.",
        called: "It is your turn. The page opens in a moment.",
        place: "Your place in line:",
        expected: "Expected wait:",
        seconds: "about {seconds} s",
        minutes: "about {minutes} min",
    },
    over_quota: Notice {
        title: "Too many requests",
        text: "{site} has received too many requests from you in a short time. You can go on in {seconds} s; the \
               page then loads again by itself.",
    },
    refused: Notice {
        title: "This page is not available",
        text: "{site} does not allow this request.",
    },
    malformed: Notice {
        title: "This request could not be understood",
        text: "The address or the request has a form that {site} does not accept. Please check the address, or \
               begin again from the site's home page.",
    },
    support_id: "If you contact us, please give this support number:",
    telephone: "You can also call us:",
};
