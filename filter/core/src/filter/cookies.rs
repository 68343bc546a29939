//! What a client carries: in a header, as apps do, or in a cookie, as browsers do.

use super::Exchange;

/// How many candidates are looked at. A browser sends one cookie of a name, or a few where paths or domains overlap; more
/// would only let a client buy MACs.
const MAX_CANDIDATES: usize = 4;

impl<'r> Exchange<'_, 'r, '_> {
    /// What may be a token: the header of apps before the cookies of browsers.
    pub(super) fn presented(
        &self,
        header: Option<&'r [u8]>,
        cookie: &'static str,
    ) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let cookies = self.request.cookies(cookie.as_bytes());
        header.into_iter().chain(cookies).take(MAX_CANDIDATES)
    }

    /// A cookie that scripts cannot read, for `max_age` seconds.
    pub(super) fn cookie(&self, name: &str, value: &str, max_age: u64) -> String {
        let secure = if self.request.is_https() { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
    }

    /// The name of the clearance's cookie. On https only the one with the `__Host-` prefix counts: a neighbour on another
    /// subdomain cannot plant it (RFC 6265bis §4.1.3.2).
    pub(super) fn cookie_name(&self) -> &'static str {
        if self.request.is_https() {
            "__Host-levee"
        } else {
            "levee"
        }
    }

    /// The name of the cookie that keeps a challenge in the waiting lane, likewise.
    pub(super) fn waiting_cookie_name(&self) -> &'static str {
        if self.request.is_https() {
            "__Host-levee-wait"
        } else {
            "levee-wait"
        }
    }

    /// The name of the ticket's cookie, likewise.
    pub(super) fn ticket_cookie_name(&self) -> &'static str {
        if self.request.is_https() {
            "__Host-levee-line"
        } else {
            "levee-line"
        }
    }
}
