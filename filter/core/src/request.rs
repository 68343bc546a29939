//! A request as a host hands it over: headers as raw bytes, nothing decoded, nothing trusted.

use crate::scan::{self, is};
use core::{cell::OnceCell, fmt, net::IpAddr};

/// A header: its name and value, as bytes. HTTP/2 pseudo-headers (`:method`, `:path`, `:authority`, `:scheme`) are
/// among them, whatever the version of the protocol.
pub type Header<'a> = (&'a [u8], &'a [u8]);

/// What the filter's own request headers begin with, and then `-` or `_`: many applications read them alike.
const OWN_PREFIX: &[u8; 5] = b"levee";

/// Headers by which some servers take a request for one with another method or target.
const OTHER_REQUEST: [&[u8]; 5] = [
    b"x-http-method-override",
    b"x-http-method",
    b"x-method-override",
    b"x-original-url",
    b"x-rewrite-url",
];

/// A country or territory, by its code of two letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// The country with this code, in letters of either case. Also `XX` and `T1`, by which Cloudflare says that it does not
    /// know, and that the client comes from the Tor network.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        let code = code.map(|byte| byte.to_ascii_uppercase());
        let [first, second] = code;
        (first.is_ascii_uppercase() && second.is_ascii_alphanumeric()).then_some(Self(code))
    }
}

/// The address at the other end of the connection, as the host knows it; `None`: it cannot tell.
#[derive(Clone, Copy)]
pub enum Peer<'a> {
    /// It is known.
    Known(Option<IpAddr>),
    /// The host tells when it is asked.
    Asked(&'a dyn Fn() -> Option<IpAddr>),
}

impl From<Option<IpAddr>> for Peer<'_> {
    fn from(address: Option<IpAddr>) -> Self {
        Self::Known(address)
    }
}

impl fmt::Debug for Peer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(address) => f.debug_tuple("Known").field(address).finish(),
            Self::Asked(_) => f.write_str("Asked"),
        }
    }
}

/// A request whose headers have been looked at once. Of a repeated header that must be single, the first counts.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    headers: &'a [Header<'a>],
    /// Those from the first `cookie` to the last.
    with_cookies: &'a [Header<'a>],
    /// Whether any cookie may be the filter's own; found out when it is first asked.
    may_have_own_cookie: OnceCell<bool>,
    /// Whether the client sent any of the filter's own.
    has_own: bool,
    peer: Peer<'a>,
    country: Option<Country>,
    pub(crate) method: &'a [u8],
    pub(crate) target: &'a [u8],
    pub(crate) authority: &'a [u8],
    pub(crate) scheme: &'a [u8],
    pub(crate) accept: &'a [u8],
    pub(crate) accept_language: &'a [u8],
    pub(crate) fetch_mode: Option<&'a [u8]>,
    pub(crate) clearance: Option<&'a [u8]>,
    pub(crate) solution: Option<&'a [u8]>,
    pub(crate) ticket: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// The request with these headers from this peer.
    #[must_use]
    pub fn new(headers: &'a [Header<'a>], peer: impl Into<Peer<'a>>) -> Self {
        let mut request = Self {
            headers,
            with_cookies: &[],
            may_have_own_cookie: OnceCell::new(),
            has_own: false,
            peer: peer.into(),
            country: None,
            method: b"",
            target: b"",
            authority: b"",
            scheme: b"",
            accept: b"",
            accept_language: b"",
            fetch_mode: None,
            clearance: None,
            solution: None,
            ticket: None,
        };
        let mut cookies = None;
        // Backwards, so that the first of a repeated header is what stays.
        for (index, (name, value)) in headers.iter().enumerate().rev() {
            // By the length first, which tells most names apart.
            match name.len() {
                5 if is(name, b":path") => request.target = value,
                6 if is(name, b"accept") => request.accept = value,
                6 if is(name, b"cookie") => {
                    let (_, last) = cookies.unwrap_or((index, index));
                    cookies = Some((index, last));
                }
                7 if is(name, b":method") => request.method = value,
                7 if is(name, b":scheme") => request.scheme = value,
                10 if is(name, b":authority") => request.authority = value,
                14 if is(name, b"sec-fetch-mode") => request.fetch_mode = Some(value),
                15 if is(name, b"accept-language") => request.accept_language = value,
                _ if is_own(name) => request.note_own(name, value),
                _ => {}
            }
        }
        request.with_cookies = cookies
            .and_then(|(first, last)| headers.get(first..=last))
            .unwrap_or_default();
        request
    }

    fn note_own(&mut self, name: &[u8], value: &'a [u8]) {
        self.has_own = true;
        match name {
            b"levee-clearance" => self.clearance = Some(value),
            b"levee-solution" => self.solution = Some(value),
            b"levee-ticket" => self.ticket = Some(value),
            _ => {}
        }
    }

    /// The same from a client whose address is in this country, as the host knows it.
    #[must_use]
    pub const fn from_country(mut self, country: Option<Country>) -> Self {
        self.country = country;
        self
    }

    /// The country that the client's address is in; `None` where the host does not tell.
    #[must_use]
    pub const fn country(&self) -> Option<Country> {
        self.country
    }

    /// The address at the other end of the connection.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        match self.peer {
            Peer::Known(address) => address,
            Peer::Asked(ask) => ask(),
        }
    }

    /// The values of all headers called `name` (lower case), in order. Hosts hand names over in lower case.
    pub fn values(&self, name: &[u8]) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(its_name, _)| *its_name == name)
            .map(|(_, value)| *value)
    }

    /// The names of the headers that only the filter itself may send to the origin.
    pub(crate) fn own_names(&self) -> impl Iterator<Item = &'a [u8]> {
        let headers = if self.has_own { self.headers } else { &[] };
        headers.iter().map(|(name, _)| *name).filter(|name| is_own(name))
    }

    /// Whether a header may make servers behind take it for a request with another method or target, so that nothing should
    /// be opened for those that it has.
    pub(crate) fn says_it_is_another(&self) -> bool {
        // Many servers read `-` and `_` alike.
        let is_like = |name: &[u8], other: &[u8]| {
            name.len() == other.len()
                && name
                    .iter()
                    .zip(other)
                    .all(|(byte, like)| byte.eq_ignore_ascii_case(like) || (*byte, *like) == (b'_', b'-'))
        };
        self.headers
            .iter()
            .any(|(name, _)| OTHER_REQUEST.iter().any(|other| is_like(name, other)))
    }

    /// The values of all cookies called `name`, one of the filter's own, over all `Cookie` headers, in order (RFC 6265 §5.4;
    /// HTTP/2 splits them over several headers, RFC 9113 §8.2.3).
    pub(crate) fn cookies(&self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let cookies = |(its_name, value): &Header<'a>| is(its_name, b"cookie").then_some(*value);
        let with_cookies = self.with_cookies.iter().filter_map(cookies);
        // Who has none of them, as those who flood, is not searched for each.
        let may_have_own = *self
            .may_have_own_cookie
            .get_or_init(|| with_cookies.clone().any(names_own_cookie));
        with_cookies
            .filter(move |_| may_have_own)
            .flat_map(|value| scan::split(value, b';'))
            .filter_map(move |pair| {
                // What is looked at first tells most apart.
                match pair.trim_ascii_start().split_at_checked(name.len())? {
                    (its_name, [b'=', value @ ..]) if its_name == name => Some(value.trim_ascii_end()),
                    _ => None,
                }
            })
    }

    /// Whether the client reached the proxy by https.
    pub(crate) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case(b"https")
    }

    /// Whether a browser asks for a page to show, so that a page of HTML is the right answer: an unsafe method never
    /// is, and a script's fetch or an app is not either.
    pub(crate) fn is_navigation(&self) -> bool {
        if self.method != b"GET" {
            return false;
        }
        match self.fetch_mode {
            Some(mode) => mode == b"navigate",
            None => accepts_html(self.accept),
        }
    }
}

