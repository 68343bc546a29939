//! What a refused browser is shown: one self-contained page, in its language.
//!
//! No page asks for anything from elsewhere. Style and script stand inside, allowed by their hashes in the page's
//! content security policy, so that a page needs no random nonce and its policy is the same text every time.

mod language;
mod messages;
mod refresh;

pub use language::Language;

use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use messages::{Messages, Notice};
use refresh::Refresh;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("../../templates/page.css");
const SCRIPT: &str = include_str!("../../templates/challenge.js");

/// Who is shown a page, and what every page says.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The language to speak.
    pub language: Language,
    /// What was asked for, path and query as they were sent: pages that load themselves again name it.
    pub target: &'a [u8],
    /// The name of the site, as its visitors know it.
    pub site: &'a str,
    /// A telephone line for those who cannot get through.
    pub telephone: Option<&'a str>,
    /// Names this answer in the log.
    pub support_id: &'a str,
}

/// What the page of a challenge solves.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The challenge token, base64url.
    pub token: &'a str,
    /// The path of the solver's script.
    pub solver: &'a str,
    /// The path that solutions are posted to.
    pub redeem: &'a str,
    /// In the waiting lane, the seconds that are left to wait for a browser that runs no script.
    pub wait_seconds: Option<u64>,
}

/// Where somebody stands in line.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// The place, from 1; 0 when it has been called and only room is missing at this moment.
    pub place: u64,
    /// Seconds until it is called, as far as can be told.
    pub expected_seconds: u64,
    /// Seconds after which the page asks again.
    pub retry_seconds: u64,
}

/// A page of HTML and the policy that it must be sent with.
#[derive(Clone, Debug)]
pub struct Page {
    /// The document, UTF-8.
    pub html: String,
    /// The value of `Content-Security-Policy`. Everything is forbidden but the inline style and script, by their
    /// SHA-256 hashes, and for a challenge what its script needs: the solver's script, workers and requests, all of
    /// the page's own origin, and WebAssembly. In a worker, the policy of the solver's *own* response must allow
    /// the latter (`default-src 'none'; script-src 'wasm-unsafe-eval'`).
    pub content_security_policy: String,
}

/// The page that solves a challenge and then loads the address again. For status 403.
#[must_use]
pub fn challenge(visit: &Visit<'_>, question: &Question<'_>) -> Page {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{}; script-src '{}' 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'",
            *NOTICE_POLICY,
            source_hash(SCRIPT)
        )
    });
    let messages = Messages::of(visit.language);
    let said = &messages.challenge;
    let template = ChallengeTemplate {
        language: visit.language,
        title: said.title,
        site: visit.site,
        style: STYLE,
        script: SCRIPT,
        refresh: question
            .wait_seconds
            .map(|seconds| Refresh::new(seconds, visit.target)),
        text: said.reason.replace("{site}", visit.site),
        no_script: question.wait_seconds.map_or_else(
            || said.no_script.to_owned(),
            |seconds| messages.lane.text.replace("{wait}", &messages.duration(seconds)),
        ),
        question,
        says: [
            ("working", said.working),
            ("done", said.done),
            ("retrying", said.retrying),
            ("no-cookies", said.no_cookies),
            ("outdated", said.outdated),
            ("failed", said.failed),
            ("again", said.again),
        ],
        messages,
        telephone: visit.telephone.map(Telephone),
        support_id: visit.support_id,
    };
    render(&template, visit, said.title, POLICY.clone())
}

/// The page for a client that has spent its quota; it loads the address again after `retry_after_seconds`. For
/// status 429.
#[must_use]
pub fn over_quota(visit: &Visit<'_>, retry_after_seconds: u64) -> Page {
    let notice = &Messages::of(visit.language).over_quota;
    explain(visit, notice, Some(retry_after_seconds), None)
}

/// The page for a client that has waited in the waiting lane: it loads the address again at once, with the cookie that
/// is sent along. For status 200.
#[must_use]
pub fn admitted(visit: &Visit<'_>) -> Page {
    let lane = &Messages::of(visit.language).lane;
    explain(visit, &lane.admitted, Some(0), Some(lane.go_on))
}

