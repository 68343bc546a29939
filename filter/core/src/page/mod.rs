//! What a refused browser is shown: one self-contained page, in its language.
//!
//! No page asks for anything from elsewhere. Style and script stand inside, allowed by their hashes in the page's
//! content security policy, so that a page needs no random nonce and its policy is the same text every time. Pages are
//! printed in advance, with gaps for what differs.

mod form;
mod language;
mod messages;
mod refresh;

pub use language::Language;

use crate::digits::push_decimal;
use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use form::{Form, Gap, push_escaped, without_marks};
use messages::{Messages, Notice};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

static STYLE: LazyLock<String> = LazyLock::new(|| compact(include_str!("../../templates/page.css")));
static SCRIPT: LazyLock<String> = LazyLock::new(|| compact(include_str!("../../templates/challenge.js")));

/// What every page of a site says.
#[derive(Clone, Copy, Debug)]
pub struct Imprint<'a> {
    /// The name of the site, as its visitors know it.
    pub site: &'a str,
    /// A telephone line for those who cannot get through.
    pub telephone: Option<&'a str>,
    /// The path of the solver's script.
    pub solver: &'a str,
    /// The path that solutions are posted to.
    pub redeem: &'a str,
}

/// Who is shown a page.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The language to speak.
    pub language: Language,
    /// What was asked for, path and query as they were sent: pages that load themselves again name it.
    pub target: &'a [u8],
    /// Names this answer in the log.
    pub support_id: &'a str,
}

/// What the page of a challenge solves.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The challenge token, base64url.
    pub token: &'a str,
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
    pub content_security_policy: &'static str,
}

/// The pages of a site, in all languages.
#[derive(Clone, Debug)]
pub struct Pages {
    vi: Forms,
    en: Forms,
}

/// Its pages in one language.
#[derive(Clone, Debug)]
struct Forms {
    challenge: Form,
    /// The same for a browser that may wait instead.
    challenge_or_wait: Form,
    admitted: Form,
    waiting: Form,
    /// The same for somebody whose turn it is.
    called: Form,
    over_quota: Form,
    refused: Form,
    malformed: Form,
}

impl Pages {
    /// Prints them.
    #[must_use]
    pub fn print(imprint: &Imprint<'_>) -> Self {
        let site = without_marks(imprint.site);
        let telephone = imprint.telephone.map(without_marks);
        let imprint = Imprint {
            site: &site,
            telephone: telephone.as_deref(),
            ..*imprint
        };
        Self {
            vi: Forms::print(Language::Vi, &imprint),
            en: Forms::print(Language::En, &imprint),
        }
    }

    /// The page that solves a challenge and then loads the address again. For status 403.
    #[must_use]
    pub fn challenge(&self, visit: &Visit<'_>, question: &Question<'_>) -> Page {
        static POLICY: LazyLock<String> = LazyLock::new(|| {
            format!(
                "{}; script-src '{}' 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'",
                *NOTICE_POLICY,
                source_hash(&SCRIPT)
            )
        });
        let forms = self.for_visit(visit);
        let form = match question.wait_seconds {
            Some(_) => &forms.challenge_or_wait,
            None => &forms.challenge,
        };
        let seconds = question.wait_seconds.unwrap_or_default();
        let values = Values {
            token: question.token,
            ..Values::of_wait(seconds)
        };
        Page {
            content_security_policy: &POLICY,
            ..copy(form, visit, &values)
        }
    }

    /// The page for a client that has spent its quota; it loads the address again after `retry_after_seconds`. For
    /// status 429.
    #[must_use]
    pub fn over_quota(&self, visit: &Visit<'_>, retry_after_seconds: u64) -> Page {
        let values = Values::of_wait(retry_after_seconds);
        copy(&self.for_visit(visit).over_quota, visit, &values)
    }

    /// The page for a client that has waited in the waiting lane: it loads the address again at once, with the cookie that
    /// is sent along. For status 200.
    #[must_use]
    pub fn admitted(&self, visit: &Visit<'_>) -> Page {
        copy(&self.for_visit(visit).admitted, visit, &Values::default())
    }

    /// The page for a client that waits in line; it asks again by itself, without a script. For status 503.
    #[must_use]
    pub fn waiting(&self, visit: &Visit<'_>, turn: &Turn) -> Page {
        let forms = self.for_visit(visit);
        let form = if turn.place == 0 {
            &forms.called
        } else {
            &forms.waiting
        };
        let values = Values {
            place: turn.place,
            retry_seconds: turn.retry_seconds,
            wait_seconds: turn.expected_seconds,
            ..Values::default()
        };
        copy(form, visit, &values)
    }

    /// The page for a request that a rule refuses. For status 403.
    #[must_use]
    pub fn refused(&self, visit: &Visit<'_>) -> Page {
        copy(&self.for_visit(visit).refused, visit, &Values::default())
    }

    /// The page for a request that cannot be understood without doubt. For status 400.
    #[must_use]
    pub fn malformed(&self, visit: &Visit<'_>) -> Page {
        copy(&self.for_visit(visit).malformed, visit, &Values::default())
    }

    const fn for_visit(&self, visit: &Visit<'_>) -> &Forms {
        match visit.language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// What stands in the gaps of a page, besides what its visit tells.
#[derive(Clone, Copy, Debug, Default)]
struct Values<'v> {
    token: &'v str,
    place: u64,
    /// After which the page asks again.
    retry_seconds: u64,
    /// That the visitor is told.
    wait_seconds: u64,
}

impl Values<'_> {
    /// Of a page that asks again when the wait that it tells is over.
    fn of_wait(seconds: u64) -> Self {
        Self {
            retry_seconds: seconds,
            wait_seconds: seconds,
            ..Self::default()
        }
    }
}