/// Whether what all names of the filter's cookies have in common stands anywhere in `cookies`.
fn names_own_cookie(cookies: &[u8]) -> bool {
    let mut rest = cookies;
    // By its rarest letter.
    while let Some((before, from)) = scan::position(rest, b'v').and_then(|at| rest.split_at_checked(at)) {
        if before.ends_with(b"le") && from.starts_with(b"vee") {
            return true;
        }
        rest = from.get(1..).unwrap_or_default();
    }
    false
}

/// Whether only the filter itself may send a header of this name to the origin.
fn is_own(name: &[u8]) -> bool {
    // Most names differ in their first letter, which is looked at first.
    matches!(name, [b'l' | b'L', ..])
        && name
            .split_at_checked(OWN_PREFIX.len())
            .is_some_and(|(start, rest)| {
                start.eq_ignore_ascii_case(OWN_PREFIX) && matches!(rest, [b'-' | b'_', ..])
            })
}

/// Whether an `Accept` value names HTML itself; `*/*` does not count, scripts and apps send it.
fn accepts_html(accept: &[u8]) -> bool {
    const HTML: &[u8] = b"text/html";
    scan::split(accept, b',').any(|range| {
        range
            .trim_ascii_start()
            .split_at_checked(HTML.len())
            .is_some_and(|(media_type, rest)| {
                media_type.eq_ignore_ascii_case(HTML) && matches!(rest.trim_ascii_start(), [] | [b';', ..])
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_cookie_of_a_name_is_found_and_no_other(
            values in prop::collection::vec("(levee|v|le|levee-wait| |;|=|x){0,12}", 0..3),
        ) {
            let mut headers: Vec<Header<'_>> = vec![(b"accept", b"levee=1")];
            headers.extend(values.iter().map(|value| (&b"cookie"[..], value.as_bytes())));
            headers.insert(headers.len() / 2, (b"x-cookie", b"levee=2"));
            let request = Request::new(&headers, None);
            for name in ["levee", "levee-wait"] {
                let expected: Vec<&[u8]> = values
                    .iter()
                    .flat_map(|value| value.split(';'))
                    .filter_map(|pair| pair.trim_start().strip_prefix(name)?.strip_prefix('='))
                    .map(|value| value.trim_end().as_bytes())
                    .collect();
                let found: Vec<&[u8]> = request.cookies(name.as_bytes()).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn the_filter_s_own_headers_are_found_in_both_spellings_and_either_case() {
        let headers: [Header<'_>; 6] = [
            (b"levee-client", b""),
            (b"Levee_x", b""),
            (b"levee", b""),
            (b"leveed-x", b""),
            (b"link", b""),
            (b"levee-", b""),
        ];
        let own: Vec<&[u8]> = Request::new(&headers, None).own_names().collect();
        assert_eq!(own, [&b"levee-client"[..], b"Levee_x", b"levee-"]);
    }

    #[test]
    fn a_page_is_for_whom_names_html_itself() {
        for (accept, is_html) in [
            ("text/html", true),
            ("application/xml;q=0.9, TEXT/HTML ;q=0.8", true),
            ("*/*", false),
            ("text/htmlx", false),
            ("text/*,image/png", false),
            ("x;y=text/html", false),
            ("", false),
        ] {
            assert_eq!(accepts_html(accept.as_bytes()), is_html, "{accept}");
        }
    }
}
