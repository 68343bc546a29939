//! Who a request comes from: the client's address, and the prefix that stands for it in quotas.

use crate::{digits::push_decimal, request::Request};
use core::{
    cell::OnceCell,
    fmt,
    net::{IpAddr, SocketAddr},
    num::NonZeroU8,
};
use ipnet::IpNet;

/// Where the client's address is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressSource {
    /// The address that the host gives for the connection.
    Peer,
    /// A header to which each proxy on the way appends the address that it saw, as with `X-Forwarded-For`. Counted
    /// from the right, because only the right end was written by proxies that can be trusted; what stands left of
    /// them is the client's own claim.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// How many proxies in front of this host append to it. The client is what the outermost of them saw.
        trusted_hops: NonZeroU8,
    },
}

/// How clients are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identification {
    /// Where the address is taken from.
    pub source: AddressSource,
    /// Bits of an IPv4 address that stand for one client, 8 to 32.
    pub ipv4_prefix: u8,
    /// Bits of an IPv6 address that stand for one client, 16 to 128. A household or a phone has 64.
    pub ipv6_prefix: u8,
}

/// The client of a request, as far as its address tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// An address is known.
    Known {
        /// The address itself. IPv4 addresses mapped into IPv6 are IPv4 addresses.
        address: IpAddr,
        /// The prefix that stands for it.
        prefix: IpNet,
    },
    /// The host cannot tell the address. All such clients share one prefix, the strict way round.
    Unknown,
}

impl Identification {
    /// The client of `request`.
    ///
    /// With [`AddressSource::Header`], a request that does not carry enough entries, or an entry that is no address,
    /// did not come through the proxies it should have come through: the peer's address counts.
    #[must_use]
    pub fn client(&self, request: &Request<'_>) -> Client {
        let address = match &self.source {
            AddressSource::Peer => request.peer(),
            AddressSource::Header { name, trusted_hops } => {
                forwarded(request, name, *trusted_hops).or_else(|| request.peer())
            }
        };
        let Some(address) = address.map(|address| address.to_canonical()) else {
            return Client::Unknown;
        };
        let bits = if address.is_ipv4() {
            self.ipv4_prefix
        } else {
            self.ipv6_prefix
        };
        match IpNet::new(address, bits) {
            Ok(net) => Client::Known {
                address,
                prefix: net.trunc(),
            },
            Err(_) => Client::Known {
                address,
                prefix: IpNet::from(address),
            },
        }
    }
}

/// The client of a request, found out when it is first asked for: where a host is slow to tell the address, whoever has a
/// clearance does not wait for it.
#[derive(Clone, Debug)]
pub struct LazyClient<'a> {
    identification: &'a Identification,
    request: &'a Request<'a>,
    found: OnceCell<Client>,
}

impl<'a> LazyClient<'a> {
    /// The client of `request`, not found out yet.
    #[must_use]
    pub const fn new(identification: &'a Identification, request: &'a Request<'a>) -> Self {
        Self {
            identification,
            request,
            found: OnceCell::new(),
        }
    }

    /// The client.
    pub fn get(&self) -> &Client {
        self.found
            .get_or_init(|| self.identification.client(self.request))
    }
}

/// The entry of the header `name` that the outermost of `hops` trusted proxies wrote.
fn forwarded(request: &Request<'_>, name: &str, hops: NonZeroU8) -> Option<IpAddr> {
    let from_the_right = usize::from(hops.get()).saturating_sub(1);
    let entry = request
        .values(name.as_bytes())
        .rev()
        .flat_map(|value| value.rsplit(|byte| *byte == b','))
        .nth(from_the_right)?;
    parse_address(entry.trim_ascii())
}

