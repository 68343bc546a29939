//! The cookies that a client keeps.

use cookie::{Cookie, CookieJar};
use http::{HeaderMap, HeaderValue, header};

/// Cookies of one site. All of them are for every path of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies(CookieJar);

impl Cookies {
    /// Keeps the cookies that an answer sets, and forgets those that it ends.
    pub(crate) fn keep(&mut self, headers: &HeaderMap) {
        for set_cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = set_cookie
                .to_str()
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

    /// The header field that brings them back; `None` when there are none.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let cookies: Vec<_> = self
            .0
            .iter()
            .map(|cookie| cookie.stripped().to_string())
            .collect();
        if cookies.is_empty() {
            return None;
        }
        HeaderValue::try_from(cookies.join("; ")).ok()
    }

    /// The value of the cookie of this name, with the prefix of https sites or without.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let cookie = self
            .0
            .get(name)
            .or_else(|| self.0.get(&format!("__Host-{name}")))?;
        Some(cookie.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(set_cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::SET_COOKIE, HeaderValue::from_static(set_cookie))])
    }

    #[test]
    fn a_cookie_is_kept_until_it_is_ended() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);
        cookies.keep(&answer("levee-line=AQ; Path=/; HttpOnly; Max-Age=60"));
        assert_eq!(cookies.header().unwrap(), "levee-line=AQ");
        assert_eq!(cookies.value("levee-line"), Some("AQ"));
        cookies.keep(&answer("levee-line=; Path=/; Max-Age=0"));
        assert_eq!(cookies.header(), None);
    }

    #[test]
    fn the_prefix_of_https_sites_is_part_of_the_name() {
        let mut cookies = Cookies::default();
        cookies.keep(&answer("__Host-levee-line=AQ; Path=/; Secure"));
        assert_eq!(cookies.value("levee-line"), Some("AQ"));
        assert_eq!(cookies.header().unwrap(), "__Host-levee-line=AQ");
    }
}
