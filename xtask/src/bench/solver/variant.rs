//! What is measured: the solver in each of its kinds, and peers.

use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

use crate::tools::npm::Package;

/// Something that solves puzzles in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// The solver of this repository.
    Ours(Kind),
    /// Somebody else's.
    Peer(Peer),
}

/// What the solver runs in; it takes the first that the browser has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// WebAssembly with vectors.
    Simd,
    /// WebAssembly without.
    Wasm,
    /// Plain JavaScript.
    Js,
}

/// A solver, or a hash function that solvers are built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Peer {
    /// Cap's solver, in WebAssembly
    Cap,
    /// mCaptcha's solver, in WebAssembly
    Mcaptcha,
    /// Friendly Captcha's solver, in WebAssembly
    Friendly,
    /// ALTCHA's worker for SHA-256
    Altcha,
    /// The browser's own digest, awaited in a loop
    Webcrypto,
    /// hash-wasm's SHA-256 in a loop
    HashWasm,
    /// @noble/hashes' SHA-256, plain JavaScript, in a loop
    Noble,
}

/// What an attempt at a puzzle computes: one compression, with every variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Hash {
    /// Of a block of 64 bytes.
    #[serde(rename = "SHA-256")]
    Sha256,
    /// Of a block of 128 bytes.
    #[serde(rename = "BLAKE2b")]
    Blake2b,
}

impl Variant {
    /// Every kind of the solver, and these peers.
    pub(super) fn all(peers: &[Peer]) -> Vec<Self> {
        let ours = [Kind::Simd, Kind::Wasm, Kind::Js].map(Self::Ours);
        let peers = peers.iter().copied().map(Self::Peer);
        ours.into_iter().chain(peers).collect()
    }

    /// What the page of the bench calls it.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Ours(Kind::Simd) => "simd",
            Self::Ours(Kind::Wasm) => "wasm",
            Self::Ours(Kind::Js) => "js",
            Self::Peer(peer) => peer.id(),
        }
    }

    /// What people call it.
    pub(super) fn name(self) -> String {
        match self {
            Self::Ours(_) => format!("levee {}", self.id()),
            Self::Peer(peer) => peer
                .package()
                .map_or_else(|| "WebCrypto".to_owned(), |package| package.name.to_owned()),
        }
    }

    pub(super) fn is_ours(self) -> bool {
        matches!(self, Self::Ours(_))
    }

    pub(super) fn hash(self) -> Hash {
        match self {
            Self::Peer(Peer::Friendly) => Hash::Blake2b,
            _ => Hash::Sha256,
        }
    }

    /// The package's version, of a peer that comes as one.
    pub(super) fn version(self) -> Option<&'static str> {
        match self {
            Self::Ours(_) => None,
            Self::Peer(peer) => Some(peer.package()?.version),
        }
    }
}

impl Peer {
    pub(super) const ALL: [Self; 7] = [
        Self::Cap,
        Self::Mcaptcha,
        Self::Friendly,
        Self::Altcha,
        Self::Webcrypto,
        Self::HashWasm,
        Self::Noble,
    ];

    /// What the page of the bench and the command line call it.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Mcaptcha => "mcaptcha",
            Self::Friendly => "friendly",
            Self::Altcha => "altcha",
            Self::Webcrypto => "webcrypto",
            Self::HashWasm => "hash-wasm",
            Self::Noble => "noble",
        }
    }

    /// Where it comes from, unless from the browser.
    pub(super) fn package(self) -> Option<Package> {
        let (name, version) = match self {
            Self::Cap => ("@cap.js/wasm", "0.0.6"),
            Self::Mcaptcha => ("@mcaptcha/pow-wasm", "0.1.0-rc2"),
            Self::Friendly => ("friendly-pow", "0.2.2"),
            Self::Altcha => ("altcha", "3.2.2"),
            Self::Webcrypto => return None,
            Self::HashWasm => ("hash-wasm", "4.13.0"),
            Self::Noble => ("@noble/hashes", "2.4.0"),
        };
        Some(Package { name, version })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Blake2b => "BLAKE2b",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_and_the_page_call_a_peer_the_same() {
        assert_eq!(Peer::ALL, Peer::value_variants());
        for peer in Peer::ALL {
            assert_eq!(peer.to_possible_value().unwrap().get_name(), peer.id());
        }
    }

    #[test]
    fn the_page_knows_every_variant() {
        let page = include_str!("browser/contestants.mjs");
        for variant in Variant::all(&Peer::ALL) {
            let id = variant.id();
            let known = [format!("  {id}: "), format!("  \"{id}\": "), format!("  {id},")];
            assert!(known.iter().any(|entry| page.contains(entry)), "{id}");
        }
    }
}