/// A copy of `form` for somebody.
fn copy(form: &Form, visit: &Visit<'_>, values: &Values<'_>) -> Page {
    let html = form.fill(|gap, html| match gap {
        Gap::Refresh => refresh::push(html, values.retry_seconds, visit.target),
        Gap::Token => push_escaped(html, values.token),
        Gap::Wait => Messages::of(visit.language).push_duration(html, values.wait_seconds),
        Gap::Seconds => push_decimal(html, values.wait_seconds),
        Gap::Place => push_decimal(html, values.place),
        Gap::SupportId => push_escaped(html, visit.support_id),
    });
    Page {
        html,
        content_security_policy: &NOTICE_POLICY,
    }
}

static NOTICE_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; style-src '{}'",
        source_hash(&STYLE)
    )
});

impl Forms {
    fn print(language: Language, imprint: &Imprint<'_>) -> Self {
        let press = Press {
            language,
            imprint,
            messages: Messages::of(language),
        };
        let Messages {
            challenge,
            lane,
            line,
            over_quota,
            refused,
            malformed,
            ..
        } = press.messages;
        Self {
            challenge: press.challenge(challenge.no_script, false),
            challenge_or_wait: press.challenge(lane.text, true),
            admitted: press.notice(&lane.admitted, true, Some(lane.go_on)),
            waiting: press.line(line.text, true),
            called: press.line(line.called, false),
            over_quota: press.notice(over_quota, true, None),
            refused: press.notice(refused, false, None),
            malformed: press.notice(malformed, false, None),
        }
    }
}

/// What all pages of one language are printed with.
struct Press<'a> {
    language: Language,
    imprint: &'a Imprint<'a>,
    messages: &'static Messages,
}

impl Press<'_> {
    /// A text of ours, with gaps where it speaks of time.
    fn text(&self, text: &str) -> String {
        text.replace("{site}", self.imprint.site)
            .replace("{seconds}", &Gap::Seconds.to_string())
            .replace("{wait}", &Gap::Wait.to_string())
    }

    fn challenge(&self, no_script: &str, can_wait: bool) -> Form {
        let said = &self.messages.challenge;
        Form::print(
            said.title,
            &ChallengeTemplate {
                page: self.page(said.title, can_wait),
                script: &SCRIPT,
                text: self.text(said.reason),
                no_script: self.text(no_script),
                token: Gap::Token,
                solver: self.imprint.solver,
                redeem: self.imprint.redeem,
                says: [
                    ("working", said.working),
                    ("done", said.done),
                    ("retrying", said.retrying),
                    ("no-cookies", said.no_cookies),
                    ("outdated", said.outdated),
                    ("failed", said.failed),
                    ("again", said.again),
                ],
            },
        )
    }

    fn line(&self, text: &str, has_place: bool) -> Form {
        let title = self.messages.line.title;
        Form::print(
            title,
            &LineTemplate {
                page: self.page(title, true),
                text: self.text(text),
                place: Gap::Place,
                expected_seconds: Gap::Seconds,
                wait: has_place.then_some(Gap::Wait),
            },
        )
    }

    fn notice(&self, notice: &Notice, loads_again: bool, reload_link: Option<&'static str>) -> Form {
        Form::print(
            notice.title,
            &NoticeTemplate {
                page: self.page(notice.title, loads_again),
                text: self.text(notice.text),
                reload_link,
            },
        )
    }

    fn page(&self, title: &'static str, loads_again: bool) -> Common<'_> {
        Common {
            language: self.language,
            title,
            site: self.imprint.site,
            style: &STYLE,
            refresh: loads_again.then_some(Gap::Refresh),
            messages: self.messages,
            telephone: self.imprint.telephone.map(Telephone),
            support_id: Gap::SupportId,
        }
    }
}

/// A style or a script without what only its readers need: indentation, empty lines, and lines that are comments.
fn compact(source: &str) -> String {
    source
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// How a content security policy names an inline text: `sha256-` and the Base64 of its hash.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// What every template says.
struct Common<'a> {
    language: Language,
    title: &'a str,
    site: &'a str,
    style: &'a str,
    /// Where the page loads itself again.
    refresh: Option<Gap>,
    messages: &'static Messages,
    telephone: Option<Telephone<'a>>,
    support_id: Gap,
}

#[derive(Template)]
#[template(path = "challenge.html", whitespace = "minimize")]
struct ChallengeTemplate<'a> {
    page: Common<'a>,
    script: &'a str,
    text: String,
    no_script: String,
    token: Gap,
    solver: &'a str,
    redeem: &'a str,
    /// What the script says, by the data attribute that it reads it from.
    says: [(&'static str, &'static str); 7],
}

#[derive(Template)]
#[template(path = "notice.html", whitespace = "minimize")]
struct NoticeTemplate<'a> {
    page: Common<'a>,
    text: String,
    /// The label of a link to the address itself, for browsers that do not load it again.
    reload_link: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "line.html", whitespace = "minimize")]
struct LineTemplate<'a> {
    page: Common<'a>,
    text: String,
    place: Gap,
    expected_seconds: Gap,
    /// While others come first.
    wait: Option<Gap>,
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
