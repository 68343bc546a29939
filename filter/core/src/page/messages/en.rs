//! English.

use super::{Challenge, Lane, Line, Messages, Notice};

pub(super) const MESSAGES: Messages = Messages {
    challenge: Challenge {
        title: "One moment, please",
        reason: "{site} is receiving a very large number of automated requests. So that visitors like you get through, \
                 your browser is solving a small calculation. This usually takes a few seconds; then the page that you \
                 asked for opens by itself. No personal data is collected.",
        progress: "Progress of the calculation",
        no_script: "This check needs JavaScript, which is switched off in your browser. Please switch it on and \
                    load the page again.",
        working: "Calculating…",
        done: "Done. Your page is opening.",
        retrying: "No answer at the moment: the site is very busy, or the connection is interrupted. Trying again by \
                   itself…",
        no_cookies: "Your browser does not keep cookies from this site, so the result of the check is lost. Please \
                     allow cookies for this site, then try again.",
        outdated: "Your browser cannot do this calculation. Please update it, or open the page in another browser.",
        failed: "The check did not succeed. Please try again in a moment, if you can with another browser or another \
                 connection.",
        again: "Try again",
    },
    lane: Lane {
        text: "JavaScript is switched off in your browser, so it cannot do this calculation. You can simply wait \
               instead: this page loads again by itself in {wait} and then lets you in. If your browser does not do \
               that, please follow this link after that time. Loading the page earlier does no harm, but it does not \
               make the wait shorter.",
        reload: "Load the page again",
        admitted: Notice {
            title: "It is your turn",
            text: "Thank you for waiting. The page of {site} is opening. If it does not open by itself, please \
                   follow this link.",
        },
        go_on: "Continue",
    },
    line: Line {
        title: "You are in line",
        text: "{site} has more visitors at the moment than it can serve. The page opens by itself when it is your turn. \
               You keep your place, also when you load the page again.",
        called: "It is your turn. The page opens in a moment.",
        place: "Your place in line:",
        expected: "Expected wait:",
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
    seconds: ["about ", " s"],
    minutes: ["about ", " min"],
    support_id: "If you contact us, please give this support number:",
    telephone: "If you cannot get through, you can call:",
};