/// The page for a client that waits in line; it asks again by itself, without a script. For status 503.
#[must_use]
pub fn waiting(visit: &Visit<'_>, turn: &Turn) -> Page {
    let messages = Messages::of(visit.language);
    let said = &messages.line;
    let is_called = turn.place == 0;
    let template = LineTemplate {
        language: visit.language,
        title: said.title,
        site: visit.site,
        style: STYLE,
        refresh: Some(Refresh::new(turn.retry_seconds, visit.target)),
        text: if is_called { said.called } else { said.text }.replace("{site}", visit.site),
        place: turn.place,
        expected_seconds: turn.expected_seconds,
        wait: messages.duration(turn.expected_seconds),
        messages,
        telephone: visit.telephone.map(Telephone),
        support_id: visit.support_id,
    };
    render(&template, visit, said.title, NOTICE_POLICY.clone())
}

/// The page for a request that a rule refuses. For status 403.
#[must_use]
pub fn refused(visit: &Visit<'_>) -> Page {
    explain(visit, &Messages::of(visit.language).refused, None, None)
}

/// The page for a request that cannot be understood without doubt. For status 400.
#[must_use]
pub fn malformed(visit: &Visit<'_>) -> Page {
    explain(visit, &Messages::of(visit.language).malformed, None, None)
}

static NOTICE_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; style-src '{}'",
        source_hash(STYLE)
    )
});

fn explain(
    visit: &Visit<'_>,
    notice: &Notice,
    reload_after: Option<u64>,
    reload_link: Option<&'static str>,
) -> Page {
    let seconds = reload_after.unwrap_or_default().to_string();
    let template = NoticeTemplate {
        language: visit.language,
        title: notice.title,
        site: visit.site,
        style: STYLE,
        text: notice
            .text
            .replace("{seconds}", &seconds)
            .replace("{site}", visit.site),
        refresh: reload_after.map(|seconds| Refresh::new(seconds, visit.target)),
        reload_link,
        messages: Messages::of(visit.language),
        telephone: visit.telephone.map(Telephone),
        support_id: visit.support_id,
    };
    render(&template, visit, notice.title, NOTICE_POLICY.clone())
}

fn render(template: &impl Template, visit: &Visit<'_>, title: &str, content_security_policy: String) -> Page {
    // Writing into a string does not fail, and there is nobody to tell if it did: a page without adornment is the
    // most that can be done.
    let html = template.render().unwrap_or_else(|_| {
        format!(
            "<!doctype html><html lang=\"{}\"><title>{title}</title><h1>{title}</h1></html>",
            visit.language.code()
        )
    });
    Page {
        html,
        content_security_policy,
    }
}

/// How a content security policy names an inline text: `sha256-` and the Base64 of its hash.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[derive(Template)]
#[template(path = "challenge.html", whitespace = "minimize")]
struct ChallengeTemplate<'a> {
    language: Language,
    title: &'a str,
    site: &'a str,
    style: &'a str,
    script: &'a str,
    refresh: Option<Refresh<'a>>,
    text: String,
    no_script: String,
    question: &'a Question<'a>,
    /// What the script says, by the data attribute that it reads it from.
    says: [(&'static str, &'static str); 7],
    messages: &'static Messages,
    telephone: Option<Telephone<'a>>,
    support_id: &'a str,
}

#[derive(Template)]
#[template(path = "notice.html", whitespace = "minimize")]
struct NoticeTemplate<'a> {
    language: Language,
    title: &'a str,
    site: &'a str,
    style: &'a str,
    text: String,
    refresh: Option<Refresh<'a>>,
    /// The label of a link to the address itself, for browsers that do not load it again.
    reload_link: Option<&'static str>,
    messages: &'static Messages,
    telephone: Option<Telephone<'a>>,
    support_id: &'a str,
}

#[derive(Template)]
#[template(path = "line.html", whitespace = "minimize")]
struct LineTemplate<'a> {
    language: Language,
    title: &'a str,
    site: &'a str,
    style: &'a str,
    refresh: Option<Refresh<'a>>,
    text: String,
    place: u64,
    expected_seconds: u64,
    wait: String,
    messages: &'static Messages,
    telephone: Option<Telephone<'a>>,
    support_id: &'a str,
}

/// A telephone number as people write it.
#[derive(Clone, Copy)]
struct Telephone<'a>(&'a str);

impl Telephone<'_> {
    /// The number as telephones dial it, for a `tel:` link (RFC 3966): what separates its digits is left out.
    fn dialled(self) -> String {
        self.0
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect()
    }
}

#[cfg(test)]
mod tests;
