//! The head of a request, as the core reads it.

use levee_core::{Header, Request, client::parse_address, request::Country};
use std::net::IpAddr;

/// The header in which Cloudflare tells the client's address. It sets it itself and lets none through from outside.
const CLIENT: &str = "cf-connecting-ip";

/// What the runtime tells of a request, in lines: method, URL, country, then names and values of headers. None of them can have
/// a line break inside.
pub(crate) struct Head(String);

impl Head {
    pub(crate) const fn new(lines: String) -> Self {
        Self(lines)
    }

    /// The headers, those of HTTP/2 first.
    pub(crate) fn headers(&self) -> Vec<Header<'_>> {
        let (method, url, _) = self.beginning();
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).unwrap_or_default();
        let mut headers: Vec<Header<'_>> = Vec::with_capacity(32);
        headers.extend([
            (b":method".as_slice(), method.as_bytes()),
            (b":path", target.as_bytes()),
            (b":authority", authority.as_bytes()),
            (b":scheme", scheme.as_bytes()),
        ]);
        for (name, value) in self.fields() {
            push(&mut headers, name, value);
        }
        headers
    }

    /// The request with these headers, its own.
    pub(crate) fn request<'h>(&self, headers: &'h [Header<'h>]) -> Request<'h> {
        let (_, _, country) = self.beginning();
        Request::new(headers, self.peer()).from_country(Country::parse(country))
    }

    fn peer(&self) -> Option<IpAddr> {
        let (_, address) = self.fields().find(|(name, _)| *name == CLIENT)?;
        parse_address(address.as_bytes())
    }

    fn beginning(&self) -> (&str, &str, &str) {
        let mut lines = self.0.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        (next(), next(), next())
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut lines = self.0.split('\n').skip(3);
        std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
    }
}

/// Adds a header. Of cookies in several headers the runtime makes one with commas between them, which nobody splits again.
fn push<'h>(headers: &mut Vec<Header<'h>>, name: &'h str, value: &'h str) {
    if name == "cookie" {
        let cookies = value
            .split(',')
            .map(|cookies| (name.as_bytes(), cookies.as_bytes()));
        headers.extend(cookies);
    } else {
        headers.push((name.as_bytes(), value.as_bytes()));
    }
}
