//! What a client carries from one request to the next.

use crate::{CLEARANCE_HEADER, TICKET_HEADER};
use serde::Deserialize;

/// The longest token in text that is carried, in bytes; those of this version are shorter than a tenth of it.
const MAX_TOKEN_TEXT: usize = 1024;

/// A clearance: what a solution buys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Clearance {
    #[serde(rename = "clearance")]
    text: String,
    expires_at: u64,
}

/// What a client carries for one site: its clearance, and its ticket when it stands in line. A site is an
/// origin: scheme, host and port; whoever else gets the clearance can use up its quota.
#[derive(Clone, Debug, Default)]
pub struct Session {
    clearance: Option<Clearance>,
    ticket: Option<String>,
}

impl Clearance {
    /// The clearance that was kept as `text` and is good until `expires_at`, in seconds since the Unix epoch.
    /// `None` when the text is no token.
    #[must_use]
    pub fn new(text: impl Into<String>, expires_at: u64) -> Option<Self> {
        let text = text.into();
        is_token_text(&text).then_some(Self { text, expires_at })
    }

    /// The clearance in the answer to a solution.
    pub(crate) fn granted(body: &[u8]) -> Option<Self> {
        let granted: Self = serde_json::from_slice(body).ok()?;
        is_token_text(&granted.text).then_some(granted)
    }

    /// The token, as it is sent in the header [`CLEARANCE_HEADER`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// From when on the site refuses it, in seconds since the Unix epoch, by the site's clock.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

impl Session {
    /// A session that goes on with a clearance of an earlier one.
    #[must_use]
    pub const fn with_clearance(clearance: Clearance) -> Self {
        Self {
            clearance: Some(clearance),
            ticket: None,
        }
    }

    /// The clearance, once there is one.
    ///
    /// It is kept past its expiry, until the site asks for another: only the site's clock counts, and an old
    /// clearance is to the site as none.
    #[must_use]
    pub const fn clearance(&self) -> Option<&Clearance> {
        self.clearance.as_ref()
    }

    /// The headers to send with every request to the site, in place of any of that name.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let clearance = self
            .clearance
            .as_ref()
            .map(|clearance| (CLEARANCE_HEADER, clearance.text()));
        let ticket = self.ticket.as_deref().map(|ticket| (TICKET_HEADER, ticket));
        clearance.into_iter().chain(ticket)
    }

    /// Goes on with another clearance. A ticket is of use only with the clearance that drew it.
    pub(crate) fn clear(&mut self, clearance: Clearance) {
        if self.clearance.as_ref() != Some(&clearance) {
            self.ticket = None;
        }
        self.clearance = Some(clearance);
    }

    /// Keeps a ticket. A site that gives none leaves the client the one it has.
    pub(crate) fn stand_in_line(&mut self, ticket: Option<String>) {
        if let Some(ticket) = ticket.filter(|ticket| is_token_text(ticket)) {
            self.ticket = Some(ticket);
        }
    }
}

/// Whether `text` is base64url, and so can stand in a header.
fn is_token_text(text: &str) -> bool {
    (1..=MAX_TOKEN_TEXT).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