/// An address with or without a port, as hosts and proxies write it: `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`,
/// `[2001:db8::1]`, `[2001:db8::1]:443`.
#[must_use]
pub fn parse_address(text: &[u8]) -> Option<IpAddr> {
    let text = core::str::from_utf8(text).ok()?;
    // Hosts write it with a port.
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

impl Client {
    /// The bytes under which quotas of this client's prefix are kept: different for each prefix.
    pub(crate) fn identity(&self) -> PrefixBytes {
        let mut bytes = [0; 18];
        let (octets, family, bits): (&[u8], u8, u8) = match self {
            Self::Known {
                prefix: IpNet::V4(net),
                ..
            } => (&net.addr().octets(), 4, net.prefix_len()),
            Self::Known {
                prefix: IpNet::V6(net),
                ..
            } => (&net.addr().octets(), 6, net.prefix_len()),
            Self::Unknown => (&[], 0, 0),
        };
        for (to, from) in bytes.iter_mut().zip([family, bits].iter().chain(octets)) {
            *to = *from;
        }
        bytes
    }
}

/// Address family, prefix length and address.
pub(crate) type PrefixBytes = [u8; 18];

impl Client {
    /// Appends what [`fmt::Display`] shows.
    pub(crate) fn push_to(&self, text: &mut String) {
        let Self::Known {
            prefix: IpNet::V4(net),
            ..
        } = self
        else {
            // Writing into a string does not fail.
            let _ = fmt::Write::write_fmt(text, format_args!("{self}"));
            return;
        };
        for (octet, before) in net.addr().octets().into_iter().zip(["", ".", ".", "."]) {
            text.push_str(before);
            push_decimal(text, octet.into());
        }
        text.push('/');
        push_decimal(text, net.prefix_len().into());
    }
}

/// As the origin and operators see it: `203.0.113.7/32`, `2001:db8:1:2::/64`, or `unknown`.
impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known { prefix, .. } => prefix.fmt(f),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Header;
    use proptest::prelude::*;

    fn client(source: AddressSource, headers: &[Header<'_>], peer: &str) -> String {
        let identification = Identification {
            source,
            ipv4_prefix: 32,
            ipv6_prefix: 64,
        };
        identification
            .client(&Request::new(headers, parse_address(peer.as_bytes())))
            .to_string()
    }

    fn forwarded_for(hops: u8) -> AddressSource {
        AddressSource::Header {
            name: "x-forwarded-for".into(),
            trusted_hops: NonZeroU8::new(hops).unwrap(),
        }
    }

    #[test]
    fn the_peer_is_the_client_with_or_without_its_port() {
        for (peer, expected) in [
            ("192.0.2.1:5678", "192.0.2.1/32"),
            ("192.0.2.1", "192.0.2.1/32"),
            ("[2001:db8::1]:5678", "2001:db8::/64"),
            ("[2001:db8::1]", "2001:db8::/64"),
            ("2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1/32"),
            ("", "unknown"),
            ("[", "unknown"),
            ("/tmp/socket", "unknown"),
        ] {
            assert_eq!(client(AddressSource::Peer, &[], peer), expected, "{peer}");
        }
    }

    #[test]
    fn what_is_almost_an_address_is_none() {
        for text in [
            "192.0.2.256",
            "192.0.2",
            "192.0.2.1.",
            "192.0.2.1.5",
            "192.0.02.1",
            "192.0.2.1:",
            "192.0.2.1:65536",
            "192.0.2.1:-1",
            ".192.0.2",
            "1920.0.2.1",
            "192.0.2.65537",
            " 192.0.2.1",
        ] {
            assert_eq!(parse_address(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_prefix_is_written_as_it_displays(address: IpAddr, bits in 16_u8..=32) {
            let prefix = IpNet::new(address, bits).unwrap().trunc();
            let client = Client::Known { address, prefix };
            let mut text = String::new();
            client.push_to(&mut text);
            prop_assert_eq!(text, client.to_string());
        }
    }

    #[test]
    fn addresses_of_one_ipv6_household_are_one_client() {
        let one = client(AddressSource::Peer, &[], "2001:db8::1");
        assert_eq!(one, client(AddressSource::Peer, &[], "2001:db8::ffff:1"));
        assert_ne!(one, client(AddressSource::Peer, &[], "2001:db8:0:1::1"));
    }

    #[test]
    fn what_a_client_writes_itself_into_the_header_is_never_believed() {
        let claimed: [Header<'_>; 1] = [(b"x-forwarded-for", b"203.0.113.66, 198.51.100.7")];
        assert_eq!(client(forwarded_for(1), &claimed, "10.0.0.1"), "198.51.100.7/32");
        assert_eq!(client(AddressSource::Peer, &claimed, "10.0.0.1"), "10.0.0.1/32");
    }

    #[test]
    fn repeated_headers_are_one_list() {
        let repeated: [Header<'_>; 3] = [
            (b"x-forwarded-for", b"203.0.113.66"),
            (b"x-forwarded-for", b"198.51.100.7"),
            (b"x-forwarded-for", b"10.0.0.2"),
        ];
        assert_eq!(client(forwarded_for(1), &repeated, "10.0.0.1"), "10.0.0.2/32");
        assert_eq!(client(forwarded_for(2), &repeated, "10.0.0.1"), "198.51.100.7/32");
        assert_eq!(client(forwarded_for(4), &repeated, "10.0.0.1"), "10.0.0.1/32");
    }

    #[test]
    fn an_entry_that_is_no_address_leaves_the_peer() {
        for entry in [
            &b""[..],
            b"unknown",
            b"\xff\xfe",
            b"1.2.3",
            b"for=1.2.3.4",
            b"1.2.3.4, ",
        ] {
            let headers = [(&b"x-forwarded-for"[..], entry)];
            assert_eq!(client(forwarded_for(1), &headers, "10.0.0.1"), "10.0.0.1/32");
        }
    }
}
