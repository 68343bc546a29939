//! The cookies that a client keeps.

use cookie::{Cookie, CookieJar};
use levee_harness::Headers;

/// Cookies of one site. All of them are for every path of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cookies(CookieJar);

impl Cookies {
    /// Keeps the cookies that an answer sets, and forgets those that it ends.
    pub(super) fn keep(&mut self, headers: &Headers) {
        for (name, value) in headers.iter() {
            if !name.eq_ignore_ascii_case(b"set-cookie") {
                continue;
            }
            let cookie = std::str::from_utf8(value)
                .ok()
                .and_then(|text| Cookie::parse(text.to_owned()).ok());
            let Some(cookie) = cookie else { continue };
            if cookie.max_age().is_some_and(|age| age.whole_seconds() <= 0) {
                self.0.force_remove(cookie.name());
            } else {
                self.0.add(cookie);
            }
        }
    }

    /// The value of one of them.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        Some(self.0.get(name)?.value())
    }

    /// The value of the header field that brings them back; `None` when there are none.
    pub(super) fn header(&self) -> Option<String> {
        let mut cookies: Vec<_> = self
            .0
            .iter()
            .map(|cookie| cookie.stripped().to_string())
            .collect();
        // The jar has no order of its own, and a replay is to be the same each time.
        cookies.sort();
        (!cookies.is_empty()).then(|| cookies.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(value: &str) -> Headers {
        let mut headers = Headers::new();
        headers.append("set-cookie", value);
        headers
    }

    #[test]
    fn a_cookie_is_kept_until_it_is_ended() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);
        cookies.keep(&setting("levee=AQEB; Path=/; HttpOnly"));
        cookies.keep(&setting("a=1"));
        assert_eq!(cookies.header().as_deref(), Some("a=1; levee=AQEB"));
        cookies.keep(&setting("levee=; Max-Age=0"));
        assert_eq!(cookies.header().as_deref(), Some("a=1"));
    }
}
