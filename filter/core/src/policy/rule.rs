//! A rule: which requests it is for, and what they need.

use crate::{
    client::{Client, LazyClient},
    path::Path,
    quota::Quota,
    request::{Country, Request},
};
use ipnet::IpNet;

/// What a request that a rule matches needs to be forwarded. Ordered from lenient to strict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: for what must never be asked, such as a health check or a payment provider's call-back.
    Open,
    /// A place in the free lane, or a clearance.
    FreeLane(Meter),
    /// A clearance.
    Clearance,
    /// Cannot be forwarded at all.
    Refuse,
}

impl Access {
    /// Which of two is stricter.
    pub(super) const fn strictness(&self) -> u8 {
        match self {
            Self::Open => 0,
            Self::FreeLane(_) => 1,
            Self::Clearance => 2,
            Self::Refuse => 3,
        }
    }
}

/// A quota with a name of its own: entries in the ledger are kept by it, and `RateLimit` fields tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    /// Lower-case letters, digits, `_`, `-` and `.`, at most 90 of them.
    pub name: String,
    /// What stands for the name in keys of the ledger.
    pub id: u64,
    /// How much is granted.
    pub quota: Quota,
}

/// A rule, compiled.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it is called in metrics, logs and answers: lower-case letters, digits, `_` and `-`, at most 64 of them.
    pub name: String,
    /// Where it stands among the rules, from 0.
    pub index: usize,
    /// What stands for the name in challenges.
    pub scope: u32,
    /// Which requests it is for.
    pub matcher: Matcher,
    /// What they need.
    pub access: Access,
    /// Whether it is an exclusion: for what is no browser, so that it never receives a page.
    pub is_exclusion: bool,
    /// Whether what is decided under it is only observed.
    pub is_observed: bool,
    /// The work that a clearance must have proven, in expected hashes; 0: any clearance will do.
    pub required_work: u64,
    /// The quotas of a client with a clearance.
    pub clearance_meters: Vec<Meter>,
    /// The quotas of a prefix without one. Empty, for an open rule only: unlimited.
    pub prefix_meters: Vec<Meter>,
    /// The quotas of all that the rule forwards.
    pub route_meters: Vec<Meter>,
}

/// The conditions of a rule; all that are given must hold.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    /// Methods, in capital letters; empty: any.
    pub methods: Vec<String>,
    /// The normalised path.
    pub path: Option<PathPattern>,
    /// The host asked for.
    pub host: Option<HostPattern>,
    /// A header.
    pub header: Option<HeaderPattern>,
    /// Prefixes of client addresses; empty: any.
    pub clients: Vec<IpNet>,
    /// Countries of client addresses, where the host tells them; empty: any, also none.
    pub countries: Vec<Country>,
}

/// A condition on the normalised path, percent-decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPattern {
    /// This path and no other.
    Exact(String),
    /// This path and everything below it. Ends at a segment: `/book` covers `/book/1` and not `/bookshop`.
    Prefix(String),
    /// `*` stands for any characters but a slash, `**` for any at all.
    Glob(String),
}

/// A condition on the host, without its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// This host and no other, in lower case.
    Exact(String),
    /// Every host below this domain, in lower case, without the leading `*.`.
    Below(String),
}

/// A condition on a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPattern {
    /// Its name, in lower case.
    pub name: String,
    /// The value that one of its occurrences must have; `None`: any.
    pub value: Option<String>,
}

impl Matcher {
    /// Whether all conditions hold.
    #[must_use]
    pub fn matches(&self, request: &Request<'_>, path: &Path<'_>, client: &LazyClient<'_>) -> bool {
        (self.methods.is_empty()
            || self
                .methods
                .iter()
                .any(|method| method.as_bytes() == request.method))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| pattern.matches(path.bytes()))
            && self
                .host
                .as_ref()
                .is_none_or(|pattern| pattern.matches(request.authority))
            && self
                .header
                .as_ref()
                .is_none_or(|pattern| pattern.matches(request))
            && (self.clients.is_empty() || self.covers(client.get()))
            && (self.countries.is_empty()
                || request
                    .country()
                    .is_some_and(|country| self.countries.contains(&country)))
    }

    /// Whether there is no condition, so that every request matches.
    #[must_use]
    pub const fn matches_everything(&self) -> bool {
        self.methods.is_empty()
            && self.path.is_none()
            && self.host.is_none()
            && self.header.is_none()
            && self.clients.is_empty()
            && self.countries.is_empty()
    }

    fn covers(&self, client: &Client) -> bool {
        match client {
            Client::Known { address, .. } => self.clients.iter().any(|net| net.contains(address)),
            Client::Unknown => false,
        }
    }
}

impl PathPattern {
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => path == exact.as_bytes(),
            Self::Prefix(prefix) => path
                .strip_prefix(prefix.as_bytes())
                .is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with(b"/")),
            Self::Glob(glob) => fast_glob::glob_match(glob, path),
        }
    }
}

impl HostPattern {
    fn matches(&self, authority: &[u8]) -> bool {
        let host = without_port(authority);
        let host = host.strip_suffix(b".").unwrap_or(host);
        match self {
            Self::Exact(exact) => host.eq_ignore_ascii_case(exact.as_bytes()),
            Self::Below(domain) => host
                .len()
                .checked_sub(domain.len())
                .and_then(|start| host.split_at_checked(start))
                .is_some_and(|(front, end)| {
                    front.ends_with(b".") && end.eq_ignore_ascii_case(domain.as_bytes())
                }),
        }
    }
}

/// `example.org:443` without `:443`; an IPv6 address keeps its brackets.
fn without_port(authority: &[u8]) -> &[u8] {
    let colon = authority
        .iter()
        .rposition(|byte| *byte == b':')
        .and_then(|at| authority.split_at_checked(at));
    match colon {
        Some((host, port)) if port.iter().skip(1).all(u8::is_ascii_digit) => host,
        _ => authority,
    }
}

impl HeaderPattern {
    fn matches(&self, request: &Request<'_>) -> bool {
        request.values(self.name.as_bytes()).any(|value| {
            self.value
                .as_ref()
                .is_none_or(|expected| expected.as_bytes() == value)
        })
    }
}
