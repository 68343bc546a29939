//! What the pages say. A language is one file here, and one arm in [`Messages::of`].

mod en;
mod vi;

use super::Language;

/// Everything that is said, in one language. Plain text, not HTML.
///
/// `{site}` stands for the site's name, `{seconds}` and `{minutes}` for a number of them.
#[derive(Debug)]
pub(super) struct Messages {
    pub(super) challenge: Challenge,
    pub(super) line: Line,
    pub(super) over_quota: Notice,
    pub(super) refused: Notice,
    pub(super) malformed: Notice,
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
    pub(super) seconds: &'static str,
    pub(super) minutes: &'static str,
}

/// The page that solves a challenge.
#[derive(Debug)]
pub(super) struct Challenge {
    pub(super) title: &'static str,
    /// Why the visitor sees this page, and what it does.
    pub(super) reason: &'static str,
    /// The name of the progress bar.
    pub(super) progress: &'static str,
    /// Where JavaScript is off.
    pub(super) no_script: &'static str,
    /// While the browser works.
    pub(super) working: &'static str,
    /// When it is done, just before the page is loaded again.
    pub(super) done: &'static str,
    /// While the network or the server does not answer, or asks to wait.
    pub(super) retrying: &'static str,
    /// The end, when cookies are off.
    pub(super) no_cookies: &'static str,
    /// The end, when the browser does not run workers.
    pub(super) no_workers: &'static str,
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
}
