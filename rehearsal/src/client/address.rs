//! The addresses that clients come from.

use crate::scenario::Sources;
use ipnet::IpNet;
use rand::{Rng, rngs::StdRng};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The addresses of a flood.
#[derive(Clone, Debug)]
pub struct Addresses {
    networks: Vec<IpNet>,
    count: u64,
    rotate: bool,
}

impl Addresses {
    /// As a scenario says.
    #[must_use]
    pub fn of(sources: &Sources) -> Self {
        Self {
            networks: sources.networks.clone(),
            count: sources.count.max(1),
            rotate: sources.rotate_in_64,
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The `nth` address; with rotation, any in its /64.
    #[must_use]
    pub fn nth(&self, nth: u64, draw: &mut StdRng) -> IpAddr {
        let nth = nth % self.count;
        let networks = self.networks.len().max(1) as u64;
        let network = self.networks.get((nth % networks) as usize).copied();
        match network {
            Some(IpNet::V4(network)) => {
                let host = scattered(nth / networks, 32 - network.prefix_len());
                IpAddr::V4(Ipv4Addr::from(u32::from(network.network()) | host as u32))
            }
            Some(IpNet::V6(network)) => {
                // Neighbours are whoever shares a /64: one address in each, unless the network itself is smaller.
                let free = 128 - network.prefix_len();
                let host = match free.checked_sub(64) {
                    Some(subnets) => u128::from(scattered(nth / networks, subnets)) << 64,
                    None => u128::from(scattered(nth / networks, free)),
                };
                let within = if self.rotate && free >= 64 {
                    draw.random::<u64>()
                } else {
                    1
                };
                IpAddr::V6(Ipv6Addr::from(
                    u128::from(network.network()) | host | u128::from(within),
                ))
            }
            None => IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }
}

/// A number of so many bits for each `nth`: all different as long as there are enough, and not one beside the other.
fn scattered(nth: u64, bits: u8) -> u64 {
    if bits == 0 {
        return 0;
    }
    let mask = u64::MAX >> (64 - u32::from(bits.min(64)));
    // An odd factor only reorders the numbers below a power of two.
    nth.wrapping_mul(0x9E37_79B9_7F4A_7C15 | 1) & mask
}

/// An address of one's own, for the `nth` of those who have one.
#[must_use]
pub fn own_address(nth: u64) -> IpAddr {
    // 100.64.0.0/10 (RFC 6598): 4 million addresses that belong to nobody in particular.
    let host = scattered(nth, 22) as u32;
    IpAddr::V4(Ipv4Addr::from(u32::from(Ipv4Addr::new(100, 64, 0, 0)) | host))
}

/// The address with a port, as a proxy sees it.
pub(super) fn with_port(address: IpAddr, draw: &mut StdRng) -> SocketAddr {
    SocketAddr::new(address, draw.random_range(1_024..=u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use std::collections::HashSet;

    fn sources(networks: &[&str], count: u64, rotate_in_64: bool) -> Addresses {
        Addresses::of(&Sources {
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            count,
            rotate_in_64,
        })
    }

    fn all(addresses: &Addresses, turns: u64) -> Vec<IpAddr> {
        let mut draw = StdRng::seed_from_u64(1);
        (0..turns).map(|nth| addresses.nth(nth, &mut draw)).collect()
    }

    #[test]
    fn there_are_as_many_addresses_as_was_said_and_all_in_their_networks() {
        let addresses = sources(&["198.18.0.0/15"], 100_000, false);
        let all = all(&addresses, 200_000);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 100_000);
        let network: IpNet = "198.18.0.0/15".parse().unwrap();
        assert!(all.iter().all(|address| network.contains(address)));
    }

    #[test]
    fn one_address_is_that_address() {
        let addresses = sources(&["203.0.113.66/32"], 1, false);
        assert_eq!(all(&addresses, 3), ["203.0.113.66".parse::<IpAddr>().unwrap(); 3]);
    }

    #[test]
    fn ipv6_addresses_differ_in_their_64_and_rotate_within_it() {
        let addresses = sources(&["2001:db8::/32"], 1_000, true);
        let all = all(&addresses, 2_000);
        let prefix = |address: &IpAddr| match address {
            IpAddr::V6(address) => u128::from(*address) >> 64,
            IpAddr::V4(_) => 0,
        };
        assert_eq!(all.iter().map(prefix).collect::<HashSet<_>>().len(), 1_000);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 2_000);
        assert_eq!(prefix(&all[3]), prefix(&all[1_003]));
    }

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let own: HashSet<_> = (0..100_000).map(own_address).collect();
        assert_eq!(own.len(), 100_000);
    }
}
