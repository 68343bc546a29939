//! What the pages say. A language is one file here, one arm in [`Messages::of`], and one variant of [`Language`].

mod en;
mod vi;

use super::{Language, form::push_escaped};
use crate::digits::push_decimal;

/// Everything that is said, in one language. Plain text, not HTML.
///
/// `{site}` stands for the site's name, `{seconds}` for a number of them, `{wait}` for a time as
/// [`seconds`](Self::seconds) or [`minutes`](Self::minutes) tell it.
#[derive(Debug)]
pub(super) struct Messages {
    pub(super) challenge: Challenge,
    pub(super) lane: Lane,
    pub(super) line: Line,
    pub(super) over_quota: Notice,
    pub(super) refused: Notice,
    pub(super) malformed: Notice,
    /// A time below a minute: what stands before the number and behind it.
    pub(super) seconds: [&'static str; 2],
    /// A longer time, likewise.
    pub(super) minutes: [&'static str; 2],
    /// What stands before the support id.
    pub(super) support_id: &'static str,
    /// What stands before the telephone number.
    pub(super) telephone: &'static str,
}

/// A page that only explains.
#[derive(Debug)]
pub(super) struct Notice {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

/// The page of the waiting line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) title: &'static str,
    /// While others come first.
    pub(super) text: &'static str,
    /// When it is the visitor's turn and there is no room at this moment.
    pub(super) called: &'static str,
    /// What stands before the place.
    pub(super) place: &'static str,
    /// What stands before the time.
    pub(super) expected: &'static str,
}

/// What is said to those who wait because their browser runs no JavaScript.
#[derive(Debug)]
pub(super) struct Lane {
    /// On the page of a challenge, in place of [`Challenge::no_script`].
    pub(super) text: &'static str,
    /// The link that loads that page again.
    pub(super) reload: &'static str,
    /// The page that they see when they have waited.
    pub(super) admitted: Notice,
    /// The link on it that goes on to the site.
    pub(super) go_on: &'static str,
}

/// The page that solves a challenge.
#[derive(Debug)]
pub(super) struct Challenge {
    pub(super) title: &'static str,
    /// Why the visitor sees this page, and what it does.
    pub(super) reason: &'static str,
    /// The name of the progress bar.
    pub(super) progress: &'static str,
    /// Where JavaScript is off, and waiting does not help.
    pub(super) no_script: &'static str,
    /// While the browser works.
    pub(super) working: &'static str,
    /// When it is done, just before the page is loaded again.
    pub(super) done: &'static str,
    /// While the network or the server does not answer, or asks to wait.
    pub(super) retrying: &'static str,
    /// The end, when cookies are off or are not kept.
    pub(super) no_cookies: &'static str,
    /// The end, when the browser cannot run the solver.
    pub(super) outdated: &'static str,
    /// The end, after several rounds without success.
    pub(super) failed: &'static str,
    /// The button that begins again.
    pub(super) again: &'static str,
}

impl Messages {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Vi => &vi::MESSAGES,
            Language::En => &en::MESSAGES,
        }
    }

    /// Appends a time to wait, as HTML. Nobody is helped by 87 s more than by 2 min, and 12 s are told as they are.
    pub(super) fn push_duration(&self, html: &mut String, seconds: u64) {
        let (text, number) = if seconds < 60 {
            (&self.seconds, seconds)
        } else {
            (&self.minutes, seconds.div_ceil(60))
        };
        let [before, after] = text;
        push_escaped(html, before);
        push_decimal(html, number);
        push_escaped(html, after);
    }
}
