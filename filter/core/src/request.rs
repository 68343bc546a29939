//! A request as a host hands it over: headers as raw bytes, nothing decoded, nothing trusted.

use core::{fmt, net::IpAddr};

/// A header: its name and value, as bytes. HTTP/2 pseudo-headers (`:method`, `:path`, `:authority`, `:scheme`) are
/// among them, whatever the version of the protocol.
pub type Header<'a> = (&'a [u8], &'a [u8]);

/// What the filter's own request headers begin with; both spellings, because many applications read `-` and `_` alike.
const OWN_PREFIXES: [&[u8]; 2] = [b"levee-", b"levee_"];

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
        // Backwards, so that the first of a repeated header is what stays.
        for (name, value) in headers.iter().rev() {
            match *name {
                b":method" => request.method = value,
                b":path" => request.target = value,
                b":authority" => request.authority = value,
                b":scheme" => request.scheme = value,
                b"accept" => request.accept = value,
                b"accept-language" => request.accept_language = value,
                b"sec-fetch-mode" => request.fetch_mode = Some(value),
                b"levee-clearance" => request.clearance = Some(value),
                b"levee-solution" => request.solution = Some(value),
                b"levee-ticket" => request.ticket = Some(value),
                _ => {}
            }
        }
        request
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
        self.headers.iter().map(|(name, _)| *name).filter(|name| {
            // Most names differ in their first letter, which is looked at first.
            name.first()
                .is_some_and(|letter| letter.eq_ignore_ascii_case(&b'l'))
                && OWN_PREFIXES.iter().any(|prefix| {
                    name.get(..prefix.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
                })
        })
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

    /// The values of all cookies called `name`, over all `Cookie` headers, in order (RFC 6265 §5.4; HTTP/2 splits them
    /// over several headers, RFC 9113 §8.2.3).
    pub(crate) fn cookies(&self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.values(b"cookie")
            .flat_map(|value| value.split(|byte| *byte == b';'))
            .filter_map(move |pair| {
                pair.trim_ascii_start()
                    .strip_prefix(name)?
                    .strip_prefix(b"=")
                    .map(<[u8]>::trim_ascii_end)
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

/// Whether an `Accept` value names HTML itself; `*/*` does not count, scripts and apps send it.
fn accepts_html(accept: &[u8]) -> bool {
    accept.split(|byte| *byte == b',').any(|range| {
        let media_type = range
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        media_type.eq_ignore_ascii_case(b"text/html")
    })
}
