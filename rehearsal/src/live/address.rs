//! The loopback address that stands for an address of a scenario.

use levee_loopback::Loopback;
use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::IpAddr,
};

/// 127.b.c.d for a.b.c.d. For an IPv6 address one that stands for its /64, because that is one client.
pub(super) fn stand_in(address: IpAddr) -> Loopback {
    match address {
        IpAddr::V4(address) => {
            let [_, x, y, z] = address.octets();
            Loopback::new(x, y, z)
        }
        IpAddr::V6(address) => {
            let mut hasher = DefaultHasher::new();
            (u128::from(address) >> 64).hash(&mut hasher);
            let [x, y, z, ..] = hasher.finish().to_be_bytes();
            Loopback::new(x, y, z)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> String {
        stand_in(address.parse().unwrap()).ip().to_string()
    }

    #[test]
    fn an_address_keeps_its_last_three_numbers() {
        assert_eq!(of("203.0.113.66"), "127.0.113.66");
        assert_eq!(of("192.0.2.10"), "127.0.2.10");
    }

    #[test]
    fn a_64_is_one_client() {
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
