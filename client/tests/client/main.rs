//! What an app relies on: what the client makes of refusals, and what it sends.
#![expect(clippy::unwrap_used, reason = "the helpers of tests fail by panicking, too")]

mod http_client;
mod refusals;
mod site;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// The bytes of a challenge of so much work, laid out as in `docs/protocol.md`. Its MAC is none, which no
/// client can tell.
fn challenge(work: u64, count: u16) -> Vec<u8> {
    let mut token = vec![1, 1, 1, 1];
    token.extend(1_710_000_000_u64.to_be_bytes());
    token.extend(work.to_be_bytes());
    token.extend(count.to_be_bytes());
    token.resize(66, 7);
    token
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
