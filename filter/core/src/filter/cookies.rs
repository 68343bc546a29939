//! What a client carries: in a header, as apps do, or in a cookie, as browsers do.

use super::Exchange;
use crate::digits::push_decimal;

/// How many candidates are looked at. A browser sends one cookie of a name, or a few where paths or domains overlap; more
/// would only let a client buy MACs.
const MAX_CANDIDATES: usize = 4;

/// A cookie of the filter's. On https only the one with the `__Host-` prefix counts: a neighbour on another subdomain cannot
/// plant it (RFC 6265bis §4.1.3.2).
#[derive(Clone, Copy)]
pub(super) struct Cookie {
    https: &'static str,
    http: &'static str,
}

/// Holds a clearance.
pub(super) const CLEARANCE: Cookie = Cookie {
    https: "__Host-levee",
    http: "levee",
};

/// Holds a challenge in the waiting lane.
pub(super) const WAIT: Cookie = Cookie {
    https: "__Host-levee-wait",
    http: "levee-wait",
};

/// Holds a ticket.
pub(super) const LINE: Cookie = Cookie {
    https: "__Host-levee-line",
    http: "levee-line",
};

impl<'r> Exchange<'_, 'r, '_> {
    /// What may be a token: the header of apps before the cookies of browsers.
    pub(super) fn presented(
        &self,
        header: Option<&'r [u8]>,
        cookie: Cookie,
    ) -> impl Iterator<Item = &'r [u8]> + use<'r> {
        let cookies = self.request.cookies(self.name_of(cookie).as_bytes());
        header.into_iter().chain(cookies).take(MAX_CANDIDATES)
    }

    /// Sets a cookie that scripts cannot read, for `max_age` seconds.
    pub(super) fn set_cookie(&self, cookie: Cookie, value: &str, max_age: u64) -> String {
        /// What stands around a value, at most.
        const AROUND: usize = 96;
        let mut text = String::with_capacity(value.len().saturating_add(AROUND));
        for part in [self.name_of(cookie), "=", value, "; Path=/; Max-Age="] {
            text.push_str(part);
        }
        push_decimal(&mut text, max_age);
        text.push_str("; HttpOnly; SameSite=Lax");
        if self.request.is_https() {
            text.push_str("; Secure");
        }
        text
    }

    fn name_of(&self, cookie: Cookie) -> &'static str {
        if self.request.is_https() {
            cookie.https
        } else {
            cookie.http
        }
    }
}
